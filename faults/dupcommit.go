package faults

import (
	"context"

	"savestone/emulator"
)

// DupCommit applies a write twice, as a transport does that sends a request again whose answer it
// missed (F04): an increment counts double, a version is skipped, and the answer is the second
// one's. A conditional put and a removal do not find what they ask for any more the second time, so
// their answer is a LIE.
const DupCommit Kind = "dupCommit"

func applyDupCommit(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	result, err := c.onward(ctx)
	if !fires || err != nil {
		return result, err
	}
	class := OK
	if c.req.IfVersion != nil || c.req.Op == emulator.OpRemove {
		class = Lie
	}
	c.report(rule, outcome{class: class, dice: dice})
	return c.onward(ctx)
}
