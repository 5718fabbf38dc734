package history

import (
	"sort"

	"savestone/emulator"
)

// reads reports whether the operation tells what is current.
func reads(op emulator.Op) bool { return op == emulator.OpGet }

// currency finds reads of what was not there, not any more, or not yet.
func (j *judge) currency() {
	j.found = append(j.found, j.misfits...)
	for i, s := range j.pins {
		if s == nowhere {
			continue
		}
		op := &j.h.Ops[i]
		if later := j.overtaken[s]; op.Call.Seq > later.seq {
			j.add("E1", op.Key, "read "+j.describe(op)+", which was over before it asked",
				op.ID, later.op)
		}
		if c := j.commit(s); c != nil && op.Return.Seq < c.Begin.Seq {
			j.add("E1", op.Key, "read "+j.describe(op)+" before it was written", op.ID, c.Op)
		}
	}
}

// pin finds the slot that a read tells of. It is nowhere for what is no read, for answers that fit
// several slots, and for those that fit none: these are violations.
func (j *judge) pin(op *Op) slot {
	readsNothing := op.Kind == emulator.OpRemove && !op.Answer.Found
	if op.Outcome != OK || j.skipped[op.Key] || !reads(op.Kind) && !readsNothing {
		return j.pinOld(op)
	}
	if j.h.ordered(op.Key) {
		return j.pinByValue(op)
	}
	s := j.slots[op.Answer.Version]
	switch {
	case op.Answer.Version == 0:
		s = j.unwritten(op)
	case s == nowhere:
		j.add("E1", op.Key, "read "+j.describe(op)+", which nothing wrote", op.ID)
		return nowhere
	}
	if !j.shows(s, &op.Answer) {
		j.add("E1", op.Key, "read "+j.describe(op)+", but that version has another value", op.ID)
		return nowhere
	}
	return s
}

// pinOld checks an answer that tells of an old version: only what it says, not when.
func (j *judge) pinOld(op *Op) slot {
	old := op.Kind == emulator.OpGetVersion || op.Kind == emulator.OpGetVersionAt
	if !old || op.Outcome != OK || op.Answer.Version == 0 || j.skipped[op.Key] {
		return nowhere
	}
	if s := j.slots[op.Answer.Version]; s == nowhere || !j.shows(s, &op.Answer) {
		j.add("E1", op.Key, "read the old "+j.describe(op)+", which nothing wrote", op.ID)
	}
	return nowhere
}

// unwritten is the slot of a read that found no trace of the key: the first, or that of a tombstone
// so old that it is forgotten (R99).
func (j *judge) unwritten(op *Op) slot {
	first, end := j.first[op.Key], j.first[op.Key+1]
	begun := sort.Search(int(end-first)-1, func(i int) bool {
		return j.commit(first+slot(i)+1).Begin.Seq > op.Return.Seq
	})
	s := first + slot(begun)
	if j.removal(s) && op.Return.At-j.commit(s).Begin.At >= emulator.TombstoneLifetime {
		return s
	}
	return first
}

// pinByValue finds the slot of a read of an ordered store among those that overlap with it. The
// commits of such a key follow each other in time.
func (j *judge) pinByValue(op *Op) slot {
	first, end := j.first[op.Key], j.first[op.Key+1]
	ended := sort.Search(int(end-first)-1, func(i int) bool {
		return j.commit(first+slot(i)+1).End.Seq >= op.Call.Seq
	})
	found := nowhere
	for s := first + slot(ended); s < end; s++ {
		if c := j.commit(s); c != nil && c.Begin.Seq > op.Return.Seq {
			break
		}
		switch {
		case !j.shows(s, &op.Answer):
		case found != nowhere:
			return nowhere // either may be meant
		default:
			found = s
		}
	}
	if found == nowhere {
		j.add("E1", op.Key, "read "+j.describe(op)+", which it never was while it asked", op.ID)
	}
	return found
}

// describe words what a read found.
func (j *judge) describe(op *Op) string {
	version := j.h.Versions[op.Answer.Version].Text
	switch {
	case j.h.ordered(op.Key) && op.Answer.Found:
		return op.Answer.Value
	case op.Answer.Found, version != "":
		return "version " + version
	}
	return "nothing"
}

// durability finds acknowledged writes that the last read of their key does not know.
func (j *judge) durability() {
	last := make([]*Op, len(j.h.Keys))
	for i := range j.h.Ops {
		op := &j.h.Ops[i]
		if reads(op.Kind) && op.Outcome == OK && !j.skipped[op.Key] && !j.h.ordered(op.Key) {
			last[op.Key] = op
		}
	}
	for i := range j.h.Ops {
		op := &j.h.Ops[i]
		read := last[op.Key]
		if j.byOp[i] < 0 || op.Outcome != OK || read == nil || op.Return.Seq > read.Call.Seq {
			continue
		}
		seen := j.slots[read.Answer.Version]
		if read.Answer.Version == 0 {
			seen = j.unwritten(read)
		}
		if seen != nowhere && seen < j.places[j.byOp[i]] {
			j.add("I1", op.Key, "acknowledged, but the last read of the key tells of a time before",
				op.ID, read.ID)
		}
	}
}
