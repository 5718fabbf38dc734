package history

import (
	"fmt"
	"maps"
	"slices"
)

// gate holds all that is stored against I9, I11 and I14.
func (j *Judgement) gate() {
	for _, c := range j.trace.chains {
		j.wellFormed(c)
		j.noDefaults(c)
	}
	for _, v := range OrderKept(j.History) {
		c := j.trace.byKey[j.keyOf(&v)]
		if c == nil || j.lied(&v) {
			continue
		}
		for i := range c.links {
			if l := &c.links[i]; j.History.Commits[l.commit].Op == v.Ops[0] {
				j.broken("I14", c, l, v.Text)
				break
			}
		}
	}
	for _, c := range j.trace.chains {
		j.checked("I14", max(0, len(c.links)-1))
	}
}

// keyOf is the key that a violation of a request is about.
func (j *Judgement) keyOf(v *Violation) KeyID { return j.History.Ops[v.Ops[0]-1].Key }

// wellFormed is I11: what game servers store is a ledger that can be read, if there was one before,
// and tells of no changes that nobody made.
func (j *Judgement) wellFormed(c *chain) {
	had := false
	for i := range c.links {
		l := &c.links[i]
		if l.removal || l.foreign {
			had = had && !l.removal
			continue
		}
		j.checked("I11", 1)
		text := l.broken
		switch {
		case text != "":
			text = "stores what is no player's data: " + text
		case had && !l.ledger.Found:
			text = "stores a value without the player's data"
		default:
			text = j.trace.invented(l)
		}
		if text != "" {
			j.broken("I11", c, l, text)
		}
		had = had || l.ledger.Found
	}
}

// invented finds changes in a version that had not been made by then.
func (t *trace) invented(l *link) string {
	for _, id := range slices.Sorted(maps.Keys(l.ledger.Marks)) {
		n := l.ledger.Marks[id]
		s := t.session(id)
		if n == 0 {
			continue
		}
		if s == nil || n > len(s.changes) || s.changes[n-1].At.Seq > l.at.Seq {
			return fmt.Sprintf("stores %s of session %d, which made fewer", many(n, "change"),
				id)
		}
	}
	return ""
}

// noDefaults is I9: a session that got no data, or made some up, does not write over a player's. It
// shows where it drops what was there already when it began to load.
func (j *Judgement) noDefaults(c *chain) {
	for i := range c.links {
		l := &c.links[i]
		s := l.author
		if s == nil || s.OK && s.Base.Found && s.Source != "default" {
			continue
		}
		j.checked("I9", 1)
		there := c.before(s.Join)
		if i == 0 || there == nil {
			continue
		}
		now, _ := dropped(c.links[i-1].ledger, l.ledger)
		if lost, _ := dropped(there.ledger, l.ledger); lost > 0 && now > 0 {
			j.broken("I9", c, l, fmt.Sprintf("replaces %s by data that was made up when session "+
				"%d found none", many(lost, "change"), s.ID))
		}
	}
}

// before finds the last commit that had taken effect by some moment, nil if none had.
func (c *chain) before(m Moment) *link {
	for i := len(c.links) - 1; i >= 0; i-- {
		if c.links[i].at.Seq < m.Seq {
			return &c.links[i]
		}
	}
	return nil
}
