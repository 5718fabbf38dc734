package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"savestone/faults"
	"savestone/scenarios/history"
)

// Shrunk is the smallest world that was found to break the same invariant.
type Shrunk struct {
	Invariant string
	Plan      Plan
	Faults    int // explicit decisions that are left
	Runs      int // worlds that were run for it
}

// shrinker makes a world smaller, step by step, as long as it goes on breaking its invariant.
type shrinker struct {
	ctx     context.Context
	file    *File
	options Options
	target  string
	runs    int
	told    func(string)
	last    *trial // the last run that broke the invariant
	err     error
}

// trial is one run of a plan, judged.
type trial struct {
	violations []history.Violation
	play       *history.Play
	fired      []faults.Event
}

// at is when an invariant was first violated; ok is false if it was not.
func (t *trial) at(invariant string) (at time.Duration, ok bool) {
	i := slices.IndexFunc(t.violations, func(v history.Violation) bool {
		return v.Invariant == invariant
	})
	if i < 0 {
		return 0, false
	}
	return t.violations[i].At, true
}

// worst is the invariant that matters most of those violated: of those that must never be, the
// first.
func (t *trial) worst() string {
	for _, v := range t.violations {
		if known, _ := history.InvariantOf(v.Invariant); known.Severity == history.Zero {
			return v.Invariant
		}
	}
	return t.violations[0].Invariant
}

// Shrink makes a failing world of a cell smaller: fewer faults, servers and players, less time.
// What happens by chance becomes a list of what did happen, which is possible because every
// decision is keyed. The invariant is the one to go on breaking, "" for the worst that is broken.
// tell, if not nil, hears of the progress.
func Shrink(
	ctx context.Context, f *File, o Options, cellName string, number int, invariant string,
	tell func(string),
) (*Shrunk, error) {
	c, err := f.cell(ctx, o, cellName)
	if err != nil {
		return nil, err
	}
	if c.Plan.Run || c.Plan.Script != "" || c.Plan.Explore != nil {
		return nil, errors.New("the scenario is code of its own, which cannot be shrunk: what it " +
			"does is what it says; want one that is data only")
	}
	if tell == nil {
		tell = func(string) {}
	}
	s := &shrinker{ctx: ctx, file: f, options: o, told: tell}
	plan := c.Plan
	plan.Seed = strconv.FormatUint(seedOf(c.hash, o.Seed, number), 16)
	plan.Worlds, plan.Claims, plan.Explore = 1, nil, nil
	first := s.run(plan)
	if s.err != nil {
		return nil, s.err
	}
	if first == nil || len(first.violations) == 0 {
		return nil, fmt.Errorf("world %d violates no invariant: there is nothing to shrink",
			number)
	}
	if s.target = first.worst(); invariant != "" {
		s.target = invariant
	}
	if _, ok := first.at(s.target); !ok {
		return nil, fmt.Errorf("world %d does not violate %s, but %s",
			number, s.target, first.worst())
	}
	s.last = first
	tell(fmt.Sprintf("world %d violates %s", number, s.target))
	plan = s.all(plan)
	if s.err != nil {
		return nil, s.err
	}
	plan.Claims = []string{"violations(" + s.target + ") == 0"}
	return &Shrunk{s.target, plan, fired(&plan), s.runs}, nil
}

// all takes every step in turn.
func (s *shrinker) all(plan Plan) Plan {
	for _, step := range []struct {
		name string
		do   func(Plan) Plan
	}{
		{"hazards", s.pinHazards}, {"time", s.shorten}, {"faults", s.pinFaults},
		{"players", s.fewerPlayers}, {"servers", s.fewerServers}, {"deeds", s.fewerDeeds},
		{"faults", s.fewerFaults}, {"events", s.fewerEvents}, {"time", s.shorten},
	} {
		if s.err != nil {
			break
		}
		plan = step.do(plan)
		s.told(fmt.Sprintf("%s: %d faults, %d events, %d players, %d servers, %v (%d runs)",
			step.name, fired(&plan), len(plan.Events), len(playing(&plan)), plan.Servers,
			time.Duration(plan.Horizon), s.runs))
	}
	return plan
}

