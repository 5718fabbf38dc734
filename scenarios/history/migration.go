package history

import (
	"cmp"
	"fmt"
	"maps"
)

// migrations holds the schemas of players' data against I5, I10 and I10b.
func (j *Judgement) migrations() {
	stepped := false // some data of this world tells which steps made it
	for _, c := range j.trace.chains {
		for i := range c.links {
			stepped = stepped || len(c.links[i].ledger.Steps) > 0
		}
	}
	for _, c := range j.trace.chains {
		last := -1 // the place of the last version that has a schema
		for i := range c.links {
			l := &c.links[i]
			if l.ledger.Schema == "" {
				continue
			}
			j.once(c, l)
			if last >= 0 && !l.foreign {
				j.migrated(c, last, i, stepped)
			}
			last = i
		}
	}
}

// once is I10 of one version: no step was applied to it twice.
func (j *Judgement) once(c *chain, l *link) {
	j.checked("I10", len(l.ledger.Steps))
	if step, n := twice(l.ledger.Steps); step != "" {
		j.broken("I10", c, l, fmt.Sprintf("migration step %s was applied %s", step, times(n)))
	}
}

// migrated compares two versions that follow each other: the schema is the same just if the same
// steps are in it; and it goes back only to just what was there before.
func (j *Judgement) migrated(c *chain, before, after int, stepped bool) {
	l, old := &c.links[after], c.links[before].ledger
	j.checked("I5", 1)
	same := maps.Equal(l.ledger.Steps, old.Steps)
	switch compareVersions(l.ledger.Schema, old.Schema) {
	case 0:
		if !same {
			j.broken("I10", c, l, fmt.Sprintf("has other migration steps than the version before, "+
				"but the same schema, %s", old.Schema))
		}
	case 1:
		if same && stepped {
			j.broken("I10", c, l, fmt.Sprintf("has schema %s after %s, but no step between them",
				l.ledger.Schema, old.Schema))
		}
	default:
		j.rolledBack(c, before, after)
	}
}

// rolledBack is I10b: a schema that goes back is a rollback, and that restores what there was when
// the data last had that schema. Otherwise it is I5: newer data was overwritten by older code.
func (j *Judgement) rolledBack(c *chain, before, after int) {
	l := &c.links[after]
	j.checked("I10b", 1)
	for k := before; k >= 0; k-- {
		image := c.links[k].ledger
		if image.Schema != l.ledger.Schema {
			continue
		}
		switch {
		case image.same(l.ledger):
		case !maps.Equal(image.Steps, l.ledger.Steps):
			j.broken("I10b", c, l, fmt.Sprintf("goes back to schema %s, but keeps traces of "+
				"migration steps after it", l.ledger.Schema))
		default:
			j.broken("I5", c, l, backwards(c.links[before].ledger, l.ledger))
		}
		return
	}
	j.broken("I5", c, l, backwards(c.links[before].ledger, l.ledger))
}

func backwards(before, after *Ledger) string {
	return fmt.Sprintf("goes back from schema %s to %s, to data that was never there",
		before.Schema, after.Schema)
}

// compareVersions compares two versions of a schema: numbers in them by value, the rest as text.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		x, restA := leading(a)
		y, restB := leading(b)
		if c := compareParts(x, y); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return compareParts(a, b)
}

// leading splits off the digits that a text begins with, or else its first byte.
func leading(text string) (part, rest string) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	n = max(n, 1)
	return text[:n], text[n:]
}

// compareParts compares two parts; longer numbers are greater.
func compareParts(a, b string) int {
	digits := func(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
	for digits(a) && len(a) > 1 && a[0] == '0' {
		a = a[1:]
	}
	for digits(b) && len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	if digits(a) && digits(b) && len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	return cmp.Compare(a, b)
}
