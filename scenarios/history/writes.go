package history

import (
	"fmt"
	"math"
	"strconv"

	"savestone/emulator"
)

// write judges a request to write by what was applied at s; nowhere means nothing was.
func (j *judge) write(op *Op, s slot) {
	c := j.commit(s)
	switch {
	case c != nil:
		j.honest(op, c)
		j.conditional(op, c, s)
	case op.Outcome == OK && (op.Kind != emulator.OpRemove || op.Answer.Found):
		j.add("I1", op.Key, "acknowledged, but never applied", op.ID)
	case conflicted(op) && !j.ordered[op.Key]:
		j.refused(op)
	}
}

// stray judges a commit that belongs to no request, or to one that had its commit before.
func (j *judge) stray(c *Commit) {
	if c.Op <= 0 || c.Op > len(j.h.Ops) {
		j.add("I8", c.Key, "applied, though no request asked for it")
		return
	}
	j.add("I8", c.Key, textTwice, c.Op)
}

// honest compares what a writer was told with what was applied.
func (j *judge) honest(op *Op, c *Commit) {
	var text string
	switch {
	case c.Key != op.Key:
		text = "applied to another key: " + j.h.Keys[c.Key].String()
	case c.Kind != op.Kind:
		text = fmt.Sprintf("applied as %s, not as %s", c.Kind, op.Kind)
	case c.Begin.Seq < op.Call.Seq:
		text = "applied before it was asked for"
	case op.Kind == emulator.OpPut && !j.fulfils(c, op):
		text = "applied with another value than was asked for"
	case op.Outcome == Fail:
		text = "applied, though the client was told that it failed"
	case op.Outcome == OK && c.End.Seq > op.Return.Seq:
		text = "acknowledged before it was applied"
	case op.Outcome == OK && op.Answer != c.Entry:
		text = "applied, but the answer tells of something else"
	default:
		return
	}
	j.add("I8", op.Key, text, op.ID)
}

// fulfils reports whether a commit holds what a put asked for. An ordered store writes integers its
// own way.
func (j *judge) fulfils(c *Commit, op *Op) bool {
	if c.Value == op.Value {
		return c.Attributes == op.Attributes
	}
	n, err := strconv.ParseFloat(op.Value, 64)
	return err == nil && j.ordered[c.Key] && c.Value == strconv.FormatInt(int64(n), 10)
}

// conditional finds a write that was applied to another state than it builds on.
func (j *judge) conditional(op *Op, c *Commit, s slot) {
	before := j.previous[s]
	switch {
	case c.Kind == emulator.OpIncrement:
		if want, ok := sum(j.ordered[c.Key], j.entry(before), op.Delta); c.Value != want {
			j.add("I2", c.Key, incremented(c.Value, want, ok), op.ID)
		}
	case c.Kind == emulator.OpRemove:
		if !j.entry(before).Found || !j.shows(before, &c.Entry) {
			j.add("I2", c.Key, "removed something else than was there", op.ID)
		}
	case op.Conditional && !j.holds(op, before):
		j.add("I2", c.Key, "applied, though its condition did not hold", op.ID)
	}
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
		return !j.entry(s).Found
	case j.ordered[op.Key]:
		return j.entry(s).Version == op.Named
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

// refused finds a conditional put that was refused while all the time its condition held.
func (j *judge) refused(op *Op) {
	s := j.slots[op.Named]
	if s == nowhere || j.commit(s).End.Seq > op.Call.Seq {
		return
	}
	if j.before(op.Key, func(c *Commit) bool { return c.Begin.Seq > op.Return.Seq }) == s {
		j.add("I2", op.Key, "refused, though its condition held all the time", op.ID)
	}
}

// conflicted reports whether a put was refused because its condition did not hold.
func conflicted(op *Op) bool {
	return op.Conditional && op.Outcome == Fail && op.Error == emulator.ErrVersionConflict.Message
}

const textTwice = "applied a second time"
