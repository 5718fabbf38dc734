package faults

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"savestone/emulator"
	"savestone/faults/suggest"
)

// Plan is all that is to go wrong in a run. Where two rules of one kind match a request, the first
// decides.
type Plan []Rule

// Rule says which requests a fault may hit, when, and how often. Empty fields match everything.
type Rule struct {
	// ID is what the rule's chance is drawn by and what its events are called. Without one, a rule
	// is called after its kind and its place among the rules of that kind, as in "lostReply#2";
	// then a rule put before it changes its decisions.
	ID   string
	Kind Kind

	Ops     []emulator.Op
	Affects string // "get": only GetAsync; "update": only the requests of an UpdateAsync
	Store   string // glob over the data store's name; * matches / too
	Scope   string // glob
	Key     string // glob
	Server  string // glob over Request.Server

	// From and To are the window, counted from when the injector was made, the rule was added or,
	// if there is an After, that has happened. To is exclusive; 0 means without end.
	From, To time.Duration
	Every    time.Duration // the window comes again each time this has passed; 0: never
	After    *Trigger      // nothing happens before
	Nth      int           // only the n-th request that matches; 0: any
	Limit    int           // fires at most this often; 0 means without limit

	Chance float64       // per request that matches, 0 to 1
	Slot   time.Duration // draw once for each target and so much time, not for each request
	Swarm  float64       // the chance that this seed has the rule at all; 0 means that all have it
	Only   []Fired       // fires for just these, whatever the fields above say; see Plan.Replay

	Target     string // experience, store, partition, server or key: who shares an outage or a Slot
	Partitions int    // partition: how many there are; 0 means 16

	// What only some kinds have. Each kind's own comment tells what it makes of its parameters.
	Mode  string       // how it fails, where a kind has several ways
	Code  int          // of the error; 0 means the kind's own
	Leg   Leg          // Latency: on which way
	Delay Distribution // how long it takes, lags or lasts

	Unavailability float64       // Outage: the share of the time
	MeanOutage     time.Duration // Outage
	Shape          string        // Outage: exponential, lognormal(SIGMA) or pareto(ALPHA)
	Schedule       []Window      // Outage: instead of those three
	Common         float64       // Outage: the share that all targets have in common
	AckLoss        float64       // Outage: of what is under way when it begins
	SlowFail       float64       // Outage: the share of errors that take their time
	Blackhole      float64       // Outage: the share that gets no answer until it is over
	Ramp           time.Duration // Outage: how long until all requests are admitted again

	Factor    float64         // Brownout: how many times longer all takes
	PerMinute int             // Throttle...: requests that are let through
	Times     int             // Conflict: how often in a row; 0 draws it
	Value     json.RawMessage // ForeignWrite: what is written
	Spread    time.Duration   // Swizzle: the time in which targets stop, and in which they go on
	Age       time.Duration   // VersionExpire
	Bytes     int64           // Oversize: added to each value
	Growth    int64           // Oversize: bytes added for each minute
	Between   Distribution    // Corrupt: from one damage of a key to the next
	At        []Moment        // Corrupt: when every key is damaged
	ScopeTo   string          // Misdirect

	_ struct{}
}

// compiled is a Rule ready to be asked.
type compiled struct {
	Rule
	stage
	matcher
	key     uint64
	chance  threshold
	since   time.Duration // when it was added, since the injector's start
	only    map[decision]Fired
	trigger *matcher // nil unless After tells of a write

	places   []place
	tail     time.Duration // how long after its window the rule still has something to do
	outages  outages       // of an Outage without a Schedule
	disabled bool
	dormant  bool // by Swarm: this seed goes without it
	*state
}

// state is what changes about a rule, under the injector's lock. It outlives the compiled rule: a
// rule of the same ID goes on with it.
type state struct {
	kind  Kind
	fired int // of Limit
	seen  int // requests that matched, where Nth counts them
	hits  int // events
	last  time.Duration

	heard   int           // events of the trigger
	armedAt time.Duration // when it happened, since the injector's start; set before armed
	armed   atomic.Bool

	memory memory
}

