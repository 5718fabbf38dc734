package faults

import (
	"context"
	"time"

	"savestone/emulator"
)

// call is one request on its way.
type call struct {
	injector *Injector
	program  *program
	req      emulator.Request
	observe  func(Event)   // nil if nobody does
	at       time.Duration // of arrival, since start
	identity uint64
	seq      uint64
	stage    int  // the stage that comes next
	arrived  bool // the next Service was asked
}

// onward takes the request through the stages ahead of it, and to the next Service.
func (c *call) onward(ctx context.Context) (emulator.Result, error) {
	here := c.stage
	defer func() { c.stage = here }()
	for c.stage < len(c.program.stages) {
		at := c.stage
		c.stage++
		if rules := c.program.stages[at]; len(rules) > 0 {
			if rule, apply := c.deciding(rules); rule != nil {
				return apply(ctx, c, rule)
			}
		}
	}
	return c.arrive(ctx)
}

// arrive asks the next Service.
func (c *call) arrive(ctx context.Context) (emulator.Result, error) {
	c.arrived = true
	result, err := c.injector.next.Do(ctx, c.req)
	if err == nil && c.req.Op.Writes() {
		c.injector.applied(&c.req)
	}
	return result, err
}

// deciding is the first of a stage's rules that has a say about the request, and what it does.
func (c *call) deciding(rules []placed) (*compiled, effect) {
	for _, rule := range rules {
		if c.decides(rule.compiled) {
			return rule.compiled, rule.apply
		}
	}
	return nil, nil
}

// decides says whether a rule has a say about the request.
func (c *call) decides(rule *compiled) bool {
	if rule.only != nil {
		return rule.replays(c)
	}
	if !rule.matches(&c.req, c.at) {
		return false
	}
	if rule.Nth == 0 && rule.Limit == 0 {
		return true
	}
	c.injector.mu.Lock()
	defer c.injector.mu.Unlock()
	if rule.Nth > 0 {
		rule.seen++
		if rule.seen != rule.Nth {
			return false
		}
	}
	return rule.Limit == 0 || rule.fired < rule.Limit
}

// roll draws whether the rule fires, and takes one of its Limit if so. Rules that decide more than
// one thing about a request number their draws.
func (c *call) roll(rule *compiled, n uint8) (roll, bool) {
	dice := c.dice(rule, n)
	return c.settle(rule, n, dice, rule.chance.reached(dice.fire))
}

// dice draws for the request, or for its target and time if the rule says so.
func (c *call) dice(rule *compiled, n uint8) roll {
	if rule.Slot == 0 {
		return draw(rule.key, c.identity, c.seq, n)
	}
	slot := uint64((c.at - rule.origin()) / rule.Slot)
	return draw(rule.key, rule.targetOf(&c.req, "key"), slot, n)
}

// settle has a rule fire if it is so decided: by what naturally happens, or in a replay by the
// list of what happened.
func (c *call) settle(rule *compiled, n uint8, dice roll, naturally bool) (roll, bool) {
	if rule.only != nil {
		fired, found := rule.only[decision{c.identity, c.seq, n}]
		dice.size, dice.part = fired.Size, fired.Part
		return dice, found
	}
	if !naturally || rule.Limit == 0 {
		return dice, naturally
	}
	c.injector.mu.Lock()
	defer c.injector.mu.Unlock()
	if rule.fired >= rule.Limit {
		return dice, false // another request was faster
	}
	rule.fired++
	return dice, true
}
