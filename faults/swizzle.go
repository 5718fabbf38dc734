package faults

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"savestone/emulator"
)

// Swizzle stops a random subset of all targets, usually keys, one after the other, and lets them go
// on in another order: each stops at an instant within Spread after the start of the rule's window,
// and goes on at one within Spread after its end. Chance is the share of targets. By its Mode a
// request to one that has stopped is held until it goes on ("hold", OK) or refused ("fail", FAIL).
const Swizzle Kind = "swizzle"

// swizzleSpread is how long the stopping takes unless a rule says otherwise; assumed.
const swizzleSpread = 5 * time.Second

func applySwizzle(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	stops, goesOn, dice := rule.swizzled(c)
	passed := rule.passed(c.at)
	dice, fires := c.settle(rule, 0, dice, passed >= stops && passed < goesOn)
	if !fires {
		return c.onward(ctx)
	}
	if rule.Mode == "fail" {
		c.report(rule, outcome{class: Fail, dice: dice})
		return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), false)
	}
	held := max(goesOn-passed, 0)
	c.report(rule, outcome{dice: dice, delay: held})
	if err := sleep(ctx, c.injector.clock, held); err != nil {
		return emulator.Result{}, fmt.Errorf("swizzle: %w", err)
	}
	return c.onward(ctx)
}

// swizzled is when the call's target stops and goes on, since the start of the window; never is at
// the same instant.
func (c *compiled) swizzled(of *call) (stops, goesOn time.Duration, dice roll) {
	round := uint64(0)
	if c.Every != 0 {
		round = uint64(c.time(of.at) / c.Every)
	}
	dice = draw(c.key, c.targetOf(&of.req, "key"), round, 0)
	if !c.chance.reached(dice.fire) {
		return 0, 0, dice
	}
	spread := Uniform(0, cmp.Or(c.Spread, swizzleSpread))
	return spread.At(dice.size), c.To - c.From + spread.At(dice.part), dice
}

// passed is the time since the latest start of the rule's window.
func (c *compiled) passed(at time.Duration) time.Duration {
	t := c.time(at)
	if c.Every != 0 {
		return t % c.Every
	}
	return t
}

func checkSwizzle(r Rule) error {
	spread := cmp.Or(r.Spread, swizzleSpread)
	switch {
	case r.To == 0:
		return errors.New("got a window without an end, want the time when targets go on")
	case r.Spread < 0:
		return fmt.Errorf("got the spread %v, want no negative time", r.Spread)
	case r.Every != 0 && r.Every < r.To-r.From+spread:
		return fmt.Errorf("got a window every %v, want it to begin after %v, "+
			"when all targets have gone on", r.Every, r.To-r.From+spread)
	case r.Slot != 0 || r.Nth != 0:
		return errors.New("got a slot or nth, which a swizzle has not")
	}
	return checkCode(r)
}

func prepareSwizzle(c *compiled) error {
	c.tail = cmp.Or(c.Spread, swizzleSpread)
	return nil
}
