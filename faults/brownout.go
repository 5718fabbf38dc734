package faults

import (
	"cmp"
	"context"
	"fmt"

	"savestone/emulator"
)

// Brownout makes a backend half as good: requests fail with the rule's Chance before they reach
// storage (FAIL), and the others take Factor times as long as they do otherwise (OK; F08).
const Brownout Kind = "brownout"

const factorMax = 1000

func applyBrownout(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	if dice, fires := c.roll(rule, 0); fires {
		c.report(rule, outcome{class: Fail, dice: dice})
		return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), false)
	}
	before := c.injector.Elapsed()
	result, err := c.onward(ctx)
	took := c.injector.Elapsed() - before
	more := grownBy(took, rule.Factor)
	if _, fires := c.settle(rule, 1, roll{}, more > 0); !fires {
		return result, err
	}
	c.report(rule, outcome{draw: 1, delay: more})
	if interrupted := sleep(ctx, c.injector.clock, more); interrupted != nil {
		return emulator.Result{}, fmt.Errorf("brownout: %w", interrupted)
	}
	return result, err
}

func checkBrownout(r Rule) error {
	if r.Factor != 0 && !(r.Factor >= 1 && r.Factor <= factorMax) {
		return fmt.Errorf("got the factor %v, want 1 to %d", r.Factor, factorMax)
	}
	return checkCode(r)
}
