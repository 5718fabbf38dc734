package faults

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"savestone/emulator"
)

// Outage lets every request fail for a while, again and again (F07). Outages are no coins tossed
// for requests but spells of time: in the mean they last MeanOutage and take the share
// Unavailability of all time, or they are those of Schedule. Both count from the rule's From. Who
// has its outages together is the rule's Target, usually the whole experience; Common is the share
// of them that even different targets have together.
//
// A request that meets an outage is not applied (FAIL). Its error comes at once, or with the chance
// SlowFail after a Delay, or with the chance Blackhole only when the outage is over. Of those that
// were under way when an outage began, the share AckLoss is applied, but the answer is lost (INFO).
// For a Ramp after an outage, part of the requests is still refused.
const Outage Kind = "outage"

// What outages are like unless a rule says otherwise; assumed.
const outageFastFail = 200 * time.Millisecond

var outageSlowFail = Uniform(10*time.Second, 60*time.Second)

// applyOutageReply is where the answer of what was under way is lost.
func applyOutageReply(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	before := rule.spell(c, c.at)
	result, err := c.onward(ctx)
	if !c.arrived || !named(err) {
		return result, err
	}
	began := !before.down && before.to <= rule.time(c.injector.Elapsed())
	dice := draw(rule.key, c.identity, c.seq, 1)
	naturally := began && thresholdOf(rule.AckLoss).reached(dice.fire)
	if dice, naturally = c.settle(rule, 1, dice, naturally); !naturally {
		return result, err
	}
	c.report(rule, outcome{class: Info, draw: 1, dice: dice})
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), c.req.Op.Writes())
}

// applyOutage is where requests are refused, after they have taken their way there.
func applyOutage(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	now := c.injector.Elapsed()
	spell := rule.spell(c, now)
	dice := draw(rule.key, c.identity, c.seq, 0)
	refused := spell.down || rule.ramping(spell, rule.time(now), c)
	dice, fires := c.settle(rule, 0, dice, refused)
	if !fires {
		return c.onward(ctx)
	}
	o := outcome{class: Fail, dice: dice, delay: outageFastFail}
	part, slow, black := uint64(dice.part), outOf32(rule.SlowFail), outOf32(rule.Blackhole)
	switch {
	case part < slow:
		o.delay = rule.Delay.orElse(outageSlowFail).At(dice.size)
	case part < slow+black && spell.down:
		o.delay = spell.to - rule.time(now)
	}
	c.report(rule, o)
	if err := sleep(ctx, c.injector.clock, o.delay); err != nil {
		return emulator.Result{}, fmt.Errorf("outage: %w", err)
	}
	return emulator.Result{}, rejection(cmp.Or(rule.Code, codeRejected), false)
}

// outOf32 is a share as a number of 2^32 equally likely cases.
func outOf32(share float64) uint64 { return uint64(share * (1 << 32)) }

// ramping says whether a request is refused because an outage is not long over.
func (c *compiled) ramping(up spell, now time.Duration, of *call) bool {
	passed := now - up.from
	if c.Ramp == 0 || up.first || passed >= c.Ramp {
		return false
	}
	dice := draw(c.key, of.identity, of.seq, 2)
	return dice.fire>>32 >= mulDiv(uint64(passed), 1<<32, uint64(c.Ramp))
}

// time is what a rule's own times count in.
func (c *compiled) time(at time.Duration) time.Duration { return at - c.origin() - c.From }

// spell is the state of the call's target at a time since the injector's start.
func (c *compiled) spell(of *call, at time.Duration) spell {
	t := c.time(at)
	if len(c.Schedule) > 0 {
		return scheduled(c.Schedule, t)
	}
	target := c.targetOf(&of.req, "experience")
	own := c.outages.own.at(c, uint64(digestEmpty.text("own").number(target)), t)
	if c.outages.common == nil {
		return own
	}
	return own.or(c.outages.common.at(c, uint64(digestEmpty.text("common")), t))
}

