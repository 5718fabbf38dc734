package history

import (
	"fmt"
	"math"
	"strconv"

	"savestone/emulator"
)

// honesty compares what writers were told with what was applied.
func (j *judge) honesty() {
	for i := range j.h.Commits {
		c := &j.h.Commits[i]
		if c.Op <= 0 || c.Op > len(j.h.Ops) {
			j.add("I8", c.Key, "applied, though no request asked for it")
			continue
		}
		op := &j.h.Ops[c.Op-1]
		switch {
		case c.Key != op.Key:
			j.add("I8", op.Key, "applied to another key: "+j.h.Keys[c.Key].String(), op.ID)
		case c.Kind != op.Kind:
			j.add("I8", op.Key, fmt.Sprintf("applied as %s, not as %s", c.Kind, op.Kind), op.ID)
		case int(j.byOp[op.ID-1]) != i:
			j.add("I8", op.Key, "applied a second time", op.ID)
		case c.Begin.Seq < op.Call.Seq:
			j.add("I8", op.Key, "applied before it was asked for", op.ID)
		case op.Outcome == Fail:
			j.add("I8", op.Key, "applied, though the client was told that it failed", op.ID)
		case op.Outcome == OK:
			j.answer(op, c)
		}
		if op.Kind == emulator.OpPut && !j.fulfils(c, op) {
			j.add("I8", op.Key, "applied with another value than was asked for", op.ID)
		}
	}
}

// fulfils reports whether a commit holds what a put asked for. An ordered store writes integers its
// own way.
func (j *judge) fulfils(c *Commit, op *Op) bool {
	sameValue := c.Value == op.Value
	if n, err := strconv.ParseFloat(op.Value, 64); err == nil && j.h.ordered(c.Key) && !sameValue {
		sameValue = c.Value == strconv.FormatInt(int64(n), 10)
	}
	return sameValue && c.Attributes == op.Attributes
}

// answer compares what an acknowledged write says with what it did.
func (j *judge) answer(op *Op, c *Commit) {
	switch {
	case c.End.Seq > op.Return.Seq:
		j.add("I8", op.Key, "acknowledged before it was applied", op.ID)
	case op.Answer != c.Entry:
		j.add("I8", op.Key, "applied, but the answer tells of something else", op.ID)
	}
}

// acknowledged finds writes that were acknowledged and never applied.
func (j *judge) acknowledged() {
	for i := range j.h.Ops {
		op := &j.h.Ops[i]
		if !writes(op.Kind) || op.Outcome != OK || j.byOp[i] >= 0 {
			continue
		}
		if op.Kind != emulator.OpRemove || op.Answer.Found {
			j.add("I1", op.Key, "acknowledged, but never applied", op.ID)
		}
	}
}

// versions finds versions that do not increase. That those of an ordered store do not is no fault.
func (j *judge) versions() {
	for s := range j.commits {
		c := j.commit(slot(s))
		if c == nil || j.h.ordered(c.Key) || j.skipped[c.Key] {
			continue
		}
		version := j.h.Versions[c.Version].Text
		if later := j.overtaken[s]; c.Begin.Seq > later.seq {
			j.add("I5", c.Key, "wrote version "+version+" when a greater one was there",
				c.Op, later.op)
		}
		before := j.commit(slot(s) - 1)
		if before != nil && before.Version == c.Version && before.Kind == c.Kind {
			j.add("I5", c.Key, "wrote version "+version+", which had been there", c.Op, before.Op)
		}
	}
}

// conditions finds writes that were applied to another state than they build on.
func (j *judge) conditions() {
	for i := range j.h.Commits {
		c := &j.h.Commits[i]
		if c.Op <= 0 || c.Op > len(j.h.Ops) || j.skipped[c.Key] {
			continue
		}
		op, before := &j.h.Ops[c.Op-1], j.places[i]-1
		switch {
		case c.Kind == emulator.OpIncrement:
			if want, ok := sum(j.h.ordered(c.Key), j.entry(before), op.Delta); c.Value != want {
				j.add("I2", c.Key, incremented(c.Value, want, ok), op.ID)
			}
		case c.Kind == emulator.OpRemove:
			if !j.live(before) || !j.shows(before, &c.Entry) {
				j.add("I2", c.Key, "removed something else than was there", op.ID)
			}
		case op.Conditional && !j.holds(op, before):
			j.add("I2", c.Key, "applied, though its condition did not hold", op.ID)
		}
	}
	j.refusals()
}

func incremented(value, want string, ok bool) string {
	if !ok {
		return "incremented what is no integer"
	}
	return fmt.Sprintf("incremented to %s, want %s", value, want)
}

// holds reports whether the condition of a put is true in a slot.
func (j *judge) holds(op *Op, s slot) bool {
	switch {
	case op.Named == 0:
		return !j.live(s)
	case j.h.ordered(op.Key):
		return j.live(s) && j.commit(s).Version == op.Named
	}
	return j.slots[op.Named] == s
}

// sum is what an increment makes of an entry: as much as fits (R89, R95). ok is false for what is
// no integer.
func sum(ordered bool, before *Entry, delta int64) (text string, ok bool) {
	low, high := int64(-emulator.StandardIntegerMax), int64(emulator.StandardIntegerMax)
	if ordered {
		low, high = math.MinInt64, math.MaxInt64
	}
	n := int64(0)
	if before.Found {
		var err error
		if n, err = strconv.ParseInt(before.Value, 10, 64); err != nil {
			return "", false
		}
	}
	switch {
	case delta > 0 && n > high-delta:
		n = high
	case delta < 0 && n < low-delta:
		n = low
	default:
		n += delta
	}
	return strconv.FormatInt(n, 10), true
}

// refusals finds conditional puts that were refused while all the time their condition held.
func (j *judge) refusals() {
	refused := emulator.ErrVersionConflict.Error()
	for i := range j.h.Ops {
		op := &j.h.Ops[i]
		if !op.Conditional || op.Error != refused || j.h.ordered(op.Key) || j.skipped[op.Key] {
			continue
		}
		s := j.slots[op.Named]
		if s == nowhere {
			continue
		}
		begun := j.commit(s).End.Seq < op.Call.Seq
		over := s+1 < j.first[op.Key+1] && j.commit(s+1).Begin.Seq < op.Return.Seq
		if begun && !over {
			j.add("I2", op.Key, "refused, though its condition held all the time", op.ID)
		}
	}
}
