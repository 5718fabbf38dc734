package faults

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
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
	seed  uint64
	rules atomic.Pointer[stages]

	mu    sync.Mutex
	seqs  map[uint64]uint64 // identity to the number of its requests so far
	fired map[string]int    // by rule, of those with a Limit
}

// stages are rules by stage of pipeline, each in plan order; nil if there are none.
type stages [][]*compiled

// New puts an injector in front of next. Windows of the plan count from the clock's present time.
func New(
	next emulator.Service, clock emulator.Clock, seed uint64, plan Plan,
) (*Injector, error) {
	in := &Injector{
		next: next, clock: clock, start: clock.Now(), seed: seed,
		seqs: map[uint64]uint64{}, fired: map[string]int{},
	}
	if err := in.SetPlan(plan); err != nil {
		return nil, err
	}
	return in, nil
}

// SetPlan replaces what is to go wrong, while requests are under way; those go on by the plan that
// they came under. A rule is the same as an earlier one if its ID is: it has fired as often,
// whether or not plans in between had it, unless Forget was told of it.
func (in *Injector) SetPlan(plan Plan) error {
	rules, err := plan.compile(in.seed)
	if err != nil {
		return fmt.Errorf("fault plan: %w", err)
	}
	ready := stages(rules)
	if len(plan) == 0 {
		ready = nil
	}
	in.rules.Store(&ready)
	return nil
}

// Forget lets the rule of an ID be a new one.
func (in *Injector) Forget(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.fired, id)
}

// CountFrom has windows count from another time than that at which the injector was made. It is to
// be called before the first request.
func (in *Injector) CountFrom(start time.Time) { in.start = start }

// Elapsed is the time since the injector was made, by which windows go.
func (in *Injector) Elapsed() time.Duration { return in.clock.Now().Sub(in.start) }

// Do passes the request on, or does to it what the plan says.
func (in *Injector) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	rules := *in.rules.Load()
	if rules == nil {
		return in.next.Do(ctx, req)
	}
	c := &call{injector: in, req: req, rules: rules, at: in.Elapsed(), observe: observer(ctx)}
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
	rules    stages
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
	for c.stage < len(c.rules) {
		rules := c.rules[c.stage]
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
	return in.fired[rule.ID] >= rule.Limit
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
	in := c.injector
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.fired[rule.ID] >= rule.Limit {
		return dice, false // another request was faster
	}
	in.fired[rule.ID]++
	return dice, true
}

func (c *call) report(rule *compiled, delay time.Duration) {
	in := c.injector
	if in.OnFault == nil && c.observe == nil {
		return
	}
	event := Event{
		At: in.Elapsed(), Rule: rule.ID, Kind: rule.Kind, Class: rule.class,
		Server: c.req.Server, Op: c.req.Op, Store: c.req.Store, Key: c.req.Key, Seq: c.seq,
		Delay: delay,
	}
	if c.observe != nil {
		c.observe(event)
	}
	if in.OnFault != nil {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.OnFault(event)
	}
}
