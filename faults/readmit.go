package faults

import (
	"cmp"
	"context"
	"errors"

	"savestone/emulator"
)

// Readmit lets requests through by and by, as a backend does that comes back after an outage (F09):
// none at the start of the rule's window, all at its end, and in between a share that grows with
// the time. Chance has no say.
const Readmit Kind = "readmit"

func applyReadmit(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice := c.dice(rule, 0)
	passed, whole := rule.passed(c.at), rule.To-rule.From
	admitted := mulDiv(uint64(max(passed, 0)), 1<<32, uint64(whole))
	refused := dice.fire>>32 >= admitted
	if dice, refused = c.settle(rule, 0, dice, refused); !refused {
		return c.onward(ctx)
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), false)
}

func checkReadmit(r Rule) error {
	if r.To == 0 {
		return errors.New("got a window without an end, want the time when all are admitted")
	}
	return checkCode(r)
}
