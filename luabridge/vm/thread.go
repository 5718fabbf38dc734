package vm

import (
	"context"
	"runtime"
	"sync"
	"time"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
)

// Thread is one Luau thread.
type Thread struct {
	vm   *VM
	task *sched.Task
	fn   lua.LValue // what to run, until it runs

	// The object that scripts hold. While only scripts could resume the thread, it is held weakly,
	// so that a thread which nobody can resume any more goes away with its object. A thread of a Go
	// function is kept: what that does when it ends may be seen.
	object  *lua.LUserData
	kept    bool
	weak    weak.Pointer[lua.LUserData]
	tracked bool

	states   []*lua.LState // the body's, and one for each protected call in progress
	guards   []guard       // one for each state
	values   []lua.LValue  // what crosses at a switch, in either direction
	boundary int           // calls in progress that no yield may cross
	refusal  string        // what such a yield is answered
	blocked  bool          // waits inside a Go function: only the scheduler may resume it
	wake     *sched.Timer  // resumes the thread
	resuming bool          // Resume is on the stack and will return what comes of it
	watched  bool          // somebody asks for the fault, so that it is not uncaught
	returned []lua.LValue  // what the thread's function returned
	fault    *Error        // what ended the thread
	last     []Frame       // the stack when that was raised
}

// guard is what a protected call does with an error.
type guard struct {
	handler *lua.LFunction // of an xpcall
	busy    bool           // the handler runs
}

// BasicType implements Basic.
func (*Thread) BasicType() string { return "thread" }

// Status is what coroutine.status tells.
type Status string

// The states of a thread.
const (
	Suspended Status = "suspended"
	Running   Status = "running"
	Normal    Status = "normal"
	Dead      Status = "dead"
)

const resumesNestedMax = 195 // Luau's own limit on C calls is 200

// NewThread returns a suspended thread that will call fn.
func (v *VM) NewThread(fn lua.LValue) *Thread {
	t := &Thread{vm: v, fn: fn}
	if g, ok := fn.(*lua.LFunction); ok {
		t.kept = g.IsG
	}
	t.object = &lua.LUserData{Value: t, Metatable: lua.LNil}
	t.task = v.Sim.NewTask(t.body)
	t.task.Owner = t
	return t
}

// AsThread returns the thread that a Luau value is, or nil.
func AsThread(value lua.LValue) *Thread {
	if object, ok := value.(*lua.LUserData); ok {
		thread, _ := object.Value.(*Thread)
		return thread
	}
	return nil
}

// Current returns the running thread, or nil when none of this VM runs.
func (v *VM) Current() *Thread {
	task := v.Sim.Current()
	if task == nil {
		return nil
	}
	thread, _ := task.Owner.(*Thread)
	return thread
}

// Object returns the value that stands for the thread in Luau.
func (t *Thread) Object() *lua.LUserData {
	if t.object != nil {
		return t.object
	}
	return t.weak.Value()
}

// Status tells what the thread is doing.
func (t *Thread) Status() Status {
	switch t.task.State() {
	case sched.Running:
		return Running
	case sched.Waiting:
		return Normal
	case sched.Ended:
		return Dead
	}
	return Suspended
}

// Fault returns the error that ended the thread, if one did.
func (t *Thread) Fault() *Error { return t.fault }

// Refusal says why the thread cannot be resumed now, in Luau's words, or "".
func (t *Thread) Refusal() string {
	switch status := t.Status(); {
	case status != Suspended:
		return "cannot resume " + string(status) + " coroutine"
	case t.blocked:
		return "cannot resume a thread that waits for the engine"
	case t.vm.depth >= resumesNestedMax:
		return "C stack overflow"
	}
	return ""
}

// Resume runs the thread until it yields or ends, and returns the values it yielded or returned.
// The caller has seen that Refusal is empty.
func (t *Thread) Resume(args ...lua.LValue) ([]lua.LValue, *Error) {
	if t.wake != nil {
		t.wake.Stop() // whoever resumes a waiting thread ends its wait
		t.wake = nil
	}
	object := t.Object()
	t.object = object
	t.values = args
	t.vm.depth++
	t.resuming = true
	alive := t.task.Resume()
	t.resuming = false
	t.vm.depth--
	runtime.KeepAlive(object)
	if !alive {
		return t.returned, t.fault
	}
	values := t.values
	t.values = nil
	return values, nil
}

// Watch makes the thread's fault the caller's concern: it is found in Fault, and Options.Uncaught
// is not told.
func (t *Thread) Watch() { t.watched = true }