// run runs a plan; nil if it could not be run to its end.
func (s *shrinker) run(plan Plan) *trial {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil {
		return nil
	}
	s.runs++
	c, err := s.file.compose(Cell{"", plan})
	if err != nil {
		s.err = err
		return nil
	}
	w, err := newWorld(s.ctx, c, 0, plan.seed(), assignment{}, s.options.Limit)
	if err != nil {
		s.err = err
		return nil
	}
	defer w.close()
	if err := w.run(s.ctx); err != nil {
		return nil
	}
	judged := history.Judge(w.recorder.History(), &w.play, history.Limits{})
	return &trial{judged.Violations, &w.play, w.injector.Fired()}
}

// fails reports whether a plan still breaks the invariant.
func (s *shrinker) fails(plan Plan) bool {
	if plan.validate() != nil {
		return false
	}
	t := s.run(plan)
	if t == nil {
		return false
	}
	if _, ok := t.at(s.target); !ok {
		return false
	}
	s.last = t
	return true
}

// try changes a copy of the plan and keeps it if it still fails.
func (s *shrinker) try(plan Plan, change func(*Plan)) (Plan, bool) {
	smaller := plan
	smaller.Events = slices.Clone(plan.Events)
	change(&smaller)
	if s.fails(smaller) {
		return smaller, true
	}
	return plan, false
}

// pinHazards makes events of what happened to servers by chance.
func (s *shrinker) pinHazards(plan Plan) Plan {
	if plan.Hazards.Crash.Mean == 0 && plan.Hazards.Shutdown.Mean == 0 &&
		plan.Hazards.Freeze.Mean == 0 {
		return plan
	}
	var events []Event
	for _, f := range s.last.play.Faults {
		e := Event{At: Span(f.At.At)}
		switch f.Kind {
		case "crash":
			e.Crash = f.Server
		case "shutdown":
			e.Shutdown = f.Server
		case "freeze":
			e.Freeze, e.Lasts = f.Server, Span(f.Until-f.At.At)
		default:
			continue
		}
		events = append(events, e)
	}
	smaller, _ := s.try(plan, func(p *Plan) {
		p.Hazards.Crash, p.Hazards.Shutdown, p.Hazards.Freeze = Hazard{}, Hazard{}, Hazard{}
		p.Events = append(p.Events, events...)
	})
	return smaller
}

// shorten ends the world soon after the violation.
func (s *shrinker) shorten(plan Plan) Plan {
	at, _ := s.last.at(s.target)
	plan, _ = s.try(plan, func(p *Plan) { p.Linger, p.Drain = 0, Span(time.Second) })
	plan, _ = s.try(plan, func(p *Plan) { p.Probe = 0 })
	for _, slack := range []time.Duration{time.Second, 30 * time.Second, 3 * time.Minute} {
		horizon := Span((at + slack).Round(time.Second))
		if horizon >= plan.Horizon {
			break
		}
		smaller, ok := s.try(plan, func(p *Plan) {
			p.Horizon, p.Warmup = horizon, min(p.Warmup, horizon/2)
		})
		if ok {
			return smaller
		}
	}
	return plan
}

// pinFaults makes an explicit list of the faults that hit. Latency stays as it is: it hits every
// request, and most worlds do without it in the end.
func (s *shrinker) pinFaults(plan Plan) Plan {
	rules, err := plan.rules()
	if err != nil || len(rules) == 0 {
		return plan
	}
	bare, ok := s.try(plan, func(p *Plan) { p.setRules(withoutLatency(rules)) })
	if ok {
		plan, rules = bare, withoutLatency(rules)
	}
	var events []faults.Event
	for _, e := range s.last.fired {
		if e.Kind != faults.Latency {
			events = append(events, e)
		}
	}
	replay, err := rules.Replay(events)
	if err != nil {
		s.err = err
		return plan
	}
	latency := slices.DeleteFunc(slices.Clone(rules), func(r faults.Rule) bool {
		return r.Kind != faults.Latency
	})
	pinned, _ := s.try(plan, func(p *Plan) { p.setRules(append(replay, latency...)) })
	return pinned
}

func withoutLatency(rules faults.Plan) faults.Plan {
	return slices.DeleteFunc(slices.Clone(rules), func(r faults.Rule) bool {
		return r.Kind == faults.Latency
	})
}

