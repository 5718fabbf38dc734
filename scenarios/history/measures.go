package history

import (
	"cmp"
	"sort"
	"strings"
	"time"
)

// Tally is how many of so many trials failed.
type Tally struct{ Failures, Trials int }

func (t *Tally) add(failed bool) {
	t.Trials++
	if failed {
		t.Failures++
	}
}

// Attempts is the success of requests (A): it tells of the weather, not of the system. A write that
// was refused because its condition did not hold had an answer, so it counts as a success.
func (j *Judgement) Attempts() (t Tally) {
	for i := range j.History.Ops {
		if op := &j.History.Ops[i]; j.attempt(op) {
			t.add(op.Outcome != OK && !conflicted(op))
		}
	}
	return t
}

// attempt reports whether a request counts: a game server sent it in the measured time, and was
// there to hear the answer.
func (j *Judgement) attempt(op *Op) bool {
	return j.trace.lives[op.Server] != nil && j.trace.measured(op.Call) && op.Return.Seq != 0
}

// Fate is what became of an intent to save.
type Fate struct {
	*Save
	OK     bool
	Stored *Moment // by when its changes were stored first, nil if never
	Kept   bool    // they are still there in the end
	Cause  string  // of a failure
}

// Fates says of all intents in the measured time what became of them, by the deadline (B). An
// intent succeeds if the system did not give up on it, and a commit in time has its changes, and
// they are still there in the end. Those that were open when their server ended count like all
// others.
func (j *Judgement) Fates(deadline time.Duration) []Fate {
	var fates []Fate
	for i := range j.Play.Saves {
		if save := &j.Play.Saves[i]; j.trace.measured(save.Call) {
			fates = append(fates, j.Fate(save, deadline))
		}
	}
	return fates
}

// Fate says what became of one intent.
func (j *Judgement) Fate(save *Save, deadline time.Duration) Fate {
	s := j.trace.session(save.Session)
	f := Fate{Save: save}
	if s == nil {
		f.Cause = "no session"
		return f
	}
	f.Kept = s.kept >= save.Marks
	if l := s.stored(save.Marks); l != nil && save.Marks > 0 {
		f.Stored = &l.at
	} else if save.Marks == 0 {
		f.Stored = &save.Call // nothing to store
	}
	late := save.Call.At + deadline
	switch {
	case save.Answer == GivenUp:
		f.Cause = j.cause(s, save, "given up")
	case save.Answer == Unanswered && j.trace.ended(s.Server).At > late:
		f.Cause = j.cause(s, save, "never answered")
	case f.Stored == nil:
		f.Cause = j.cause(s, save, "never stored")
	case f.Stored.At > late:
		f.Cause = j.cause(s, save, "stored late")
	case !f.Kept:
		f.Cause = "stored, but lost later"
	default:
		f.OK = true
	}
	return f
}

// cause names what failed an intent: what became of it, and what stood in its way.
func (j *Judgement) cause(s *visit, save *Save, what string) string {
	until := save.Return
	if until.Seq == 0 {
		until = j.trace.over(s)
	}
	var rule string
	ops := j.History.Ops
	from := sort.Search(len(ops), func(n int) bool { return ops[n].Call.Seq >= save.Call.Seq })
	for i := from; i < len(ops) && ops[i].Call.Seq <= until.Seq; i++ {
		op := &ops[i]
		if op.Server != s.Server || op.Key != s.Key {
			continue
		}
		if f := j.trace.struck[op.ID]; f != nil && f.Class != "OK" && op.Outcome != OK {
			rule = f.Rule
		}
	}
	life := j.trace.lives[s.Server]
	if rule == "" && life != nil && save.Return.Seq == 0 {
		rule = life.Reason
	}
	if code, _, ok := strings.Cut(save.Error, ":"); ok && rule == "" && len(code) <= 24 {
		rule = code
	}
	return what + ": " + cmp.Or(rule, "no fault")
}

// Saves is the success of saves (B).
func (j *Judgement) Saves(deadline time.Duration) (t Tally) {
	for _, f := range j.Fates(deadline) {
		t.add(!f.OK)
	}
	return t
}