// reset makes it as if the rule were new. The injector's lock is held.
func (s *state) reset() {
	s.fired, s.seen, s.hits, s.heard = 0, 0, 0, 0
	s.armed.Store(false)
	s.memory.forget()
}

// compile validates the plan and makes its rules ready, in plan order.
func (p Plan) compile(seed uint64) ([]*compiled, error) {
	names := namer{}
	rules := make([]*compiled, 0, len(p))
	for i, rule := range p {
		ready, err := names.compile(rule, seed)
		if err != nil {
			return nil, fmt.Errorf("rule %d%w", i+1, err)
		}
		rules = append(rules, ready)
	}
	return rules, nil
}

// namer gives rules their IDs: it counts them by kind and knows which are taken.
type namer struct {
	kinds map[Kind]int
	taken map[string]bool
}

// compile makes one more rule ready. The errors go on where a text that names the rule stops.
func (n *namer) compile(rule Rule, seed uint64) (*compiled, error) {
	at := slices.IndexFunc(pipeline, func(s stage) bool { return s.kind == rule.Kind })
	if at < 0 {
		return nil, fmt.Errorf(": got the kind %q, want one of %s%s", rule.Kind,
			strings.Join(kindNames(), ", "), suggest.Hint(string(rule.Kind), kindNames()))
	}
	if n.taken == nil {
		n.kinds, n.taken = map[Kind]int{}, map[string]bool{}
	}
	n.kinds[rule.Kind]++
	if rule.ID == "" {
		rule.ID = fmt.Sprintf("%s#%d", rule.Kind, n.kinds[rule.Kind])
	}
	if n.taken[rule.ID] {
		return nil, fmt.Errorf(": got the ID %q a second time, want IDs that differ", rule.ID)
	}
	ready, err := rule.compile(seed, pipeline[at])
	if err != nil {
		return nil, fmt.Errorf(" (%s): %w", rule.ID, err)
	}
	n.taken[rule.ID] = true
	return ready, nil
}

func (r Rule) compile(seed uint64, stage stage) (*compiled, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if err := r.checkFor(stage); err != nil {
		return nil, err
	}
	c := &compiled{
		Rule: r, stage: stage, key: ruleKey(seed, r.ID), chance: thresholdOf(r.Chance),
		state: &state{kind: r.Kind}, places: placesOf(r.Kind),
	}
	if c.Mode == "" && len(stage.modes) > 0 {
		c.Mode = stage.modes[0]
	}
	var err error
	if c.matcher, err = newMatcher(r.Ops, r.Store, r.Scope, r.Key, r.Server); err != nil {
		return nil, err
	}
	if r.After != nil && r.After.Mark == "" {
		t := r.After
		trigger, err := newMatcher(t.Ops, t.Store, t.Scope, t.Key, t.Server)
		if err != nil {
			return nil, fmt.Errorf("after: %w", err)
		}
		c.trigger = &trigger
	}
	if r.Only != nil {
		c.only = map[decision]Fired{}
		for _, fired := range r.Only {
			c.only[fired.decision()] = fired
		}
	}
	if r.Swarm > 0 {
		c.dormant = !thresholdOf(r.Swarm).reached(draw(c.key, swarmIdentity, 0, 0).fire)
	}
	if stage.prepare != nil {
		err = stage.prepare(c)
	}
	return c, err
}

// swarmIdentity stands for no request: whether a seed has a rule is drawn by it.
const swarmIdentity = 0

// GoesByTime says whether it matters when the rule began: it has a window, or does what its kind
// does at times of its own. With an After that is what it counts from, and nothing else matters.
func (r *Rule) GoesByTime() bool {
	if r.After != nil {
		return false
	}
	switch r.Kind {
	case Outage, Readmit, Swizzle, Corrupt, Oversize:
		return true
	}
	return r.From != 0 || r.To != 0 || r.Slot != 0
}

// targets are the values of Rule.Target.
var targets = []string{"experience", "store", "partition", "server", "key"}