// Returned returns what the function of a thread that ended well returned: nil if it never did.
func (t *Thread) Returned() []lua.LValue { return t.returned }

// body is the life of the thread, on its own stack.
func (t *Thread) body() {
	defer func() {
		t.weak, t.object = weak.Make(t.object), nil
	}()
	t.run()
	if t.fault != nil && !t.resuming {
		t.report() // it waited inside a Go function, and the scheduler went on with that
	}
}

func (t *Thread) run() {
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case stopped:
			t.fault = &Error{
				Value: lua.LString(t.vm.options.Limit.Stopped()), Trace: t.last,
			}
		default:
			panic(r)
		}
	}()
	fn, args := t.fn, t.values
	t.fn, t.values = nil, nil
	t.returned, t.fault = t.protect(fn, nil, args)
}

// report tells of a fault that nobody is there to catch.
func (t *Thread) report() {
	if !t.watched && t.vm.options.Uncaught != nil {
		t.vm.options.Uncaught(t, t.fault)
	}
}

// Yield hands values to whoever resumed the running thread and returns what it is resumed with. The
// caller has seen that the thread may yield (MustYield).
func (t *Thread) Yield(values []lua.LValue) []lua.LValue {
	t.values = values
	if t.wake == nil {
		t.forget()
	}
	machine.Sweep(t.states[len(t.states)-1])
	t.vm.Sim.Park()
	values = t.values
	t.values = nil
	return values
}

// forget leaves the thread's life to those who hold its object.
func (t *Thread) forget() {
	if t.kept {
		return
	}
	if !t.tracked {
		t.tracked, t.weak = true, weak.Make(t.object)
		runtime.AddCleanup(t.object, t.vm.orphans.add, t)
	}
	t.object = nil
}

// Block runs wait, which may let virtual time pass, for the running thread. Scripts cannot resume
// the thread meanwhile.
func (t *Thread) Block(wait func()) {
	t.blocked = true
	machine.Sweep(t.states[len(t.states)-1])
	defer func() { t.blocked = false }()
	wait()
	for until, halted := t.vm.Halted(); halted; until, halted = t.vm.Halted() {
		if t.vm.Sim.Sleep(context.Background(), until.Sub(t.vm.Sim.Now())) != nil {
			return
		}
	}
}

// WakeAt has the scheduler resume the thread at a time, with the given values. An error that ends
// it is reported to Options.Uncaught.
func (t *Thread) WakeAt(at time.Time, args ...lua.LValue) {
	if t.object == nil {
		t.object = t.weak.Value() // held until it runs
	}
	t.wake = t.vm.Sim.At(at, func() {
		if until, halted := t.vm.Halted(); halted {
			t.wake.Again(until)
			return
		}
		t.wake = nil
		if t.Refusal() == "" {
			t.Run(args...)
		}
	})
}

// Wake has the scheduler resume the thread at the current instant, after everything already due.
func (t *Thread) Wake(args ...lua.LValue) { t.WakeAt(t.vm.Sim.Now(), args...) }

// Run resumes the thread for the scheduler: an error that ends it goes to Options.Uncaught. In a VM
// that was killed nothing happens. In one that is halted it happens later.
func (t *Thread) Run(args ...lua.LValue) {
	if t.vm.killed {
		return
	}
	if until, halted := t.vm.Halted(); halted && t.vm.Current() == nil {
		t.WakeAt(until, args...)
		return
	}
	t.vm.reap()
	if _, fault := t.Resume(args...); fault != nil {
		t.report()
	}
}

// Kill ends a suspended thread where it stands. The error of one that has ended is forgotten.
func (t *Thread) Kill() {
	if t.wake != nil {
		t.wake.Stop()
		t.wake = nil
	}
	object := t.Object() // nil if the thread dies because its object did
	t.task.Kill()
	t.fn, t.values, t.fault = nil, nil, nil
	t.weak, t.object = weak.Make(object), nil
}

// orphanage collects threads that the garbage collector found nobody can resume. It finds them at
// times of its own choosing and on its own goroutine; they are unwound when the scheduler next runs
// a thread, which no script can observe.
type orphanage struct {
	mu      sync.Mutex
	threads []*Thread
}

func (o *orphanage) add(t *Thread) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.threads = append(o.threads, t)
}

func (o *orphanage) take() []*Thread {
	o.mu.Lock()
	defer o.mu.Unlock()
	threads := o.threads
	o.threads = nil
	return threads
}

func (v *VM) reap() {
	for _, t := range v.orphans.take() {
		if t.object == nil && t.wake == nil && t.Status() == Suspended {
			t.Kill()
		}
	}
}
