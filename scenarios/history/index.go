package history

import (
	"slices"
	"sort"

	"savestone/emulator"
)

// slot is a span in the life of a key, from one commit to the next: the commit's place in
// History.Commits. Beyond those are the spans before each key's first commit, by KeyID.
type slot int32

const (
	nowhere slot = -1 // no slot
	misfit  slot = -2 // what should be a slot, but is none
)

// index finds in constant time which span of a key's life a request is about.
type index struct {
	h        *History
	ordered  []bool // by KeyID: of an ordered store
	previous []slot // by place in h.Commits: the span before, of the same key
	slots    []slot // by VersionID: where that version was current
	byOp     []slot // by place in h.Ops: its first commit, or nowhere
	strays   []slot // the commits that no request asked for, or that it had already

	places []slot  // the commits, those of each key together
	first  []int32 // by KeyID: where its own begin in places; one more at the end
}

func newIndex(h *History) *index {
	x := &index{
		h: h, ordered: make([]bool, len(h.Keys)), previous: make([]slot, len(h.Commits)),
		slots: slices.Repeat([]slot{nowhere}, len(h.Versions)),
		byOp:  slices.Repeat([]slot{nowhere}, len(h.Ops)),
	}
	last := make([]slot, len(h.Keys))
	for key := range h.Keys {
		x.ordered[key], last[key] = h.ordered(KeyID(key)), x.unwritten(KeyID(key))
	}
	for i := range h.Commits {
		c := &h.Commits[i]
		x.previous[i], last[c.Key] = last[c.Key], slot(i)
		if c.Kind != emulator.OpRemove && x.slots[c.Version] == nowhere {
			x.slots[c.Version] = slot(i)
		}
		if c.Op <= 0 || c.Op > len(h.Ops) || x.byOp[c.Op-1] != nowhere {
			x.strays = append(x.strays, slot(i))
			continue
		}
		x.byOp[c.Op-1] = slot(i)
	}
	x.places, x.first = commitsByKey(h)
	x.placeTombstones()
	return x
}

// placeTombstones finds the slots of tombstones. No answer to a removal tells the version that it
// made, but readers see it: it lies between those of the writes around it.
func (x *index) placeTombstones() {
	for id := 1; id < len(x.slots); id++ {
		version := &x.h.Versions[id]
		if x.slots[id] != nowhere || x.ordered[version.Key] {
			continue
		}
		s := x.before(version.Key, func(c *Commit) bool {
			return x.h.Versions[c.Version].Text >= version.Text
		})
		if x.removal(s) {
			x.slots[id] = s
		}
	}
}

// unwritten is the span before a key's first commit.
func (x *index) unwritten(key KeyID) slot { return slot(len(x.h.Commits)) + slot(key) }

// commits returns those of one key.
func (x *index) commits(key KeyID) []slot { return x.places[x.first[key]:x.first[key+1]] }

// before returns the span before the first commit of a key for which reached is true, as it is for
// those after it.
func (x *index) before(key KeyID, reached func(*Commit) bool) slot {
	commits := x.commits(key)
	n := sort.Search(len(commits), func(n int) bool { return reached(&x.h.Commits[commits[n]]) })
	if n == 0 {
		return x.unwritten(key)
	}
	return commits[n-1]
}

// commit returns the commit that a slot begins with, nil before the first.
func (x *index) commit(s slot) *Commit {
	if s < 0 || int(s) >= len(x.h.Commits) {
		return nil
	}
	return &x.h.Commits[s]
}

// removal reports whether a slot begins with a removal.
func (x *index) removal(s slot) bool {
	c := x.commit(s)
	return c != nil && c.Kind == emulator.OpRemove
}

// entry returns what a key holds in a slot.
func (x *index) entry(s slot) *Entry {
	if c := x.commit(s); c != nil && c.Kind != emulator.OpRemove {
		return &c.Entry
	}
	return &Entry{}
}

// shows reports whether a read in slot s finds what e tells.
func (x *index) shows(s slot, e *Entry) bool {
	held := x.entry(s)
	return held.Found == e.Found && held.Value == e.Value && held.Attributes == e.Attributes
}
