package sched

import (
	"container/heap"
	"context"
	"fmt"
	"time"
)

// Sim is a virtual clock with the tasks and timers that live by it.
type Sim struct {
	now     time.Time
	seq     uint64 // orders timers of the same instant by when they were set
	timers  timerHeap
	current *Task
	oldest  *Task // the list of tasks that have started and not ended, in order of start
	newest  *Task
}

// New returns a Sim whose time is start.
func New(start time.Time) *Sim {
	return &Sim{now: start}
}

// Now returns the virtual time.
func (s *Sim) Now() time.Time { return s.now }

// Current returns the running task, or nil outside of tasks.
func (s *Sim) Current() *Task { return s.current }

// Timer is something to happen at a virtual time.
type Timer struct {
	at    time.Time
	seq   uint64
	fire  func()
	index int // place in the heap, -1 when fired or stopped
	owner *Sim
}

// At arranges for fire to run at t, or at the current instant after everything already due if t has
// passed. It runs outside of any task, so it must not wait.
func (s *Sim) At(t time.Time, fire func()) *Timer {
	if t.Before(s.now) {
		t = s.now
	}
	s.seq++
	timer := &Timer{at: t, seq: s.seq, fire: fire, owner: s}
	heap.Push(&s.timers, timer)
	return timer
}

// After is At, counted from now.
func (s *Sim) After(d time.Duration, fire func()) *Timer { return s.At(s.now.Add(d), fire) }

// Stop keeps a timer from firing; it reports whether it still would have.
func (t *Timer) Stop() bool {
	if t.index < 0 {
		return false
	}
	heap.Remove(&t.owner.timers, t.index)
	t.fire = nil
	return true
}

// Again has a timer that is firing fire once more, at another time.
func (t *Timer) Again(at time.Time) {
	s := t.owner
	if t.index >= 0 {
		panic("sched: Again for a timer that has not fired")
	}
	s.seq++
	t.at, t.seq = at, s.seq
	heap.Push(&s.timers, t)
}

// When returns the time the timer is set for.
func (t *Timer) When() time.Time { return t.at }

// Sleep makes the running task wait for d of virtual time. A task whose ctx is done does not sleep;
// one already asleep is not woken by ctx, because time does not pass for it.
func (s *Sim) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	task := s.current
	if task == nil {
		panic("sched: Sleep outside of a task: nobody could wake the caller")
	}
	fired := false
	timer := s.After(d, func() {
		fired = true
		task.Resume()
	})
	defer timer.Stop() // a killed sleeper leaves nothing behind
	for !fired {
		s.Park()
	}
	return ctx.Err()
}

// Step lets the next timer happen and reports whether there was one.
func (s *Sim) Step() bool {
	if s.current != nil {
		panic("sched: Step inside a task")
	}
	if len(s.timers) == 0 {
		return false
	}
	timer := heap.Pop(&s.timers).(*Timer)
	s.now = timer.at
	timer.fire()
	return true
}

// Next returns the time of the next timer, and false when nothing is due any more.
func (s *Sim) Next() (time.Time, bool) {
	if len(s.timers) == 0 {
		return time.Time{}, false
	}
	return s.timers[0].at, true
}

// Run steps until nothing is due any more. Tasks that wait for something that never comes stay.
func (s *Sim) Run() {
	for s.Step() {
	}
}

// RunUntil lets everything happen that is due up to and including t, then sets the time to t.
func (s *Sim) RunUntil(t time.Time) {
	for {
		next, ok := s.Next()
		if !ok || next.After(t) {
			break
		}
		s.Step()
	}
	if t.After(s.now) {
		s.now = t
	}
}

// Close kills every task that has not ended, oldest first, and drops all timers.
func (s *Sim) Close() {
	if s.current != nil {
		panic("sched: Close inside a task")
	}
	for s.oldest != nil {
		s.oldest.Kill()
	}
	for len(s.timers) > 0 {
		s.timers[len(s.timers)-1].Stop()
	}
}

// KillIf kills the started tasks that match, oldest first; time goes on for the others.
func (s *Sim) KillIf(match func(*Task) bool) {
	if s.current != nil {
		panic("sched: KillIf inside a task")
	}
	var matching []*Task
	for task := s.oldest; task != nil; task = task.newer {
		if match(task) {
			matching = append(matching, task)
		}
	}
	for _, task := range matching {
		task.Kill()
	}
}

// Tasks returns how many tasks have started and not ended.
func (s *Sim) Tasks() int {
	n := 0
	for task := s.oldest; task != nil; task = task.newer {
		n++
	}
	return n
}

// String tells the state for debugging.
func (s *Sim) String() string {
	return fmt.Sprintf("sched.Sim{now %s, %d timers, %d tasks}",
		s.now.Format(time.RFC3339Nano), len(s.timers), s.Tasks())
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	timer := x.(*Timer)
	timer.index = len(*h)
	*h = append(*h, timer)
}

func (h *timerHeap) Pop() any {
	old := *h
	last := len(old) - 1
	timer := old[last]
	old[last] = nil
	timer.index = -1
	*h = old[:last]
	return timer
}
