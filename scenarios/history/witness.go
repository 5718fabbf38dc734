package history

import "slices"

// Witness judges the store itself: with the order of commits known, it decides about each request
// in constant time whether its answer fits. It covers the zero-tolerance part of E1 (reads are
// current), I1 and I8 (acknowledged writes are applied once and stay), I2 (conditions hold) and I5
// (versions increase). Nothing found means that the history is linearizable.
func Witness(h *History) []Violation {
	j := newJudge(h)
	j.honesty()
	j.acknowledged()
	j.currency()
	j.durability()
	j.conditions()
	j.versions()
	return j.found
}

// ReadsCurrent is E1: each read tells what was current at some instant between its call and its
// return.
func ReadsCurrent(h *History) []Violation { return newJudge(h).all((*judge).currency) }

// AckedDurable is I1: a write that was acknowledged was applied, and the last read of its key tells
// of it or of what came after.
func AckedDurable(h *History) []Violation {
	return newJudge(h).all((*judge).acknowledged, (*judge).durability)
}

// NoLostUpdates is I2: a write that builds on what was there is applied to just that. A conditional
// put lands on the version that it names, an increment adds to the number before it, and a removal
// answers with what it removed.
func NoLostUpdates(h *History) []Violation { return newJudge(h).all((*judge).conditions) }

// VersionsIncrease is I5: a later write has a greater version, and no two have the same.
func VersionsIncrease(h *History) []Violation { return newJudge(h).all((*judge).versions) }

// AcksHonest is I8: what was acknowledged is applied once, in time, and as the answer says; what
// failed is not applied.
func AcksHonest(h *History) []Violation { return newJudge(h).all((*judge).honesty) }

// Judged counts the requests that Witness has a say about. A history without any shows nothing.
func Judged(h *History) int {
	x, count := newIndex(h), 0
	for i := range h.Ops {
		if op := &h.Ops[i]; !x.skipped[op.Key] && (writes(op.Kind) || reads(op.Kind)) {
			count++
		}
	}
	return count
}

// judge collects what is wrong with one history.
type judge struct {
	*index
	pins      []slot      // by place in h.Ops: the slot that a read tells of, or nowhere
	overtaken []event     // by slot: the first sign that it was over
	misfits   []Violation // reads that tell of no slot
	found     []Violation
}

func newJudge(h *History) *judge {
	j := &judge{index: newIndex(h), pins: make([]slot, len(h.Ops))}
	for i := range h.Ops {
		j.pins[i] = j.pin(&h.Ops[i])
	}
	j.misfits, j.found = j.found, nil
	j.overtaken = j.signs()
	return j
}

func (j *judge) all(passes ...func(*judge)) []Violation {
	for _, pass := range passes {
		pass(j)
	}
	return j.found
}

func (j *judge) add(invariant string, key KeyID, text string, ops ...int) {
	ops = slices.DeleteFunc(ops, func(id int) bool { return id == 0 })
	j.found = append(j.found, Violation{
		Invariant: invariant, Key: j.h.Keys[key], Ops: slices.Compact(ops), Text: text,
	})
}

// event is a return that a request of an earlier slot may not come after.
type event struct {
	seq int64
	op  int
}

func (e event) or(other event) event {
	if other.seq < e.seq {
		return other
	}
	return e
}

// signs returns for each slot the first sign that the next one, or one after it, had begun: the
// answer to a commit, or to a read.
func (j *judge) signs() []event {
	signs := make([]event, len(j.commits))
	for s := range signs {
		signs[s].seq = never
		if c := j.commit(slot(s)); c != nil {
			signs[s] = event{c.End.Seq, c.Op}
		}
	}
	for i, s := range j.pins {
		if s != nowhere {
			op := &j.h.Ops[i]
			signs[s] = signs[s].or(event{op.Return.Seq, op.ID})
		}
	}
	for key := range j.h.Keys {
		after := event{seq: never}
		for s := j.first[key+1] - 1; s >= j.first[key]; s-- {
			signs[s], after = after, after.or(signs[s])
		}
	}
	return signs
}
