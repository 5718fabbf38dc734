package sched

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Sim is a virtual clock with the tasks and timers that live by it.
type Sim struct {
	start   time.Time
	now     int64  // nanoseconds since start
	seq     uint64 // orders timers of the same instant by when they were set
	timers  timers
	current *Task
	oldest  *Task // the list of tasks that have started and not ended, in order of start
	newest  *Task
}

// New returns a Sim whose time is start.
func New(start time.Time) *Sim {
	return &Sim{start: start}
}

// Now returns the virtual time.
func (s *Sim) Now() time.Time { return s.start.Add(time.Duration(s.now)) }

// Current returns the running task, or nil outside of tasks.
func (s *Sim) Current() *Task { return s.current }

// At arranges for fire to run at t, or at the current instant after everything already due if t has
// passed. It runs outside of any task, so it must not wait.
func (s *Sim) At(t time.Time, fire func()) *Timer { return s.set(int64(t.Sub(s.start)), fire) }

// After is At, counted from now.
func (s *Sim) After(d time.Duration, fire func()) *Timer {
	if at := s.now + int64(d); at >= s.now || d < 0 {
		return s.set(at, fire)
	}
	return s.set(math.MaxInt64, fire) // later than the clock can tell
}

func (s *Sim) set(at int64, fire func()) *Timer {
	s.seq++
	timer := &Timer{at: max(at, s.now), fire: fire, owner: s}
	s.timers.push(due{timer.at, s.seq, timer})
	return timer
}

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
	timer := s.timers[0].timer
	s.timers.remove(0)
	s.now = timer.at
	timer.fire()
	return true
}

// Next returns the time of the next timer, and false when nothing is due any more.
func (s *Sim) Next() (time.Time, bool) {
	if len(s.timers) == 0 {
		return time.Time{}, false
	}
	return s.timers[0].timer.When(), true
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
	s.now = max(s.now, int64(t.Sub(s.start)))
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
		s.timers[len(s.timers)-1].timer.Stop()
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
		s.Now().Format(time.RFC3339Nano), len(s.timers), s.Tasks())
}
