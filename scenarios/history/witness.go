package history

import (
	"cmp"
	"slices"

	"savestone/emulator"
)

// Witness judges the store itself: with the order of commits known, it decides about each request
// in constant time whether its answer fits. It is E1, I1, I2, I5 and I8 in one; nothing found means
// that the history is linearizable.
func Witness(h *History) []Violation {
	j := newJudge(h)
	for i := range h.Ops {
		j.request(&h.Ops[i])
	}
	for _, s := range j.strays {
		j.stray(&h.Commits[s])
	}
	j.increase()
	for _, r := range j.readings {
		j.current(r)
	}
	for key := range h.Keys {
		j.durable(KeyID(key))
	}
	return j.verdict()
}

// ReadsCurrent is E1: each read tells what was current at some instant between its call and its
// return.
func ReadsCurrent(h *History) []Violation { return witnessed(h, "E1") }

// AckedDurable is I1: a write that was acknowledged was applied, and the last read of its key tells
// of it or of what came after.
func AckedDurable(h *History) []Violation { return witnessed(h, "I1") }

// NoLostUpdates is I2: a write that builds on what was there is applied to just that. A conditional
// put lands on the version that it names, and only then; an increment adds to the number before it;
// a removal answers with what it removed.
func NoLostUpdates(h *History) []Violation { return witnessed(h, "I2") }

// VersionsIncrease is I5: a later write has a greater version, and no two have the same.
func VersionsIncrease(h *History) []Violation { return witnessed(h, "I5") }

// AcksHonest is I8: what was acknowledged is applied once, in time, and as the answer says; what
// failed is not applied.
func AcksHonest(h *History) []Violation { return witnessed(h, "I8") }

func witnessed(h *History, invariant string) []Violation {
	return slices.DeleteFunc(Witness(h), func(v Violation) bool { return v.Invariant != invariant })
}

// Judged counts the requests that Witness has a say about. A history without any shows nothing.
func Judged(h *History) int {
	skipped, count := skippedKeys(h), 0
	for i := range h.Ops {
		op := &h.Ops[i]
		if (writes(op.Kind) || op.Kind == emulator.OpGet) && !skipped[h.Keys[op.Key]] {
			count++
		}
	}
	return count
}

// skippedKeys are those of which a history does not tell enough.
func skippedKeys(h *History) map[Key]bool {
	skipped := map[Key]bool{}
	for i := range h.Ops {
		if op := &h.Ops[i]; op.Kind == emulator.OpRemoveVersion && op.Outcome != Fail {
			skipped[h.Keys[op.Key]] = true
		}
	}
	return skipped
}

// judge goes through one history and collects what is wrong with it.
type judge struct {
	*index
	readings  []reading
	last      []reading // by KeyID: the last read whose slot is known
	overtaken []event   // by slot: the first answer that tells of a later slot of its key
	found     []Violation
}

// reading is a read that tells of one slot.
type reading struct {
	op   int
	slot slot
	call int64
}

// event is an answer.
type event struct {
	seq int64
	op  int
}

// or returns the earlier event.
func (e event) or(other event) event {
	if other.seq < e.seq {
		return other
	}
	return e
}

func newJudge(h *History) *judge {
	j := &judge{
		index: newIndex(h), last: make([]reading, len(h.Keys)),
		readings:  make([]reading, 0, len(h.Ops)),
		overtaken: make([]event, len(h.Commits)+len(h.Keys)),
	}
	for s := range j.overtaken {
		j.overtaken[s].seq = never
	}
	return j
}

// request judges one request by itself.
func (j *judge) request(op *Op) {
	if writes(op.Kind) {
		j.write(op, j.byOp[op.ID-1])
	}
	s := j.pin(op)
	switch {
	case s == misfit:
		j.add("E1", op.Key, "read "+j.describe(op)+", but that was not there while it asked", op.ID)
	case s != nowhere:
		r := reading{op.ID, s, op.Call.Seq}
		j.readings = append(j.readings, r)
		j.last[op.Key] = r
		j.overtaken[s] = j.overtaken[s].or(event{op.Return.Seq, op.ID})
	}
}

// sequel is what is known of a key's life after some instant.
type sequel struct {
	answered event // the first answer that tells of it
	version  VersionID
	removes  bool
	op       int // that of the next commit
}

// increase turns what is known of each slot into what is known of the later ones of its key, and
// finds versions that do not increase. Those of ordered stores need not.
func (j *judge) increase() {
	sequels := slices.Repeat([]sequel{{answered: event{seq: never}}}, len(j.h.Keys)) // by KeyID
	for s := slot(len(j.h.Commits)) - 1; s >= 0; s-- {
		c := &j.h.Commits[s]
		next := &sequels[c.Key]
		removes, later, answered := c.Kind == emulator.OpRemove, next.answered, j.overtaken[s]
		if c.Begin.Seq > later.seq && !j.ordered[c.Key] {
			j.add("I5", c.Key, "wrote a version when a greater one was there: "+
				j.h.Versions[c.Version].Text, c.Op, later.op)
		}
		// A removal has a version of its own, but names that of what it removed.
		if c.Version == next.version && removes == next.removes && !j.ordered[c.Key] {
			j.add("I5", c.Key, "wrote a version that had been there: "+
				j.h.Versions[c.Version].Text, next.op, c.Op)
		}
		j.overtaken[s] = later
		*next = sequel{later.or(answered).or(event{c.End.Seq, c.Op}), c.Version, removes, c.Op}
	}
	for key := range sequels {
		j.overtaken[j.unwritten(KeyID(key))] = sequels[key].answered
	}
}

// current finds reads of what was over, or had not begun.
func (j *judge) current(r reading) {
	if later := j.overtaken[r.slot]; r.call > later.seq {
		op := &j.h.Ops[r.op-1]
		j.add("E1", op.Key, "read "+j.describe(op)+", which was over before it asked",
			r.op, later.op)
	}
}

// durable finds acknowledged writes that the last read of a key does not know.
func (j *judge) durable(key KeyID) {
	last, commits := j.last[key], j.commits(key)
	if last.op == 0 {
		return
	}
	for n := len(commits) - 1; n >= 0 && commits[n] != last.slot; n-- {
		id := j.commit(commits[n]).Op
		if id <= 0 || id > len(j.h.Ops) {
			continue
		}
		if op := &j.h.Ops[id-1]; op.Outcome == OK && op.Return.Seq < last.call {
			j.add("I1", key, "acknowledged, but the last read of the key knows it not", id, last.op)
		}
	}
}

// add notes a violation. The first of ops is the request at fault; 0 stands for none.
func (j *judge) add(invariant string, key KeyID, text string, ops ...int) {
	ops = slices.DeleteFunc(ops, func(id int) bool { return id == 0 })
	j.found = append(j.found, Violation{
		Invariant: invariant, Key: j.h.Keys[key], Ops: slices.Compact(ops), Text: text,
	})
}

// verdict returns what was found, in the order of the requests at fault.
func (j *judge) verdict() []Violation {
	if len(j.found) == 0 {
		return nil
	}
	skipped := skippedKeys(j.h)
	found := slices.DeleteFunc(j.found, func(v Violation) bool { return skipped[v.Key] })
	slices.SortStableFunc(found, func(a, b Violation) int {
		return cmp.Or(slices.Compare(a.Ops, b.Ops), cmp.Compare(a.Invariant, b.Invariant))
	})
	return found
}