// scheduled is the state at a time by a list of outages, in any order.
func scheduled(outages []Window, t time.Duration) spell {
	state := spell{first: true, to: longest}
	for _, w := range outages {
		s := spell{down: t >= w.From && t < w.To, from: w.From, to: w.To}
		switch {
		case t < w.From:
			s = spell{first: true, to: w.From}
		case t >= w.To:
			s = spell{from: w.To, to: longest}
		}
		state = state.or(s)
	}
	return state
}

// spell is a time without a change.
type spell struct {
	down     bool
	first    bool // nothing was down before
	from, to time.Duration
}

const longest = time.Duration(1<<63 - 1)

// or is the state of what is down whenever one of two is.
func (s spell) or(other spell) spell {
	switch {
	case s.down != other.down && s.down:
		return s
	case s.down != other.down:
		return other
	case s.down:
		return spell{down: true, from: min(s.from, other.from), to: max(s.to, other.to)}
	case s.first:
		return spell{first: other.first, from: other.from, to: min(s.to, other.to)}
	case other.first:
		return spell{from: s.from, to: min(s.to, other.to)}
	}
	return spell{from: max(s.from, other.from), to: min(s.to, other.to)}
}

func checkOutage(r Rule) error {
	stochastic := r.Unavailability != 0 || r.MeanOutage != 0 || r.Shape != "" || r.Common != 0
	switch {
	case len(r.Schedule) > 0 && stochastic:
		return errors.New("got a schedule and an unavailability, want one of them")
	case len(r.Schedule) == 0 && !(r.Unavailability > 0 && r.Unavailability <= 0.99):
		return fmt.Errorf("got the unavailability %v, want more than 0, up to 0.99, or a schedule",
			r.Unavailability)
	case len(r.Schedule) == 0 && r.MeanOutage < time.Millisecond:
		return fmt.Errorf("got outages of %v in the mean, want at least 1ms", r.MeanOutage)
	case r.Nth != 0:
		return errors.New("got nth, which an outage has not")
	case r.Slot != 0:
		return errors.New("got a slot, which an outage has not: it is a spell of time anyway")
	case r.Ramp < 0:
		return fmt.Errorf("got the ramp %v, want no negative time", r.Ramp)
	}
	for _, share := range []struct {
		name  string
		value float64
	}{
		{"common", r.Common}, {"ackLoss", r.AckLoss}, {"slowFail", r.SlowFail},
		{"blackhole", r.Blackhole}, {"slowFail plus blackhole", r.SlowFail + r.Blackhole},
	} {
		if !(share.value >= 0 && share.value <= 1) {
			return fmt.Errorf("got %s %v, want 0 to 1", share.name, share.value)
		}
	}
	for _, w := range r.Schedule {
		if err := w.validate(); err != nil {
			return err
		}
	}
	if err := checkDelayIfAny(r); err != nil {
		return err
	}
	return checkCode(r)
}

// Outages are the spells in which a rule lets requests like this one fail, up to a time, and if it
// has no end there, beyond. They follow from the seed alone, so they can be told beforehand; a rule
// that is no Outage, or waits for its After, has none.
func (in *Injector) Outages(rule string, like emulator.Request, until time.Duration) []Window {
	in.mu.Lock()
	at := slices.IndexFunc(in.rules, func(c *compiled) bool { return c.ID == rule })
	var c *compiled
	if at >= 0 {
		c = in.rules[at]
	}
	in.mu.Unlock()
	if c == nil || c.Kind != Outage || c.After != nil && !c.armed.Load() {
		return nil
	}
	var windows []Window
	of, offset := &call{req: like}, c.origin()+c.From
	for at := offset; at < until; {
		s := c.spell(of, at)
		if n := len(windows); s.down && n > 0 && windows[n-1].To == offset+s.from {
			windows[n-1].To = offset + s.to // one goes on where another ends
		} else if s.down {
			windows = append(windows, Window{offset + s.from, offset + s.to})
		}
		if s.to == longest {
			break
		}
		at = offset + s.to
	}
	return windows
}
