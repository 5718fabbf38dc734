package faults

import (
	"fmt"
	"slices"
	"time"
)

// What a person or a script does to the faults of a run under way. Requests under way go on by the
// rules that they came under.

// Status is what there is to say about a rule.
type Status struct {
	Rule    Rule // with its ID
	Enabled bool
	Dormant bool // its Swarm chance has left it out for this seed
	Waiting bool // its After has not happened
	Hits    int
	Last    time.Duration // when it hit last, since the injector was made
}

// SetPlan replaces what is to go wrong. A rule is the same as an earlier one if its ID is: it has
// fired as often, whether or not plans in between had it, unless Forget was told of it.
func (in *Injector) SetPlan(plan Plan) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	names := namer{}
	rules := make([]*compiled, 0, len(plan))
	for i, rule := range plan {
		c, err := in.compile(&names, rule)
		if err != nil {
			return fmt.Errorf("fault plan: rule %d%w", i+1, err)
		}
		rules = append(rules, c)
	}
	in.names = names
	in.install(rules)
	return nil
}

// Forget lets the rule of an ID be a new one: it has not fired, and waits for its After again.
func (in *Injector) Forget(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if known := in.states[id]; known != nil {
		known.reset()
		delete(in.states, id)
		in.install(in.rules)
	}
}

// Add puts a rule after the others and returns its ID. Its window counts from now.
func (in *Injector) Add(rule Rule) (id string, err error) {
	now := in.Elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	c, err := in.compile(&in.names, rule)
	if err != nil {
		return "", fmt.Errorf("add a fault%w", err)
	}
	c.since = now
	in.install(append(slices.Clone(in.rules), c))
	return c.ID, nil
}

// Remove takes a rule away and forgets it. It reports whether there was one.
func (in *Injector) Remove(id string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	rules := slices.Clone(in.rules)
	rules = slices.DeleteFunc(rules, func(c *compiled) bool { return c.ID == id })
	if len(rules) == len(in.rules) {
		return false
	}
	delete(in.names.taken, id)
	in.install(rules)
	delete(in.states, id)
	return true
}

// SetEnabled turns a rule on or off, and reports whether there is one.
func (in *Injector) SetEnabled(id string, enabled bool) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, rule := range in.rules {
		if rule.ID == id {
			rule.disabled = !enabled
			in.install(in.rules)
			return true
		}
	}
	return false
}

// Heal turns every rule off.
func (in *Injector) Heal() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, rule := range in.rules {
		rule.disabled = true
	}
	in.install(in.rules)
}

// List tells about all rules, in their order.
func (in *Injector) List() []Status {
	in.mu.Lock()
	defer in.mu.Unlock()
	list := make([]Status, len(in.rules))
	for i, rule := range in.rules {
		list[i] = Status{
			Rule: rule.Rule, Enabled: !rule.disabled, Dormant: rule.dormant,
			Waiting: rule.After != nil && !rule.armed.Load(), Hits: rule.hits, Last: rule.last,
		}
	}
	return list
}

// Mark tells that something happened which rules may wait for.
func (in *Injector) Mark(name string) {
	now := in.Elapsed()
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, rule := range in.rules {
		if rule.After != nil && rule.After.Mark != "" && rule.After.Mark == name {
			in.happened(rule, now)
		}
	}
}

// Fired returns what has happened, as far as Options.KeepFired remembers it.
func (in *Injector) Fired() []Event {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Concat(in.events[in.oldest:], in.events[:in.oldest])
}

// keep remembers an event. in.mu is held.
func (in *Injector) keep(e Event) {
	switch most := in.options.KeepFired; {
	case most <= 0:
	case len(in.events) < most:
		in.events = append(in.events, e)
	default:
		in.events[in.oldest] = e
		in.oldest = (in.oldest + 1) % most
	}
}