// Mutations is the durability of changes (C): how many of those made in the measured time were
// stored within the deadline, and still are in the end. It does not care how often a system saves.
func (j *Judgement) Mutations(deadline time.Duration) (t Tally) {
	for i := range j.Play.Changes {
		c := &j.Play.Changes[i]
		s := j.trace.session(c.Session)
		if s == nil || !j.trace.measured(c.At) {
			continue
		}
		t.add(!s.storedBy(c.Number, c.At.At+deadline) || s.kept < c.Number)
	}
	return t
}

// Ending is what a session that ended in the measured time left behind.
type Ending struct {
	Session int
	Made    int           // changes
	Lost    int           // of them, those that the next load did not give
	Loss    time.Duration // from the first of them to the end of the session
}

// Endings says of all sessions that ended in the measured time what the next load of the player's
// data gave of their changes, or what is stored in the end if there was none (D).
func (j *Judgement) Endings() []Ending {
	var endings []Ending
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		if !s.OK || s.Leave.Seq == 0 || !j.trace.measured(s.Leave) {
			continue
		}
		e := Ending{Session: s.ID, Made: s.all()}
		kept := s.found()
		if kept < s.all() {
			e.Lost = s.all() - kept
			e.Loss = max(0, s.Leave.At-s.changes[kept].At.At)
		}
		endings = append(endings, e)
	}
	return endings
}

// found is how many of a session's changes the next load of its key gave.
func (s *visit) found() int {
	for _, next := range s.chain.sessions {
		if next.OK && next.Join.Seq > s.Leave.Seq {
			return next.Base.Marks[s.ID]
		}
	}
	return s.kept
}

// Finals is the durability of what sessions leave behind (D).
func (j *Judgement) Finals() (t Tally) {
	for _, e := range j.Endings() {
		t.add(e.Lost > 0)
	}
	return t
}

// Honesty is E: of the saves that were acknowledged, how many were not stored by then.
func (j *Judgement) Honesty() (t Tally) {
	for i := range j.Play.Saves {
		save := &j.Play.Saves[i]
		s := j.trace.session(save.Session)
		if s != nil && save.Answer == Acked && j.trace.measured(save.Call) {
			t.add(!s.honest(save))
		}
	}
	return t
}

// honest reports whether an acknowledged save had taken effect, or may have, when it was
// acknowledged.
func (s *visit) honest(save *Save) bool {
	if save.Marks == 0 {
		return true
	}
	l := s.stored(save.Marks)
	return l != nil && l.begin.Seq < save.Return.Seq
}

// Pessimism counts the saves that were given up, and as failures those of them that are stored all
// the same.
func (j *Judgement) Pessimism() (t Tally) {
	for i := range j.Play.Saves {
		save := &j.Play.Saves[i]
		s := j.trace.session(save.Session)
		if s != nil && save.Answer == GivenUp && j.trace.measured(save.Call) {
			t.add(save.Marks > 0 && s.kept >= save.Marks)
		}
	}
	return t
}

// Loads is the success of loads: of the sessions that began in the measured time. A player who goes
// before the load has ended says nothing of it, unless the deadline had passed.
func (j *Judgement) Loads(deadline time.Duration) (t Tally) {
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		if !j.trace.measured(s.Join) {
			continue
		}
		if s.Loaded.Seq == 0 && j.trace.gone(s).At-s.Join.At < deadline {
			continue
		}
		t.add(!s.OK)
	}
	return t
}

// Gone is when a session's player was no longer there.
func (j *Judgement) Gone(s *Session) time.Duration {
	return j.trace.gone(j.trace.session(s.ID)).At
}

// StoredAt is when a change was stored; if it never was, when its session was over and it was lost,
// or the world ended.
func (j *Judgement) StoredAt(c *Change) time.Duration {
	s := j.trace.session(c.Session)
	if s == nil {
		return c.At.At
	}
	if l := s.stored(c.Number); l != nil {
		return l.at.At
	}
	return j.trace.over(s).At
}

// gone is when the player was no longer there.
func (t *trace) gone(s *visit) Moment {
	if s.Leave.Seq != 0 {
		return s.Leave
	}
	return t.ended(s.Server)
}
