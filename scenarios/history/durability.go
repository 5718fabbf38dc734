package history

import (
	"fmt"
	"maps"
	"slices"
)

// durability holds the lineages of players' data against I1, I2 and I3.
func (j *Judgement) durability() {
	for _, c := range j.trace.chains {
		j.noLostUpdate(c)
		j.noReturn(c)
		for _, s := range c.sessions {
			j.ackedDurable(c, s)
		}
	}
}

// ackedDurable is I1: what an acknowledged save holds is in each load that begins after it, and in
// the end. It is told once for each session, at the first load that misses something.
func (j *Judgement) ackedDurable(c *chain, s *visit) {
	for _, load := range c.sessions {
		if !load.OK || load.Source == "backup" || load.Source == "default" {
			continue
		}
		want := s.acked(load.Join.Seq)
		j.checked("I1", min(want, 1))
		if got := load.Base.Marks[s.ID]; got < want && !c.excused(s, load.Join.Seq) {
			j.failed("I1", load.Loaded.At, fmt.Sprintf(
				"session %d loads %d of the %d changes of session %d that were acknowledged",
				load.ID, got, want, s.ID), s, load)
			return
		}
	}
	want := s.acked(never)
	j.checked("I1", min(want, 1))
	if got := s.kept; got < want && !c.excused(s, never) {
		j.failed("I1", j.trace.end().At, fmt.Sprintf(
			"in the end %d of the %d changes of session %d are stored that were acknowledged",
			got, want, s.ID), s)
	}
}

// acked is the most changes that a save holds which was acknowledged before some moment.
func (s *visit) acked(before int64) (marks int) {
	for _, save := range s.saves {
		if save.Answer == Acked && save.Return.Seq < before {
			marks = max(marks, save.Marks)
		}
	}
	return marks
}

// excused reports whether somebody who is no game server destroyed changes of a session that were
// stored: nothing that saves data can prevent it.
func (c *chain) excused(s *visit, before int64) bool {
	had := 0
	for i := range c.links {
		l := &c.links[i]
		if l.begin.Seq > before {
			break
		}
		if l.foreign && l.ledger.Marks[s.ID] < had {
			return true
		}
		had = l.ledger.Marks[s.ID]
	}
	return false
}

// noLostUpdate is I2: each version has the changes of the one before it.
func (j *Judgement) noLostUpdate(c *chain) {
	for i := 1; i < len(c.links); i++ {
		l, before := &c.links[i], &c.links[i-1]
		if l.foreign || len(before.ledger.Marks) == 0 {
			continue
		}
		j.checked("I2", 1)
		lost, whose := dropped(before.ledger, l.ledger)
		if lost == 0 {
			continue
		}
		s := j.trace.session(whose)
		text := fmt.Sprintf("drops %s that the version before it had, of session %d",
			many(lost, "change"), whose)
		if s == nil {
			j.broken("I2", c, l, text)
		} else {
			j.broken("I2", c, l, text, s)
		}
	}
}

// dropped counts the changes that a ledger has and the next one has not, and says whose they are:
// of the first session that has any.
func dropped(before, after *Ledger) (lost, whose int) {
	for _, id := range slices.Sorted(maps.Keys(before.Marks)) {
		if n := before.Marks[id] - after.Marks[id]; n > 0 {
			if lost == 0 {
				whose = id
			}
			lost += n
		}
	}
	return lost, whose
}

// noReturn is I3: a write that drops changes does not put back just what an older version held, and
// what an operator removed stays away.
func (j *Judgement) noReturn(c *chain) {
	erased := -1
	for i := range c.links {
		l := &c.links[i]
		if l.erases() {
			erased = i
		}
		if l.foreign || i == 0 {
			continue
		}
		j.checked("I3", 1)
		if s := c.back(l, erased); s != nil {
			j.broken("I3", c, l, fmt.Sprintf(
				"brings back changes of session %d that had been erased", s.ID), s)
		}
		if lost, _ := dropped(c.links[i-1].ledger, l.ledger); lost == 0 {
			continue
		}
		for k := i - 2; k >= 0; k-- {
			if old := c.links[k].ledger; old.Found && old.sameMarks(l.ledger) {
				j.broken("I3", c, l, "puts back what newer versions had replaced")
				break
			}
		}
	}
}

// back finds a session that had joined before its player was erased and is there again.
func (c *chain) back(l *link, erased int) *visit {
	if erased < 0 {
		return nil
	}
	for _, s := range c.sessions {
		if s.Join.Seq < c.links[erased].begin.Seq && l.ledger.Marks[s.ID] > 0 {
			return s
		}
	}
	return nil
}

// many words a count.
func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
