package faults

import (
	"context"

	"savestone/emulator"
)

// Conflict has somebody else write just before a conditional put, what is there anyway (F20): the
// put meets a conflict, and an UpdateAsync calls its function again. It does so Times in a row, or
// as often as a coin shows heads, at most ten times; then the next put of that server and key gets
// through. Where nothing is, nobody writes.
const Conflict Kind = "conflict"

const conflictTimesMax = 10

// streak is what is left of the conflicts of one server and key.
type streak struct {
	left int
	over bool // the next put gets through
}

func applyConflict(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	dice := c.dice(rule, 0)
	naturally := false
	recall(&rule.memory, c.identity, func(s *streak) {
		switch {
		case s.left > 0:
			s.left--
			naturally, s.over = true, s.left == 0
		case s.over:
			s.over = false
		case rule.chance.reached(dice.fire):
			s.left = rule.Times - 1
			if rule.Times == 0 {
				s.left = heads(dice.size)
			}
			naturally, s.over = true, s.left == 0
		}
	})
	dice, fires := c.settle(rule, 0, dice, naturally)
	if !fires {
		return c.onward(ctx)
	}
	wrote, err := c.foreignWrite(ctx, touched)
	if err != nil {
		return emulator.Result{}, err
	}
	if wrote {
		c.report(rule, outcome{dice: dice})
	}
	return c.onward(ctx)
}

// heads is how often a coin shows heads before it shows tails.
func heads(size uint32) (n int) {
	for size&1 == 1 && n < conflictTimesMax-1 {
		size >>= 1
		n++
	}
	return n
}

func isConditional(req *emulator.Request) bool {
	return req.Op == emulator.OpPut && req.IfVersion != nil
}

func checkTimes(r Rule) error { return notNegative("times", r.Times) }
