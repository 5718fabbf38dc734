package faults

import (
	"cmp"
	"context"
	"errors"

	"savestone/emulator"
)

// LostReply lets storage do what was asked and then tells the caller that it failed (F02). Roblox
// documents that this happens: after a failed write the state is unknown until it is read again.
const LostReply Kind = "lostReply"

func applyLostReply(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if !c.arrived || !named(err) {
		return result, err // there was no reply to lose, or there is no point in hiding a bug
	}
	dice, fires := c.roll(rule, 0)
	if !fires {
		return result, err
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeBadAnswer), c.req.Op.Writes())
}

// named tells a success or an error of Roblox's from one of this program or its disk.
func named(err error) bool {
	var known *emulator.Error
	return err == nil || errors.As(err, &known)
}
