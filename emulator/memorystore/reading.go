package memorystore

import (
	"fmt"
	"slices"
	"time"
)

// reading is what a Read took from a queue, as long as that is invisible.
type reading struct {
	id      string
	entries []*entry
}

// readID makes the id of a Read; its form is assumed.
func (s *Scope) readID() string { return fmt.Sprintf("%032x", s.stamp()) }

// hide makes items invisible until a time.
func (st *structure) hide(entries []*entry, id string, until time.Time) Reading {
	r := &reading{id: id, entries: entries}
	st.readings[id] = r
	got := Reading{ID: id}
	for _, e := range entries {
		st.order.remove(e)
		e.reading, e.hiddenUntil = r, until
		st.hidden.insert(e)
		got.Items = append(got.Items, e.queueItem())
	}
	return got
}

// reveal gives back what was invisible long enough, at its old place.
func (st *structure) reveal(now time.Time) {
	for {
		e, ok := st.hidden.first()
		if !ok || e.hiddenUntil.After(now) {
			return
		}
		st.hidden.remove(e)
		st.leave(e)
		st.order.insert(e)
	}
}

// leave takes an entry out of its reading, which ends with the last.
func (st *structure) leave(e *entry) {
	r := e.reading
	e.reading = nil
	r.entries = slices.DeleteFunc(r.entries, func(other *entry) bool { return other == e })
	if len(r.entries) == 0 {
		delete(st.readings, r.id)
	}
}
