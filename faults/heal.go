package faults

import (
	"context"

	"savestone/emulator"
)

// Heal ends all faults for the requests that match, from the rule's From on or after its After
// (F44): what comes then shows whether a system recovers. It is no fault itself, so there are no
// events, and a Chance below 1 leaves some requests to their fate. What a fault has already done to
// a request, it has done.
const Heal Kind = "heal"

func applyHeal(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	if _, heals := c.roll(rule, 0); !heals {
		return c.onward(ctx)
	}
	return c.arrive(ctx)
}
