package faults

import (
	"cmp"
	"context"

	"savestone/emulator"
)

// LostRequest lets a request fail before it reaches storage (F01). Nothing is applied, and the
// error says so.
const LostRequest Kind = "lostRequest"

func applyLostRequest(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), false)
}
