package memorystore

import (
	"cmp"
	"context"
	"slices"
)

// What is kept in memory may be gone: Roblox promises no durability. That this can be any item, at
// any time, is assumed. Outages are made with Options.Before.

// Place names one item of a structure.
type Place struct {
	Kind Kind
	Name string // of the structure
	Key  string // in a queue, the item's id
}

// Evict drops the items that gone says are gone, and returns how many. It is asked about each item
// of the scope, in an order that depends on nothing but their names.
func (s *Scope) Evict(gone func(Place) bool) (count int) {
	s.universe.mu.Lock()
	defer s.universe.mu.Unlock()
	s.expire(s.universe.clock.Now())
	var entries []*entry
	for _, st := range s.structures {
		for _, e := range st.items {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.home.id.kind, b.home.id.kind),
			cmp.Compare(a.home.id.name, b.home.id.name), cmp.Compare(a.key, b.key))
	})
	for _, e := range entries {
		if gone(Place{e.home.id.kind, e.home.id.name, e.key}) {
			s.drop(e)
			count++
		}
	}
	return count
}

// SetBefore changes Options.Before from now on.
func (u *Universe) SetBefore(before func(ctx context.Context, call Call) error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.before = before
}
