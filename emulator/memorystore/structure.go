package memorystore

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// Kind is one of the three sorts of structure. Structures of different kinds may have the same name
// without any interaction (R196, assumed).
type Kind uint8

const (
	hashMap Kind = iota
	sortedMap
	queue
)

// String returns the kind's name, as texts of errors spell it.
func (k Kind) String() string { return [...]string{"hash map", "sorted map", "queue"}[k] }

// structureID names a structure within its scope.
type structureID struct {
	kind Kind
	name string
}

// entry is one item of a structure.
type entry struct {
	home    *structure
	key     string // of a map; in a queue the item's id
	hash    uint64 // of the key, in a hash map
	sortKey SortKey
	value   json.RawMessage
	version uint64 // no other write in the scope has the same
	expires time.Time

	// In a queue.
	priority    float64
	reading     *reading // of a Read that made it invisible
	hiddenUntil time.Time
}

// bytes is what an item counts in quotas, assumed: limits tell only that keys do count (R200).
func (e *entry) bytes() int64 {
	size := len(e.value) + e.sortKey.bytes()
	if e.home.id.kind != queue {
		size += len(e.key)
	}
	return int64(size)
}

// structure is a hash map, a sorted map or a queue that holds something.
type structure struct {
	id    structureID
	items map[string]*entry
	order sorted[*entry] // what reads can see
	bytes int64

	hidden   sorted[*entry] // what they cannot see yet, by when that ends
	readings map[string]*reading
}

func newStructure(id structureID) *structure {
	compare := map[Kind]func(a, b *entry) int{
		hashMap: compareHashes, sortedMap: compareSortKeys, queue: compareKeys,
	}
	return &structure{
		id: id, items: map[string]*entry{},
		order:    sorted[*entry]{compare: compare[id.kind]},
		hidden:   sorted[*entry]{compare: compareHiding},
		readings: map[string]*reading{},
	}
}

func compareKeys(a, b *entry) int { return strings.Compare(a.key, b.key) }

func compareHashes(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), compareKeys(a, b))
}

// compareSortKeys is the order of sorted maps (R205).
func compareSortKeys(a, b *entry) int {
	return cmp.Or(a.sortKey.compare(b.sortKey), compareKeys(a, b))
}

func compareHiding(a, b *entry) int {
	return cmp.Or(a.hiddenUntil.Compare(b.hiddenUntil), compareKeys(a, b))
}

func compareExpiring(a, b *entry) int {
	return cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.version, b.version))
}

// open returns a structure. A new one becomes part of the scope when something is added.
func (s *Scope) open(id structureID) *structure {
	if st, ok := s.structures[id]; ok {
		return st
	}
	return newStructure(id)
}

// add makes an entry part of its structure, in place of old, which may be nil. It refuses what the
// limits do not allow: only a call that needs more memory can fail for it (R201).
func (s *Scope) add(e, old *entry, now time.Time) error {
	st := e.home
	growth, items := e.bytes(), int64(len(st.items)+1)
	if old != nil {
		growth -= old.bytes()
		items--
	}
	limits := &s.universe.limits
	if st.id.kind != hashMap {
		switch {
		case over(items, limits.StructureItemsMax):
			return ErrStructureItems
		case growth > 0 && over(st.bytes+growth, limits.StructureBytesMax):
			return ErrStructureMemory
		}
	}
	if quota := s.universe.memoryQuota(now); growth > 0 && over(s.bytes+growth, quota) {
		return overQuota(s.bytes+growth, quota)
	}
	if old != nil {
		s.drop(old)
	}
	s.structures[st.id] = st
	st.items[e.key] = e
	st.order.insert(e)
	s.expiring.insert(e)
	st.bytes += e.bytes()
	s.bytes += e.bytes()
	return nil
}

func over(amount, limit int64) bool { return limit > 0 && amount > limit }

// drop takes an entry out of its structure, and the structure out of the scope with its last entry.
func (s *Scope) drop(e *entry) {
	st := e.home
	if e.reading != nil {
		st.hidden.remove(e)
		st.leave(e)
	} else {
		st.order.remove(e)
	}
	delete(st.items, e.key)
	s.expiring.remove(e)
	st.bytes -= e.bytes()
	s.bytes -= e.bytes()
	if len(st.items) == 0 {
		delete(s.structures, st.id)
	}
}

// expire drops what has come to its end: an expired item is as good as absent (R199).
func (s *Scope) expire(now time.Time) {
	for {
		e, ok := s.expiring.first()
		if !ok || e.expires.After(now) {
			return
		}
		s.drop(e)
	}
}

// stamp returns the number of a new write.
func (s *Scope) stamp() uint64 {
	s.version++
	return s.version
}
