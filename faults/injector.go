package faults

import (
	"context"
	"fmt"
	"sync"
	"time"

	"savestone/emulator"
)

// Injector passes requests on to the next Service and lets a plan's faults hit them on the way.
type Injector struct {
	// OnFault is told of every fault that hits, one at a time and before the fault takes effect.
	// Set it before the first request. It must not call the injector.
	OnFault func(Event)

	next  emulator.Service
	clock emulator.Clock
	start time.Time
	rules [][]*compiled // by stage of pipeline, each in plan order

	mu   sync.Mutex
	seqs map[uint64]uint64 // identity to the number of its requests so far
}

// New puts an injector in front of next. Windows of the plan count from the clock's present time.
func New(
	next emulator.Service, clock emulator.Clock, seed uint64, plan Plan,
) (*Injector, error) {
	rules, err := plan.compile(seed)
	if err != nil {
		return nil, fmt.Errorf("fault plan: %w", err)
	}
	return &Injector{
		next: next, clock: clock, start: clock.Now(), rules: rules, seqs: map[uint64]uint64{},
	}, nil
}

// Do passes the request on, or does to it what the plan says.
func (in *Injector) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	c := &call{injector: in, req: req, at: in.clock.Now().Sub(in.start)}
	c.identity = identityOf(req)
	in.mu.Lock()
	c.seq = in.seqs[c.identity]
	in.seqs[c.identity]++
	in.mu.Unlock()
	return c.onward(ctx)
}

// call is one request on its way.
type call struct {
	injector *Injector
	req      emulator.Request
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
	for c.stage < len(c.injector.rules) {
		rules := c.injector.rules[c.stage]
		c.stage++
		if rule := c.deciding(rules); rule != nil {
			return rule.apply(ctx, c, rule)
		}
	}
	c.arrived = true
	return c.injector.next.Do(ctx, c.req)
}

// deciding is the first of a stage's rules that matches, or nil.
func (c *call) deciding(rules []*compiled) *compiled {
	for _, rule := range rules {
		if rule.matches(c.req, c.at) && !c.injector.exhausted(rule) {
			return rule
		}
	}
	return nil
}

func (in *Injector) exhausted(rule *compiled) bool {
	if rule.Limit == 0 {
		return false
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return rule.fired >= rule.Limit
}

// roll draws whether the rule fires, and takes one of its Limit if so.
func (c *call) roll(rule *compiled) (roll, bool) {
	dice := draw(rule.key, c.identity, c.seq, 0)
	if !rule.chance.reached(dice.fire) {
		return dice, false
	}
	if rule.Limit == 0 {
		return dice, true
	}
	c.injector.mu.Lock()
	defer c.injector.mu.Unlock()
	if rule.fired >= rule.Limit {
		return dice, false // another request was faster
	}
	rule.fired++
	return dice, true
}

func (c *call) report(rule *compiled, delay time.Duration) {
	in := c.injector
	if in.OnFault == nil {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.OnFault(Event{
		At: in.clock.Now().Sub(in.start), Rule: rule.ID, Kind: rule.Kind, Class: rule.class,
		Server: c.req.Server, Op: c.req.Op, Store: c.req.Store, Key: c.req.Key, Seq: c.seq,
		Delay: delay,
	})
}
