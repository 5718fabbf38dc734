package sched

import "iter"

// State tells what a task is doing.
type State uint8

// The states of a task.
const (
	Created State = iota // never resumed
	Parked               // waits to be resumed
	Running              // is the current task
	Waiting              // resumed another task and waits for it to park or end
	Ended                // returned or was killed
)

// Task is a coroutine with a place in a Sim.
type Task struct {
	sim   *Sim
	body  func()
	state State
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
	older *Task // neighbours in the Sim's list of tasks
	newer *Task
	Owner any // whatever the task runs for; the Sim does not look at it
}

// Killed is the panic that unwinds a task's stack when it is killed. Code that recovers panics must
// pass it on.
type Killed struct{}

// NewTask returns a task that runs body when it is first resumed.
func (s *Sim) NewTask(body func()) *Task {
	return &Task{sim: s, body: body}
}

// Go makes a task and has it start at the current instant, after everything already due.
func (s *Sim) Go(body func()) *Task {
	task := s.NewTask(body)
	s.After(0, func() {
		if task.state == Created {
			task.Resume()
		}
	})
	return task
}

// State returns what the task is doing.
func (t *Task) State() State { return t.state }

// Resume switches to the task until it parks or ends, and reports whether it can be resumed again.
// It panics if the task is not Created or Parked. A panic in the task comes out here.
func (t *Task) Resume() bool {
	switch t.state {
	case Created:
		t.sim.link(t)
		t.next, t.stop = iter.Pull(t.sequence)
	case Parked:
	default:
		panic("sched: Resume of a task that is not parked")
	}
	previous := t.enter()
	alive := false
	defer func() { t.leave(previous, alive) }()
	_, alive = t.next()
	return alive
}

// Park gives control back to whoever resumed the current task, until it is resumed again.
func (s *Sim) Park() {
	task := s.current
	if task == nil {
		panic("sched: Park outside of a task")
	}
	if !task.yield(struct{}{}) {
		panic(Killed{})
	}
}

// Kill ends a task that is not running: what it was doing is unwound by a Killed panic. Killing an
// ended task does nothing.
func (t *Task) Kill() {
	switch t.state {
	case Created:
		t.state = Ended
		t.body = nil
	case Parked:
		previous := t.enter()
		defer t.leave(previous, false)
		t.stop()
	case Ended:
	default:
		panic("sched: Kill of a running task")
	}
}

func (t *Task) enter() (previous *Task) {
	previous = t.sim.current
	if previous != nil {
		previous.state = Waiting
	}
	t.sim.current, t.state = t, Running
	return previous
}

func (t *Task) leave(previous *Task, alive bool) {
	if alive {
		t.state = Parked
	} else {
		t.state = Ended
		t.next, t.stop, t.yield, t.body = nil, nil, nil, nil
		t.sim.unlink(t)
	}
	t.sim.current = previous
	if previous != nil {
		previous.state = Running
	}
}

func (t *Task) sequence(yield func(struct{}) bool) {
	t.yield = yield
	defer func() {
		if r := recover(); r != nil {
			if _, killed := r.(Killed); !killed {
				panic(r)
			}
		}
	}()
	t.body()
}

func (s *Sim) link(t *Task) {
	t.older = s.newest
	if s.newest != nil {
		s.newest.newer = t
	} else {
		s.oldest = t
	}
	s.newest = t
}

func (s *Sim) unlink(t *Task) {
	if t.older != nil {
		t.older.newer = t.newer
	} else {
		s.oldest = t.newer
	}
	if t.newer != nil {
		t.newer.older = t.older
	} else {
		s.newest = t.older
	}
	t.older, t.newer = nil, nil
}
