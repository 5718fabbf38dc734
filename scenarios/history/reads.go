package history

import "savestone/emulator"

// pin finds the slot that a request tells of as the current one. It is nowhere for requests that
// are no reads, and for answers that fit several slots.
func (j *judge) pin(op *Op) slot {
	if op.Outcome != OK {
		return nowhere
	}
	switch op.Kind {
	case emulator.OpGet:
	case emulator.OpRemove:
		if op.Answer.Found {
			return nowhere
		}
	case emulator.OpGetVersion, emulator.OpGetVersionAt:
		return j.pinOld(op)
	default:
		return nowhere
	}
	if j.ordered[op.Key] {
		return j.pinByValue(op)
	}
	s := j.slots[op.Answer.Version]
	if op.Answer.Version == 0 {
		s = j.untold(op)
	}
	if s == nowhere || !j.shows(s, &op.Answer) {
		return misfit
	}
	if c := j.commit(s); c != nil && op.Return.Seq < c.Begin.Seq {
		return misfit // not there yet
	}
	return s
}

// pinOld checks an answer that tells of an old version: only what it says, not when.
func (j *judge) pinOld(op *Op) slot {
	if op.Answer.Version == 0 {
		return nowhere
	}
	if s := j.slots[op.Answer.Version]; s == nowhere || !j.shows(s, &op.Answer) {
		return misfit
	}
	return nowhere
}

// untold is the slot of a read that found no trace of the key: the first, or that of a tombstone so
// old that it is forgotten (R99).
func (j *judge) untold(op *Op) slot {
	s := j.before(op.Key, func(c *Commit) bool { return c.Begin.Seq > op.Return.Seq })
	if j.removal(s) && op.Return.At-j.commit(s).Begin.At >= emulator.TombstoneLifetime {
		return s
	}
	return j.unwritten(op.Key)
}

// pinByValue finds the slot of a read of an ordered store among those that overlap with it. The
// commits of such a key follow each other in time.
func (j *judge) pinByValue(op *Op) slot {
	found := misfit
	s := j.before(op.Key, func(c *Commit) bool { return c.Begin.Seq > op.Return.Seq })
	for {
		if j.shows(s, &op.Answer) {
			if found != misfit {
				return nowhere // either may be meant
			}
			found = s
		}
		c := j.commit(s)
		if c == nil || c.End.Seq < op.Call.Seq {
			return found
		}
		s = j.previous[s]
	}
}

// describe words what a read found.
func (j *judge) describe(op *Op) string {
	version := j.h.Versions[op.Answer.Version].Text
	switch {
	case op.Answer.Found && j.ordered[op.Key]:
		return op.Answer.Value
	case op.Answer.Found:
		return op.Answer.Value + " as version " + version
	case version != "":
		return "the removal " + version
	}
	return "nothing"
}