// validate checks all that is not special to a kind.
func (r Rule) validate() error {
	switch {
	case !(r.Chance >= 0 && r.Chance <= 1): // not <, so that NaN is refused
		return fmt.Errorf("got the chance %v, want 0 to 1", r.Chance)
	case !(r.Swarm >= 0 && r.Swarm <= 1):
		return fmt.Errorf("got the swarm chance %v, want 0 to 1", r.Swarm)
	case r.From < 0:
		return fmt.Errorf("got a window from %v, want no negative time", r.From)
	case r.To != 0 && r.To <= r.From:
		return fmt.Errorf("got a window from %v to %v, want an end after the start", r.From, r.To)
	case r.Every != 0 && (r.To == 0 || r.Every < r.To-r.From):
		return fmt.Errorf("got a window from %v to %v every %v, want an end, and no overlap",
			r.From, r.To, r.Every)
	case r.Limit < 0:
		return fmt.Errorf("got the limit %d, want 0 or more", r.Limit)
	case r.Nth < 0:
		return fmt.Errorf("got nth %d, want 0 or more", r.Nth)
	case r.Slot < 0:
		return fmt.Errorf("got the slot %v, want no negative time", r.Slot)
	case r.Partitions < 0:
		return fmt.Errorf("got %d partitions, want 0 or more", r.Partitions)
	case r.Affects != "" && r.Affects != "get" && r.Affects != "update":
		return fmt.Errorf(`got affects %q, want "get" or "update"`, r.Affects)
	case r.After != nil && r.After.validate() != nil:
		return fmt.Errorf("after: %w", r.After.validate())
	case r.Target != "" && !slices.Contains(targets, r.Target):
		return fmt.Errorf("got the target %q, want one of %q", r.Target, targets)
	}
	return nil
}

// place is one of the stages that a kind has.
type place struct {
	at    int
	apply effect
}

func placesOf(kind Kind) (places []place) {
	for i, s := range pipeline {
		if s.kind == kind {
			places = append(places, place{i, s.apply})
		}
	}
	return places
}

// checkFor checks what is special to a kind.
func (r Rule) checkFor(stage stage) error {
	if err := r.checkFields(stage); err != nil {
		return err
	}
	if r.Mode != "" && !slices.Contains(stage.modes, r.Mode) {
		return r.modeError(stage)
	}
	if stage.check == nil {
		return nil
	}
	return stage.check(r)
}

func (r Rule) modeError(stage stage) error {
	if len(stage.modes) == 0 {
		return fmt.Errorf("got a mode, which %s has not", r.Kind)
	}
	return fmt.Errorf("got the mode %q, want one of %q%s",
		r.Mode, stage.modes, suggest.Hint(r.Mode, stage.modes))
}

// matches says whether the rule has a say about a request that arrived at the time since the
// injector's start.
func (c *compiled) matches(req *emulator.Request, at time.Duration) bool {
	if c.After != nil && !c.armed.Load() || !c.inWindow(at) {
		return false
	}
	switch {
	case c.Affects == "get" && (req.Op != emulator.OpGet || req.Updating),
		c.Affects == "update" && !req.Updating:
		return false
	case c.suits != nil && !c.suits(req):
		return false
	}
	return c.matcher.matches(req)
}

// inWindow says whether the rule's time has come.
func (c *compiled) inWindow(at time.Duration) bool {
	at -= c.origin()
	if c.From != 0 && at < c.From {
		return false
	}
	if c.Every != 0 {
		return (at-c.From)%c.Every < c.To+c.tail-c.From
	}
	return c.To == 0 || at < c.To+c.tail
}

// origin is what the rule's times count from.
func (c *compiled) origin() time.Duration {
	if c.After != nil {
		return c.armedAt
	}
	return c.since
}

func kindNames() []string {
	var names []string
	for _, s := range pipeline {
		if !slices.Contains(names, string(s.kind)) {
			names = append(names, string(s.kind))
		}
	}
	return names
}
