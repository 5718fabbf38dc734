package gameserver

import (
	"cmp"
	"slices"
	"time"

	"savestone/emulator"
)

// queueCallsMax is how many calls one queue holds (R173).
const queueCallsMax = 30

// queueLook is how long a waiting call sleeps at most before it looks again: rates change, and a
// Clock can only let time pass; there is nothing to be woken by.
const queueLook = time.Second

// queue holds calls that wait for their budget, or for the backend to let their key through: first
// in, first out, except that calls for a throttled key are passed over (R175).
type queue struct {
	calls   []*call                     // by ticket
	skipped expiring[entryID, struct{}] // throttled keys
}

// queueFor returns one of the four queues (R173).
func (s *Server) queueFor(kind emulator.Kind, writes bool) *queue {
	if writes {
		return &s.queues[kind][1]
	}
	return &s.queues[kind][0]
}

// wait tells how long c has to wait, at most until something changes; 0 means it may go now.
// Calls wait for those before them that wait for the same budget or have the same key: R175 does
// not say what happens between budgets, so this is assumed.
func (q *queue) wait(c *call, now time.Time) time.Duration {
	_, until, _ := q.skipped.get(c.entry, now)
	wait := until.Sub(now)
	ahead, blocked := int64(0), false
	for _, other := range q.calls {
		if other == c || other.ticket > c.ticket {
			break
		}
		_, _, skipped := q.skipped.get(other.entry, now)
		sameKey := other.entry == c.entry && c.entry.key != ""
		switch {
		case !other.refused && !skipped && other.budget == c.budget:
			ahead += other.cost
		case sameKey:
			blocked = true
		}
	}
	if c.budget != nil {
		earned, ok := c.budget.wait(ahead+c.cost, now)
		if !ok {
			return queueLook
		}
		wait = max(wait, earned)
	}
	if wait == 0 && (ahead > 0 || blocked) {
		wait = turnPoll
	}
	return min(wait, queueLook)
}

// enter puts c into its queue, if it is not there, or says that there is no room. s.mu is held.
func (c *call) enter() error {
	if c.waiting {
		return nil
	}
	q := c.queue
	drops := c.server.weather.Drops
	if len(q.calls) == queueCallsMax || drops != nil && drops(c.req) {
		c.server.dropped++
		return c.full()
	}
	at, _ := slices.BinarySearchFunc(q.calls, c.ticket, func(other *call, ticket uint64) int {
		return cmp.Compare(other.ticket, ticket)
	})
	q.calls = slices.Insert(q.calls, at, c)
	c.waiting = true
	return nil
}

// leave takes c out of its queue.
func (c *call) leave() {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if !c.waiting {
		return
	}
	c.waiting, c.refused, c.warned = false, false, false
	c.queue.calls = slices.DeleteFunc(c.queue.calls, func(other *call) bool { return other == c })
}
