package faults

import (
	"context"
	"fmt"
	"time"

	"savestone/emulator"
)

// Oversize counts a value that is to be stored as Bytes larger than it is, and by Growth more for
// each minute of the rule's window (F25): at last it is refused as too large.
const Oversize Kind = "oversize"

func applyOversize(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice := c.dice(rule, 0)
	passed := uint64(max(rule.passed(c.at), 0))
	size := uint64(len(c.req.Value)) + uint64(rule.Bytes) +
		mulDiv(passed, uint64(rule.Growth), uint64(time.Minute))
	naturally := size > emulator.ValueBytesMax && rule.chance.reached(dice.fire)
	if _, fires := c.settle(rule, 0, dice, naturally); !fires {
		return c.onward(ctx)
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{}, emulator.ErrValueLarge
}

func isPut(req *emulator.Request) bool { return req.Op == emulator.OpPut }

func checkOversize(r Rule) error {
	if r.Bytes < 0 || r.Growth < 0 {
		return fmt.Errorf("got %d bytes and a growth of %d, want none below 0", r.Bytes, r.Growth)
	}
	return nil
}