// one is a single decision of a rule.
type one struct {
	rule  int
	fired faults.Fired
}

// fewerFaults leaves out rules, and of those with a list of decisions all that are not needed.
func (s *shrinker) fewerFaults(plan Plan) Plan {
	rules, err := plan.rules()
	if err != nil {
		return plan
	}
	kept := least(rules, func(part []faults.Rule) bool {
		_, ok := s.try(plan, func(p *Plan) { p.setRules(part) })
		return ok
	})
	plan.setRules(kept)
	var ones []one
	for i, rule := range kept {
		for _, f := range rule.Only {
			ones = append(ones, one{i, f})
		}
	}
	ones = least(ones, func(part []one) bool {
		_, ok := s.try(plan, func(p *Plan) { p.setRules(chosen(kept, part)) })
		return ok
	})
	plan.setRules(chosen(kept, ones))
	return plan
}

// chosen are the rules with only some of their decisions; a rule that has none left goes.
func chosen(rules faults.Plan, ones []one) faults.Plan {
	var left faults.Plan
	for i, rule := range rules {
		if rule.Only == nil {
			left = append(left, rule)
			continue
		}
		rule.Only = nil
		for _, o := range ones {
			if o.rule == i {
				rule.Only = append(rule.Only, o.fired)
			}
		}
		if rule.Only != nil {
			left = append(left, rule)
		}
	}
	return left
}

func (s *shrinker) fewerEvents(plan Plan) Plan {
	plan.Events = least(plan.Events, func(part []Event) bool {
		_, ok := s.try(plan, func(p *Plan) { p.Events = part })
		return ok
	})
	return plan
}

// fewerPlayers leaves out players. Those that stay keep their numbers, and with them their lives.
func (s *shrinker) fewerPlayers(plan Plan) Plan {
	left := least(playing(&plan), func(part []int64) bool {
		_, ok := s.try(plan, func(p *Plan) { p.Players.Only = part })
		return ok && len(part) > 0
	})
	if len(left) < plan.Players.Count {
		plan.Players.Only = left
	}
	return plan
}

// playing are the players that a plan lets play.
func playing(p *Plan) []int64 {
	if p.Players.Only != nil {
		return p.Players.Only
	}
	var all []int64
	for user := range p.Players.Count {
		all = append(all, int64(user+1))
	}
	return all
}

func (s *shrinker) fewerServers(plan Plan) Plan {
	for servers := 1; servers < plan.Servers; servers++ {
		if smaller, ok := s.try(plan, func(p *Plan) { p.Servers = servers }); ok {
			return smaller
		}
	}
	return plan
}

// fewerDeeds leaves out what players do beside playing.
func (s *shrinker) fewerDeeds(plan Plan) Plan {
	for _, change := range []func(*Plan){
		func(p *Plan) { p.Players.Purchases = Rate{} },
		func(p *Plan) { p.Players.Trades = Rate{} },
		func(p *Plan) { p.Players.Hop = Maybe{} },
		func(p *Plan) { p.Players.Early, p.Players.Ghost = Maybe{}, Maybe{} },
		func(p *Plan) { p.Players.Receipt.LostAnswer, p.Players.Receipt.Twice = 0, 0 },
		func(p *Plan) { p.Players.Size, p.Players.Spread = 0, 0 },
		func(p *Plan) { p.Players.Changes = Rate{Every: time.Minute} },
	} {
		plan, _ = s.try(plan, change)
	}
	return plan
}

// fired counts the explicit decisions of a plan.
func fired(p *Plan) int {
	rules, err := p.rules()
	if err != nil {
		return 0
	}
	n := 0
	for _, rule := range rules {
		n += len(rule.Only)
	}
	return n
}

// setRules replaces the plan's faults.
func (p *Plan) setRules(rules faults.Plan) {
	p.Faults = nil
	if len(rules) == 0 {
		return
	}
	text, err := json.Marshal(rules)
	if err != nil {
		panic("scenarios: faults cannot be written down: " + err.Error())
	}
	p.Faults = text
}

// seed is the pinned seed of the plan's only world.
func (p *Plan) seed() uint64 {
	n, err := strconv.ParseUint(p.Seed, 16, 64)
	if err != nil {
		panic("scenarios: " + err.Error()) // the plan was validated
	}
	return n
}
