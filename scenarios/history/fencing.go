package history

import (
	"fmt"
	"time"
)

// fencing holds the sessions of each player against each other: I4, I4b and I4c.
func (j *Judgement) fencing() {
	for _, c := range j.trace.chains {
		j.fenced(c)
		j.alone(c)
		j.lockouts(c)
	}
}

// fenced is I4: once a session has taken a player over, earlier ones write no more. A session takes
// over with the last commit before it had its data, if that holds what it says that it loaded, or
// else with the first one that it made afterwards. What it wrote earlier, as to ask another session
// to let go, is no claim.
func (j *Judgement) fenced(c *chain) {
	takes := c.takeovers()
	order := map[*visit]int{} // how many sessions had taken over by then, this one included
	owner := 0
	var latest *visit
	for i := range c.links {
		l := &c.links[i]
		s := l.author
		if s == nil || !s.OK {
			continue
		}
		j.checked("I4", 1)
		if takes[s] == i {
			owner++
			order[s], latest = owner, s
		} else if order[s] > 0 && order[s] < owner && !j.trace.repeats(c, i) {
			j.broken("I4", c, l, fmt.Sprintf("session %d writes after session %d on %s had taken "+
				"over", s.ID, latest.ID, latest.Server), latest)
		}
	}
}

// repeats reports whether a commit left its key as it was.
func (t *trace) repeats(c *chain, i int) bool {
	if i == 0 || c.links[i].removal || c.links[i-1].removal {
		return false
	}
	now, before := &t.h.Commits[c.links[i].commit], &t.h.Commits[c.links[i-1].commit]
	return now.Value == before.Value && now.Attributes == before.Attributes
}

// takeovers finds for each session the place of the commit by which it took its player over.
func (c *chain) takeovers() map[*visit]int {
	takes := map[*visit]int{}
	for i := range c.links {
		l := &c.links[i]
		s := l.author
		if s == nil || !s.OK {
			continue
		}
		before := l.at.Seq < s.Loaded.Seq && l.ledger.sameMarks(&s.Base)
		if _, known := takes[s]; before || !known && l.begin.Seq > s.Loaded.Seq {
			takes[s] = i
		}
	}
	return takes
}

// alone is I4b: how long two servers hold sessions of one player at a time, from when a session has
// its data until the system is done with it.
func (j *Judgement) alone(c *chain) {
	for n, s := range c.sessions {
		if !s.OK {
			continue
		}
		j.checked("I4b", 1)
		for _, other := range c.sessions[:n] {
			if !other.OK || other.Server == s.Server {
				continue
			}
			from := max(s.Loaded.At, other.Loaded.At)
			until := min(j.trace.over(s).At, j.trace.over(other).At)
			if until <= from {
				continue
			}
			j.sample("double_live_seconds", until-from)
			j.failed("I4b", from, fmt.Sprintf("sessions %d on %s and %d on %s are both there for "+
				"%v", other.ID, other.Server, s.ID, s.Server, until-from), other, s)
		}
	}
}

// patience is how long after being refused a player is taken to try again rather than to come back
// another day. Assumed.
const patience = time.Minute

// lockouts is I4c: how long players wait who want their data while there are no faults, from when
// they first ask until they have it, also over several sessions of which each was refused.
func (j *Judgement) lockouts(c *chain) {
	var wait, from time.Duration
	var first *visit
	for n, s := range c.sessions {
		if first == nil {
			first, wait, from = s, 0, s.Join.At
		}
		until := s.Loaded
		if s.Loaded.Seq == 0 {
			until = j.trace.gone(s)
		}
		wait += j.trace.healthy(from, until.At)
		from = until.At
		if refused := s.Loaded.Seq != 0 && !s.OK; refused && n+1 < len(c.sessions) &&
			c.sessions[n+1].Join.At-from <= patience {
			continue // the player tries again
		}
		j.checked("I4c", 1)
		j.sample("lockout", wait)
		if wait > j.Limits.Lockout {
			j.failed("I4c", until.At, fmt.Sprintf(
				"the player waits for a session for %v without any fault, want at most %v",
				wait, j.Limits.Lockout), first, s)
		}
		first = nil
	}
}

// healthy is how much of a span lies in times without faults.
func (t *trace) healthy(from, until time.Duration) (sum time.Duration) {
	for _, heal := range t.p.Heals {
		sum += max(0, min(until, t.until(heal).At)-max(from, heal.Begin.At))
	}
	return sum
}
