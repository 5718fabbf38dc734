package sched

import "time"

// due is a timer's place in the heap. What is compared is kept in it, so that finding the next one
// touches no timer.
type due struct {
	at    int64  // nanoseconds since the Sim's start
	seq   uint64 // of two at the same instant, the one that was set first comes first
	timer *Timer
}

func (d due) before(other due) bool {
	return d.at < other.at || d.at == other.at && d.seq < other.seq
}

// timers is a heap with four children to a node: it is half as deep as one with two, and the four
// lie side by side in memory.
type timers []due

const children = 4

func (h *timers) push(d due) {
	*h = append(*h, d)
	h.up(len(*h) - 1)
}

// remove takes out the timer at a place.
func (h *timers) remove(at int) {
	all := *h
	last := len(all) - 1
	all[at].timer.index = -1
	moved := all[last]
	all[last] = due{}
	*h = all[:last]
	if at == last {
		return
	}
	all[at] = moved
	moved.timer.index = at
	h.down(at)
	h.up(moved.timer.index)
}

func (h timers) up(at int) {
	moving := h[at]
	for at > 0 {
		parent := (at - 1) / children
		if !moving.before(h[parent]) {
			break
		}
		h[at] = h[parent]
		h[at].timer.index = at
		at = parent
	}
	h[at] = moving
	moving.timer.index = at
}

func (h timers) down(at int) {
	moving := h[at]
	for {
		first := at*children + 1
		if first >= len(h) {
			break
		}
		least := first
		for child := first + 1; child < min(first+children, len(h)); child++ {
			if h[child].before(h[least]) {
				least = child
			}
		}
		if !h[least].before(moving) {
			break
		}
		h[at] = h[least]
		h[at].timer.index = at
		at = least
	}
	h[at] = moving
	moving.timer.index = at
}

// Timer is something to happen at a virtual time.
type Timer struct {
	at    int64
	fire  func()
	index int // place in the heap, -1 when fired or stopped
	owner *Sim
}

// Stop keeps a timer from firing; it reports whether it still would have.
func (t *Timer) Stop() bool {
	if t.index < 0 {
		return false
	}
	t.owner.timers.remove(t.index)
	t.fire = nil
	return true
}

// When returns the time the timer is set for.
func (t *Timer) When() time.Time { return t.owner.start.Add(time.Duration(t.at)) }

// Again has a timer that is firing fire once more, at another time.
func (t *Timer) Again(at time.Time) {
	s := t.owner
	if t.index >= 0 {
		panic("sched: Again for a timer that has not fired")
	}
	s.seq++
	t.at = max(int64(at.Sub(s.start)), s.now)
	s.timers.push(due{t.at, s.seq, t})
}
