package universe

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"savestone/emulator"
	"savestone/faults"
)

// rulesMax is how many rules a universe holds: each request asks them all.
const rulesMax = 1000

// Failures of changing rules.
var (
	ErrNoRule    = errors.New("there is no such rule")
	ErrRuleTaken = errors.New("there is a rule of this id already")
)

// Faults are the rules by which a universe's requests fail. They can be changed at any time. It is
// safe for concurrent use.
type Faults struct {
	clock    emulator.Clock
	injector *faults.Injector

	mu    sync.Mutex // held while the plan changes
	rules []*rule
	named int // rules that got their id here

	hitsMu sync.Mutex // never held while the injector is called
	hits   map[string]hits
}

type rule struct {
	asked  faults.Rule // its window counts from added
	active faults.Rule // its window counts from emulator.TravelFirst
	added  time.Time
	off    bool
}

type hits struct {
	count int
	last  time.Time
}

// Fault is a rule and how it stands.
type Fault struct {
	Rule    faults.Rule // its window counts from Added
	On      bool
	Added   time.Time
	Hits    int
	LastHit time.Time
}

// Spent reports whether the rule has fired as often as it may.
func (f *Fault) Spent() bool { return f.Rule.Limit > 0 && f.Hits >= f.Rule.Limit }

func newFaults(
	next emulator.Service, clock emulator.Clock, seed uint64, plan faults.Plan, o faults.Options,
) (*Faults, error) {
	injector, err := faults.New(next, clock, seed, nil, o)
	if err != nil {
		return nil, err
	}
	injector.CountFrom(emulator.TravelFirst) // which no clock can be before
	f := &Faults{clock: clock, injector: injector, hits: map[string]hits{}}
	injector.OnFault = f.hit
	_, err = f.Add(plan)
	return f, err
}

// hit counts a fault.
func (f *Faults) hit(e faults.Event) {
	now := f.clock.Now()
	f.hitsMu.Lock()
	defer f.hitsMu.Unlock()
	f.hits[e.Rule] = hits{f.hits[e.Rule].count + 1, now}
}

// Add puts rules after those there are; their windows count from now. Either all are added or none.
func (f *Faults) Add(plan faults.Plan) ([]Fault, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, all, named := f.clock.Now(), slices.Clone(f.rules), f.named
	if len(all)+len(plan) > rulesMax {
		return nil, fmt.Errorf("got %d rules more, want at most %d in all", len(plan), rulesMax)
	}
	since := now.Sub(emulator.TravelFirst)
	for _, asked := range plan {
		for asked.ID == "" {
			named++
			if id := fmt.Sprintf("%s#%d", asked.Kind, named); find(all, id) < 0 {
				asked.ID = id
			}
		}
		if find(all, asked.ID) >= 0 {
			return nil, fmt.Errorf("rule %q: %w", asked.ID, ErrRuleTaken)
		}
		active := asked
		if asked.GoesByTime() {
			active.From += since
			if asked.To != 0 {
				active.To += since
			}
		}
		all = append(all, &rule{asked: asked, active: active, added: now})
	}
	if err := f.apply(all); err != nil {
		return nil, err
	}
	f.named = named
	return f.shown(all[len(all)-len(plan):]), nil
}

// apply has rules hold from now on.
func (f *Faults) apply(rules []*rule) error {
	plan := faults.Plan{}
	for _, r := range rules {
		if !r.off {
			plan = append(plan, r.active)
		}
	}
	if err := f.injector.SetPlan(plan); err != nil {
		return err
	}
	f.rules = rules
	return nil
}

func find(rules []*rule, id string) int {
	return slices.IndexFunc(rules, func(r *rule) bool { return r.asked.ID == id })
}

// List returns all rules, in the order in which they are asked.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shown(f.rules)
}

func (f *Faults) shown(rules []*rule) []Fault {
	f.hitsMu.Lock()
	defer f.hitsMu.Unlock()
	list := make([]Fault, len(rules))
	for i, r := range rules {
		hits := f.hits[r.asked.ID]
		list[i] = Fault{
			Rule: r.asked, On: !r.off, Added: r.added, Hits: hits.count, LastHit: hits.last,
		}
	}
	return list
}

// Switch turns a rule on or off. It keeps its count of hits, and so what is left of its limit.
func (f *Faults) Switch(id string, on bool) (Fault, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := find(f.rules, id)
	if at < 0 {
		return Fault{}, fmt.Errorf("rule %q: %w", id, ErrNoRule)
	}
	all := slices.Clone(f.rules)
	changed := *all[at]
	changed.off = !on
	all[at] = &changed
	if err := f.apply(all); err != nil {
		return Fault{}, err
	}
	return f.shown(all[at : at+1])[0], nil
}

// Remove takes a rule away, with its count of hits.
func (f *Faults) Remove(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := find(f.rules, id)
	if at < 0 {
		return fmt.Errorf("rule %q: %w", id, ErrNoRule)
	}
	all := slices.Delete(slices.Clone(f.rules), at, at+1)
	if err := f.apply(all); err != nil {
		return err
	}
	f.forget(id)
	return nil
}

// Clear takes all rules away and returns how many there were.
func (f *Faults) Clear() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.rules
	if err := f.apply(nil); err != nil {
		panic(err) // there is nothing that could be wrong
	}
	for _, r := range old {
		f.forget(r.asked.ID)
	}
	return len(old)
}

func (f *Faults) forget(id string) {
	f.injector.Forget(id)
	f.hitsMu.Lock()
	defer f.hitsMu.Unlock()
	delete(f.hits, id)
}
