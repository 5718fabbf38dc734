package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gobwas/glob"

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

	Ops    []emulator.Op
	Store  string // glob over the data store's name; * matches / too
	Scope  string // glob
	Key    string // glob
	Server string // glob over Request.Server

	From   time.Duration // since the injector was made
	To     time.Duration // exclusive; 0 means without end
	Chance float64       // per request that matches, 0 to 1
	Limit  int           // fires at most this often; 0 means without limit

	Delay Distribution // Latency: how long
	Leg   Leg          // Latency: on which way
	Code  int          // LostRequest, LostReply: 502 or 504; 0 means the kind's own

	_ struct{}
}

// compiled is a Rule ready to be asked.
type compiled struct {
	Rule
	stage
	key    uint64
	chance threshold
	globs  [4]*glob.Pattern // store, scope, key, server; nil matches everything
}

// compile validates the plan and sorts its rules by the stages of pipeline.
func (p Plan) compile(seed uint64) ([][]*compiled, error) {
	byStage := make([][]*compiled, len(pipeline))
	taken := map[string]bool{}
	for i, rule := range p {
		at := slices.IndexFunc(pipeline, func(s stage) bool { return s.kind == rule.Kind })
		if at < 0 {
			return nil, fmt.Errorf("rule %d: got the kind %q, want one of %s%s",
				i+1, rule.Kind, strings.Join(kindNames(), ", "),
				suggest.Hint(string(rule.Kind), kindNames()))
		}
		if rule.ID == "" {
			rule.ID = fmt.Sprintf("%s#%d", rule.Kind, len(byStage[at])+1)
		}
		if taken[rule.ID] {
			return nil, fmt.Errorf("rule %d: got the ID %q a second time, want IDs that differ",
				i+1, rule.ID)
		}
		taken[rule.ID] = true
		ready, err := rule.compile(seed, pipeline[at])
		if err != nil {
			return nil, fmt.Errorf("rule %d (%s): %w", i+1, rule.ID, err)
		}
		byStage[at] = append(byStage[at], ready)
	}
	return byStage, nil
}

func (r Rule) compile(seed uint64, stage stage) (*compiled, error) {
	if err := r.validate(); err != nil {
		return nil, err
	}
	if err := r.checkFields(stage); err != nil {
		return nil, err
	}
	if err := stage.check(r); err != nil {
		return nil, err
	}
	c := &compiled{
		Rule: r, stage: stage, key: ruleKey(seed, r.ID), chance: thresholdOf(r.Chance),
	}
	for i, pattern := range []string{r.Store, r.Scope, r.Key, r.Server} {
		if pattern == "" {
			continue
		}
		ready, err := glob.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("got the glob %q: %w", pattern, err)
		}
		c.globs[i] = ready
	}
	return c, nil
}

func (r Rule) validate() error {
	switch {
	case !(r.Chance >= 0 && r.Chance <= 1): // not <, so that NaN is refused
		return fmt.Errorf("got the chance %v, want 0 to 1", r.Chance)
	case r.From < 0:
		return fmt.Errorf("got a window from %v, want no negative time", r.From)
	case r.To != 0 && r.To <= r.From:
		return fmt.Errorf("got a window from %v to %v, want an end after the start", r.From, r.To)
	case r.Limit < 0:
		return fmt.Errorf("got the limit %d, want 0 or more", r.Limit)
	}
	return nil
}

// matches says whether the rule has a say about a request that arrived at the time since start.
func (c *compiled) matches(req emulator.Request, at time.Duration) bool {
	if c.From != 0 && at < c.From || c.To != 0 && at >= c.To {
		return false
	}
	if len(c.Ops) > 0 && !slices.Contains(c.Ops, req.Op) {
		return false
	}
	for i, name := range [...]string{req.Store.Name, req.Store.Scope, req.Key, req.Server} {
		if c.globs[i] != nil && !c.globs[i].Match(name) {
			return false
		}
	}
	return true
}

func kindNames() []string {
	names := make([]string, len(pipeline))
	for i, s := range pipeline {
		names[i] = string(s.kind)
	}
	return names
}
