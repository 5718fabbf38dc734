package history

import (
	"cmp"
	"slices"
	"time"
)

// Limits are what a plan asks of a system beyond what must never happen. The zero value of each
// means the default that it names.
type Limits struct {
	Lockout   time.Duration // how long a player may wait for a session once all is well; 60 s
	Recovery  time.Duration // how long changes may wait to be stored once all is well; 60 s
	BackupAge time.Duration // how far backups may lie behind the last acknowledged save; 10 min
	Backups   int           // and how many acknowledged saves; 10
	Retries   float64       // how many writes there may be for each save that is asked for; 6
}

func (l Limits) withDefaults() Limits {
	l.Lockout = cmp.Or(l.Lockout, time.Minute)
	l.Recovery = cmp.Or(l.Recovery, time.Minute)
	l.BackupAge = cmp.Or(l.BackupAge, 10*time.Minute)
	l.Backups = cmp.Or(l.Backups, 10)
	l.Retries = cmp.Or(l.Retries, 6)
	return l
}

// Judgement is what a world comes to when what players did is followed through what was stored.
type Judgement struct {
	History *History
	Play    *Play
	Limits  Limits

	Violations []Violation    // by the time at which they show
	Checked    map[string]int // by invariant: how many things it was held against

	// Samples are how long things took, by metric: "recovery", "lockout", ...
	Samples map[string][]time.Duration
	Drops   Tally // requests that a full queue dropped
	Writes  Tally // Failures are writes, Trials the saves that were asked for; they may be fewer

	trace *trace
}

// families are all that Judge does, a file each.
var families = []func(*Judgement){
	(*Judgement).durability,
	(*Judgement).fencing,
	(*Judgement).economy,
	(*Judgement).acks,
	(*Judgement).migrations,
	(*Judgement).gate,
	(*Judgement).recoveries,
	(*Judgement).servers,
	(*Judgement).storeItself,
}

// Judge holds a world against all invariants. It does not change the history nor the play.
func Judge(h *History, p *Play, limits Limits) *Judgement {
	j := &Judgement{
		History: h, Play: p, Limits: limits.withDefaults(),
		Checked: map[string]int{}, Samples: map[string][]time.Duration{}, trace: newTrace(h, p),
	}
	for _, family := range families {
		family(j)
	}
	slices.SortStableFunc(j.Violations, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Invariant, b.Invariant),
			cmp.Compare(a.Key.String(), b.Key.String()), cmp.Compare(a.Text, b.Text))
	})
	return j
}

// checked counts things that an invariant was held against.
func (j *Judgement) checked(invariant string, n int) {
	if n > 0 {
		j.Checked[invariant] += n
	}
}

// sample notes how long something took.
func (j *Judgement) sample(metric string, d time.Duration) {
	j.Samples[metric] = append(j.Samples[metric], d)
}

// broken notes that a commit breaks an invariant.
func (j *Judgement) broken(invariant string, c *chain, l *link, text string, who ...*visit) {
	v := Violation{Invariant: invariant, Key: j.History.Keys[c.key], Text: text, At: l.at.At}
	v.Commits = []int{l.commit}
	if op := j.History.Commits[l.commit].Op; op > 0 {
		v.Ops = []int{op}
	}
	if l.author != nil {
		who = append(who, l.author)
	}
	j.add(v, who...)
}

// failed notes that an invariant is broken at some time, without a commit that does so.
func (j *Judgement) failed(invariant string, at time.Duration, text string, who ...*visit) {
	v := Violation{Invariant: invariant, At: at, Text: text}
	if len(who) > 0 {
		v.Key = j.History.Keys[who[0].Key]
	}
	j.add(v, who...)
}

func (j *Judgement) add(v Violation, who ...*visit) {
	for _, s := range who {
		if !slices.Contains(v.Sessions, s.ID) {
			v.Sessions = append(v.Sessions, s.ID)
		}
	}
	j.Violations = append(j.Violations, v)
}

// storeItself is E1: the emulator answered each request as its commits say. What a fault made of a
// request on its way is no fault of the emulator.
func (j *Judgement) storeItself() {
	j.checked("E1", Judged(j.History))
	for _, v := range Witness(j.History) {
		if j.lied(&v) {
			continue
		}
		v.Text = v.Invariant + " of the store: " + v.Text
		v.Invariant = "E1"
		if len(v.Ops) > 0 {
			v.At = j.History.Ops[v.Ops[0]-1].Call.At
		}
		j.add(v)
	}
}

// lied reports whether a fault explains what the store seems to have done: it made an answer
// untrue, applied a write twice, or wrote what nobody asked for.
func (j *Judgement) lied(v *Violation) bool {
	if len(v.Ops) == 0 {
		return slices.ContainsFunc(j.Play.Faults, func(f Fault) bool {
			return f.Op == 0 && f.Server == ""
		})
	}
	for _, op := range v.Ops {
		fault := j.trace.struck[op]
		if fault != nil && (fault.Class == "LIE" || v.Text == textTwice) {
			return true
		}
	}
	return false
}
