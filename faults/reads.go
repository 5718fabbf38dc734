package faults

import (
	"context"
	"slices"
	"time"

	"savestone/emulator"
)

// NilRead answers that there is nothing where there is something (F17), as Roblox did in January
// 2019: a LIE. The version stays the true one, so that an UpdateAsync which believes the answer
// overwrites what is there. Rule.Affects says whether GetAsync is lied to, or UpdateAsync.
const NilRead Kind = "nilRead"

func applyNilRead(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if err != nil || !result.Found {
		return result, err
	}
	dice, fires := c.roll(rule, 0)
	if !fires {
		return result, err
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{Info: emulator.KeyInfo{Version: result.Info.Version}}, nil
}

// StaleRead answers what was true a Delay ago (F16), a LIE if that is no longer so. What the key
// held then is known only from requests that passed by the rule since; without any, the answer is
// true. A write that builds on an old version meets a conflict.
const StaleRead Kind = "staleRead"

// staleUsual is assumed.
var staleUsual = Lognormal(500*time.Millisecond, 30*time.Second)

// past is what is known of one key, the oldest first.
type past struct{ known []snapshot }

type snapshot struct {
	at     time.Duration
	result emulator.Result
}

const pastMax = 32

// note adds what the key holds from now on, if that is new.
func (p *past) note(at time.Duration, result emulator.Result) {
	if n := len(p.known); n > 0 && p.known[n-1].result.Info.Version == result.Info.Version {
		return
	}
	if len(p.known) == pastMax {
		p.known = slices.Delete(p.known, 0, 1)
	}
	p.known = append(p.known, snapshot{at, result})
}

// before is what the key held at a time, nil if that is not known.
func (p *past) before(at time.Duration) *snapshot {
	for i := len(p.known) - 1; i >= 0; i-- {
		if p.known[i].at <= at {
			return &p.known[i]
		}
	}
	return nil
}

func applyStaleRead(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if err != nil {
		return result, err
	}
	now, about := c.injector.Elapsed(), rule.targetOf(&c.req, "key")
	held := result
	if c.req.Op == emulator.OpRemove {
		held = emulator.Result{}
	}
	dice := c.dice(rule, 0)
	var old *snapshot
	recall(&rule.memory, about, func(p *past) {
		p.note(now, held)
		if c.req.Op == emulator.OpGet {
			old = p.before(now - rule.Delay.orElse(staleUsual).At(dice.size))
		}
	})
	stale := old != nil && old.result.Info.Version != result.Info.Version
	if !stale {
		return result, err
	}
	if dice, stale = c.settle(rule, 0, dice, rule.chance.reached(dice.fire)); !stale {
		return result, err
	}
	c.report(rule, outcome{dice: dice})
	return old.result, nil
}

func isGetOrChange(req *emulator.Request) bool {
	return req.Op == emulator.OpGet || changesKey(req)
}

func isGet(req *emulator.Request) bool { return req.Op == emulator.OpGet }

// GarbledReply spoils an answer (F18). With the Mode "error", the usual one, the caller gets one of
// the errors that say so: FAIL after a read, INFO after a write. With "value" the answer to a
// GetAsync is damaged in one place, a LIE.
const GarbledReply Kind = "garbledReply"

func applyGarbledReply(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if !c.arrived || !named(err) {
		return result, err
	}
	dice, fires := c.roll(rule, 0)
	if !fires {
		return result, err
	}
	if rule.Mode == "value" {
		value, damaged := damage(result.Value, "any", dice)
		if err != nil || c.req.Op != emulator.OpGet || !result.Found || !damaged {
			return result, err
		}
		c.report(rule, outcome{class: Lie, dice: dice})
		result.Value = value
		return result, nil
	}
	class := Fail
	if c.req.Op.Writes() {
		class = Info
	}
	c.report(rule, outcome{class: class, dice: dice})
	return emulator.Result{}, rejection(rule.garbledCode(c.req.Store.Kind), c.req.Op.Writes())
}

func (r *Rule) garbledCode(kind emulator.Kind) int {
	switch {
	case r.Code != 0:
		return r.Code
	case kind == emulator.Ordered:
		return 505
	}
	return codeUnparsed
}
