package history

import (
	"fmt"
	"strings"
	"time"
)

// servers holds each life of a game server against I15, I16, I17 and I18.
func (j *Judgement) servers() {
	j.budgets()
	for i := range j.Play.Servers {
		life := &j.Play.Servers[i]
		j.closed(life)
		j.leaks(life)
	}
	for i := range j.Play.Reports {
		j.truthful(&j.Play.Reports[i])
	}
}

// budgets is I15: no request is dropped by a full queue, and retries do not multiply the writes.
func (j *Judgement) budgets() {
	for i := range j.History.Ops {
		op := &j.History.Ops[i]
		if !j.attempt(op) {
			continue
		}
		j.Drops.add(dropped3xx(op.Error))
		if writes(op.Kind) && j.trace.byKey[op.Key] != nil {
			j.Writes.Failures++
		}
	}
	for i := range j.Play.Servers {
		j.Drops.Failures += j.Play.Servers[i].Dropped
		j.Drops.Trials += j.Play.Servers[i].Dropped
	}
	for i := range j.Play.Saves {
		if j.trace.measured(j.Play.Saves[i].Call) {
			j.Writes.Trials++
		}
	}
	j.checked("I15", j.Drops.Trials)
	if j.Drops.Failures > 0 {
		j.failed("I15", j.trace.end().At, fmt.Sprintf("%s dropped by full queues",
			many(j.Drops.Failures, "request")))
	}
	if most := j.Limits.Retries * float64(j.Writes.Trials); j.Writes.Trials > 0 &&
		float64(j.Writes.Failures) > most {
		j.failed("I15", j.trace.end().At, fmt.Sprintf("%s for %s, want at most %g for each",
			many(j.Writes.Failures, "write"), many(j.Writes.Trials, "save"), j.Limits.Retries))
	}
}

// dropped3xx reports whether an error is that of a full queue (R6: 301 to 306).
func dropped3xx(err string) bool {
	return len(err) > 3 && strings.HasPrefix(err, "30") && err[2] >= '1' && err[2] <= '6' &&
		err[3] == ':'
}

// closed is I17: what sessions on a closing server had is stored when it ends; or, if faults stood
// in the way, it was not said to be.
func (j *Judgement) closed(life *Life) {
	if life.Closing.Seq == 0 || life.Reason == "crash" {
		return
	}
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		open := s.Left.Seq == 0 || s.Left.Seq > life.Closing.Seq
		if s.Server != life.Server || !s.OK || !open || s.all() == 0 {
			continue
		}
		j.checked("I17", 1)
		end := j.trace.ended(life.Server)
		if s.kept >= s.all() && s.stored(s.all()).begin.Seq < end.Seq {
			continue
		}
		last := s.lastSave()
		if last != nil && last.Answer == GivenUp {
			continue // it was told
		}
		if !j.troubled(life, end) || last != nil && last.Answer == Acked {
			j.failed("I17", end.At, fmt.Sprintf("%s of session %d are not stored when %s has "+
				"closed", many(s.all()-min(s.kept, s.all()), "change"), s.ID, life.Server), s)
		}
	}
}

// lastSave is the session's last intent to save.
func (s *visit) lastSave() *Save {
	if len(s.saves) == 0 {
		return nil
	}
	return s.saves[len(s.saves)-1]
}

// troubled reports whether a fault hit a server while it closed.
func (j *Judgement) troubled(life *Life, end Moment) bool {
	for i := range j.Play.Faults {
		f := &j.Play.Faults[i]
		until := max(f.Until, f.At.At)
		near := f.Server == "" || f.Server == life.Server
		if near && f.Class != "OK" && f.At.At <= end.At && until >= life.Closing.At {
			return true
		}
	}
	return false
}

// idle is how long a server must have been without players before it holds nothing more. Assumed.
const idle = time.Minute

// leaks is I16: a server without players holds no more than before the first one came.
func (j *Judgement) leaks(life *Life) {
	base := Report{}
	var last *Report
	for i := range j.Play.Reports {
		r := &j.Play.Reports[i]
		if r.Server != life.Server {
			continue
		}
		switch since, anyone := j.lastSeen(life, r.At); {
		case !anyone:
			base = *r
		case r.At.At-since >= idle:
			last = r
		default:
			last = nil
		}
	}
	if last == nil {
		return
	}
	j.checked("I16", 1)
	if last.Held > base.Held || last.Threads > base.Threads {
		j.failed("I16", last.At.At, fmt.Sprintf("%s has no players, but holds %s and %s; before "+
			"the first came it was %d and %d", life.Server, many(last.Held, "thing"),
			many(last.Threads, "thread"), base.Held, base.Threads))
	}
}

// lastSeen says when a server was last done with a session, as of some moment, and whether there
// had been any by then. It is that moment while there is one.
func (j *Judgement) lastSeen(life *Life, by Moment) (since time.Duration, anyone bool) {
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		if s.Server != life.Server || s.Join.Seq > by.Seq {
			continue
		}
		anyone = true
		since = max(since, min(by.At, j.trace.over(s).At))
	}
	return since, anyone
}

// truthful is I18: a system counts no fewer saves than were asked of it, and calls no more stored
// than are. Saves that are in flight may count or not. Those that a system makes by itself are
// known only by what they stored.
func (j *Judgement) truthful(r *Report) {
	if r.Saves == 0 && r.Stored == 0 {
		return // it counts none
	}
	var asked, over, told, stored int
	by := map[*link]bool{} // the commits that stored what was asked for
	for i := range j.Play.Saves {
		save := &j.Play.Saves[i]
		s := j.trace.session(save.Session)
		if s == nil || s.Server != r.Server || save.Call.Seq > r.At.Seq {
			continue
		}
		asked++
		l := s.stored(save.Marks)
		is := save.Marks == 0 || l != nil && l.begin.Seq < r.At.Seq
		if is {
			stored++
			by[l] = true
		}
		if save.Return.Seq != 0 && save.Return.Seq < r.At.Seq {
			over++
			if is && save.Answer == Acked {
				told++
			}
		}
	}
	delete(by, nil)
	for i := range j.trace.sessions {
		// Who left while the load was under way is let go by a save, too.
		if s := &j.trace.sessions[i]; s.Server == r.Server && !s.OK && s.Join.Seq < r.At.Seq {
			asked++
		}
	}
	j.checked("I18", 1)
	if r.Saves < over || r.Exact && r.Saves > asked {
		j.failed("I18", r.At.At, fmt.Sprintf("%s counts %s, but %d were asked of it",
			r.Server, many(r.Saves, "save"), asked))
	}
	most := stored + max(0, j.trace.wrote(r)-len(by))
	if r.Stored < told || r.Stored > min(most, r.Saves) {
		j.failed("I18", r.At.At, fmt.Sprintf("%s counts %s as stored, of %d, but it can be %d to "+
			"%d", r.Server, many(r.Stored, "save"), r.Saves, told, min(most, r.Saves)))
	}
}

// wrote is how many commits to players' keys a server had made by the time of a report, but for
// those by which it loads.
func (t *trace) wrote(r *Report) (n int) {
	for _, c := range t.chains {
		for i := range c.links {
			l := &c.links[i]
			loading := l.author != nil && l.at.Seq < l.author.Loaded.Seq
			if l.server == r.Server && !loading && l.begin.Seq < r.At.Seq {
				n++
			}
		}
	}
	return n
}
