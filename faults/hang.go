package faults

import (
	"cmp"
	"context"
	"fmt"

	"savestone/emulator"
)

// Hang keeps a caller waiting for a Delay (F05). By its Mode it then gets the answer ("ok", which
// is applied at once), an error for what was applied ("error", INFO), or one for a request that
// never arrived ("lost", FAIL).
const Hang Kind = "hang"

func applyHang(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice, fires := c.roll(rule, 0)
	if !fires {
		return c.onward(ctx)
	}
	o := outcome{dice: dice, delay: rule.Delay.At(dice.size)}
	switch rule.Mode {
	case "error":
		o.class = Info
	case "lost":
		o.class = Fail
	}
	c.report(rule, o)
	var result emulator.Result
	var err error
	if rule.Mode != "lost" {
		result, err = c.onward(ctx)
	}
	if interrupted := sleep(ctx, c.injector.clock, o.delay); interrupted != nil {
		return emulator.Result{}, fmt.Errorf("hang: %w", interrupted)
	}
	if rule.Mode == "ok" || !named(err) {
		return result, err
	}
	mayHaveApplied := rule.Mode == "error" && c.req.Op.Writes()
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), mayHaveApplied)
}

func checkHang(r Rule) error {
	if err := checkCode(r); err != nil {
		return err
	}
	return checkDelay(r)
}

// checkDelay is for kinds that cannot do without a delay.
func checkDelay(r Rule) error {
	if err := r.Delay.validate(); err != nil && (r.Chance > 0 || !r.Delay.isNone()) {
		return fmt.Errorf("delay: %w", err)
	}
	return nil
}

// checkDelayIfAny is for those that have a usual one.
func checkDelayIfAny(r Rule) error {
	if r.Delay.isNone() {
		return nil
	}
	return checkDelay(r)
}
