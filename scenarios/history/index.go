package history

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"savestone/emulator"
)

// slot is a span in the life of a key: from one commit to the next. The first slot of each key is
// the time before anything was written. Slots of a key follow each other.
type slot int32

// nowhere is no slot.
const nowhere slot = -1

// index finds in constant time which span of a key's life a request is about.
type index struct {
	h *History

	first   []slot  // by KeyID; one more at the end
	commits []int32 // by slot: place in h.Commits, or -1 for the time before
	places  []slot  // by place in h.Commits: the slot that begins with it
	slots   []slot  // by VersionID: where that version was current
	byOp    []int32 // by place in h.Ops: place in h.Commits of its first commit, or -1
	skipped []bool  // by KeyID: what the history tells is not enough
}

func newIndex(h *History) *index {
	x := &index{h: h}
	x.orderCommits()
	x.placeVersions()
	x.linkOps()
	return x
}

// orderCommits sorts the commits by key, and those of a key by version. Ordered stores have no
// versions; there the recorder saw the order.
func (x *index) orderCommits() {
	h := x.h
	x.first = make([]slot, len(h.Keys)+1)
	for i := range h.Commits {
		x.first[h.Commits[i].Key+1]++
	}
	for key := range h.Keys {
		x.first[key+1] += x.first[key] + 1
	}
	x.commits = make([]int32, len(h.Commits)+len(h.Keys))
	next := slices.Clone(x.first)
	for key := range h.Keys {
		x.commits[next[key]] = -1
		next[key]++
	}
	for i := range h.Commits {
		key := h.Commits[i].Key
		x.commits[next[key]] = int32(i)
		next[key]++
	}
	for key := range h.Keys {
		if !h.ordered(KeyID(key)) {
			x.sortCommits(x.commits[x.first[key]+1 : x.first[key+1]])
		}
	}
	x.places = make([]slot, len(h.Commits))
	for s, i := range x.commits {
		if i >= 0 {
			x.places[i] = slot(s)
		}
	}
}

// sortCommits sorts commits of one key by version: mostly they are.
func (x *index) sortCommits(commits []int32) {
	order := func(a, b int32) int { return x.compare(&x.h.Commits[a], &x.h.Commits[b]) }
	if !slices.IsSortedFunc(commits, order) {
		slices.SortStableFunc(commits, order)
	}
}

// compare orders two commits of one key. A removal comes right after what it removed, whose version
// it answers with.
func (x *index) compare(a, b *Commit) int {
	if a.Version == b.Version {
		return cmp.Compare(a.Kind, b.Kind) // OpRemove is the greatest of those that write
	}
	return strings.Compare(x.h.Versions[a.Version].Text, x.h.Versions[b.Version].Text)
}

// placeVersions finds the slot of each version. No answer to a removal tells the version of the
// tombstone, but readers see it: it lies between those of the writes around it.
func (x *index) placeVersions() {
	x.slots = make([]slot, len(x.h.Versions))
	for i := range x.slots {
		x.slots[i] = nowhere
	}
	for i := range x.h.Commits {
		c := &x.h.Commits[i]
		if c.Kind != emulator.OpRemove && x.slots[c.Version] == nowhere {
			x.slots[c.Version] = x.places[i]
		}
	}
	for id := 1; id < len(x.slots); id++ {
		version := x.h.Versions[id]
		if x.slots[id] != nowhere || x.h.ordered(version.Key) {
			continue
		}
		if s := x.before(version); x.removal(s) {
			x.slots[id] = s
		}
	}
}

// before returns the last slot of a key whose version sorts before the one given.
func (x *index) before(version Version) slot {
	commits := x.commits[x.first[version.Key]+1 : x.first[version.Key+1]]
	n := sort.Search(len(commits), func(i int) bool {
		return x.h.Versions[x.h.Commits[commits[i]].Version].Text >= version.Text
	})
	return x.first[version.Key] + slot(n)
}

func (x *index) linkOps() {
	x.byOp = make([]int32, len(x.h.Ops))
	x.skipped = make([]bool, len(x.h.Keys))
	for i := range x.byOp {
		x.byOp[i] = -1
		op := &x.h.Ops[i]
		if op.Kind == emulator.OpRemoveVersion && op.Outcome != Fail {
			x.skipped[op.Key] = true
		}
	}
	for i := range x.h.Commits {
		if id := x.h.Commits[i].Op; id > 0 && id <= len(x.byOp) && x.byOp[id-1] < 0 {
			x.byOp[id-1] = int32(i)
		}
	}
}

// commit returns the commit that a slot begins with, nil before the first.
func (x *index) commit(s slot) *Commit {
	if s < 0 || x.commits[s] < 0 {
		return nil
	}
	return &x.h.Commits[x.commits[s]]
}

// removal reports whether a slot begins with a removal.
func (x *index) removal(s slot) bool {
	c := x.commit(s)
	return c != nil && c.Kind == emulator.OpRemove
}

// live reports whether the key has a value in a slot.
func (x *index) live(s slot) bool { return x.commit(s) != nil && !x.removal(s) }

// entry returns what a key holds in a slot.
func (x *index) entry(s slot) *Entry {
	if !x.live(s) {
		return &Entry{}
	}
	return &x.commit(s).Entry
}

// shows reports whether a read in slot s finds what e tells.
func (x *index) shows(s slot, e *Entry) bool {
	if !x.live(s) {
		return !e.Found
	}
	c := x.commit(s)
	return e.Found && c.Value == e.Value && c.Attributes == e.Attributes
}
