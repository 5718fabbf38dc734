package faults

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"savestone/emulator"
)

// Options adjust an Injector.
type Options struct {
	// Go runs what happens behind a caller's back, a late commit, with a context that ends when
	// nothing more is to happen. Whoever gives it waits for the end of what it runs; in a
	// simulation it starts a task of the simulation. Plans that need it are refused without it.
	Go func(late func(context.Context))

	// Foreign is where ForeignWrite and Conflict have somebody else write, so that a recorder can
	// note that as a request of its own; nil stands for the next Service.
	Foreign emulator.Service

	// KeepFired is how many events Fired remembers, the last ones.
	KeepFired int

	_ struct{}
}

// Injector passes requests on to the next Service and lets a plan's faults hit them on the way.
type Injector struct {
	// OnFault is told of every fault that hits, one at a time and before the fault takes effect.
	// Set it before the first request. It must not call the injector.
	OnFault func(Event)

	next    emulator.Service
	clock   emulator.Clock
	start   time.Time
	seed    uint64
	options Options
	program atomic.Pointer[program]

	mu     sync.Mutex
	names  namer
	rules  []*compiled
	states map[string]*state // by rule ID, also of rules that were there once
	seqs   map[uint64]uint64 // identity to the number of its requests so far
	events []Event           // the last ones; once there are KeepFired, a ring
	oldest int               // where the ring begins
}

// program is what is asked for each request. It is replaced, never changed.
type program struct {
	stages   [][]placed  // by stage of pipeline, each in the order of the rules
	triggers []*compiled // those that wait for a write
	empty    bool
}

// placed is a rule at one of the stages that its kind has.
type placed struct {
	*compiled
	apply effect
}

// New puts an injector in front of next. Windows of the plan count from the clock's present time.
// There is at most one o.
func New(
	next emulator.Service, clock emulator.Clock, seed uint64, plan Plan, o ...Options,
) (*Injector, error) {
	in := &Injector{
		next: next, clock: clock, start: clock.Now(), seed: seed,
		states: map[string]*state{}, seqs: map[uint64]uint64{},
	}
	if len(o) > 0 {
		in.options = o[0]
	}
	if in.options.Foreign == nil {
		in.options.Foreign = next
	}
	if err := in.SetPlan(plan); err != nil {
		return nil, err
	}
	return in, nil
}

// CountFrom has windows count from another time than that at which the injector was made. It is to
// be called before the first request.
func (in *Injector) CountFrom(start time.Time) { in.start = start }

// Elapsed is the time since the injector was made, by which windows go.
func (in *Injector) Elapsed() time.Duration { return in.clock.Now().Sub(in.start) }

// compile makes one more rule ready. in.mu is held.
func (in *Injector) compile(names *namer, rule Rule) (*compiled, error) {
	c, err := names.compile(rule, in.seed)
	if err != nil {
		return nil, err
	}
	if c.background && in.options.Go == nil {
		return nil, fmt.Errorf(" (%s): got no Options.Go, which %s needs", c.ID, c.Kind)
	}
	if known := in.states[c.ID]; known != nil && known.kind == c.Kind {
		c.state = known
	}
	return c, nil
}

// install has the rules hold from the next request on. in.mu is held.
func (in *Injector) install(rules []*compiled) {
	in.rules = rules
	p := &program{empty: true}
	for _, rule := range rules {
		in.states[rule.ID] = rule.state
		if rule.disabled || rule.dormant {
			continue
		}
		p.empty = false
		for _, place := range rule.places {
			for len(p.stages) <= place.at {
				p.stages = append(p.stages, nil)
			}
			p.stages[place.at] = append(p.stages[place.at], placed{rule, place.apply})
		}
		if rule.trigger != nil && !rule.armed.Load() {
			p.triggers = append(p.triggers, rule)
		}
	}
	in.program.Store(p)
}

// Do passes the request on, or does to it what the plan says.
func (in *Injector) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	p := in.program.Load()
	if p.empty {
		return in.next.Do(ctx, req)
	}
	c := &call{
		injector: in, program: p, req: req, at: in.Elapsed(), observe: observer(ctx),
		identity: identityOf(req),
	}
	in.mu.Lock()
	c.seq = in.seqs[c.identity]
	in.seqs[c.identity]++
	in.mu.Unlock()
	return c.onward(ctx)
}

// applied looks whether a write that took effect is what a rule waits for.
func (in *Injector) applied(req *emulator.Request) {
	waiting := in.program.Load().triggers
	if len(waiting) == 0 {
		return
	}
	now := in.Elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, rule := range waiting {
		if rule.trigger.matches(req) {
			in.happened(rule, now)
		}
	}
}

// happened counts an event that a rule waits for. in.mu is held.
func (in *Injector) happened(rule *compiled, now time.Duration) {
	if rule.armed.Load() {
		return
	}
	rule.heard++
	if rule.heard >= max(rule.After.Nth, 1) {
		rule.armedAt = now
		rule.armed.Store(true)
		in.install(in.rules)
	}
}
