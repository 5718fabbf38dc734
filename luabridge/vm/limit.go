package vm

import (
	"context"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// Limit stops scripts by force: once Stop was called, every running script ends at its next look,
// at most instructionsPerLook instructions later. It may be called from any goroutine.
type Limit struct{ reason atomic.Pointer[string] }

// Stop ends all scripts under the limit; the first reason stays.
func (l *Limit) Stop(reason string) { l.reason.CompareAndSwap(nil, &reason) }

// Stopped returns the reason given to Stop, or "".
func (l *Limit) Stopped() string {
	if reason := l.reason.Load(); reason != nil {
		return *reason
	}
	return ""
}

const instructionsPerLook = 1 << 14

// fuel makes gopher-lua look at a Limit now and then. The interpreter asks its context before each
// instruction whether it is done; this context counts the questions and nearly always says no.
type fuel struct {
	context.Context
	limit *Limit
	left  int
	done  chan struct{} // closed
}

func newFuel(limit *Limit) *fuel {
	done := make(chan struct{})
	close(done)
	return &fuel{Context: context.Background(), limit: limit, left: instructionsPerLook, done: done}
}

// Done implements context.Context.
func (f *fuel) Done() <-chan struct{} {
	f.left--
	if f.left > 0 {
		return nil
	}
	if f.limit.Stopped() != "" {
		return f.done // and left stays used up: the next script stops at once
	}
	f.left = instructionsPerLook
	return nil
}

// Err implements context.Context.
func (f *fuel) Err() error { return context.Canceled }

func (f *fuel) stopped() bool { return f != nil && f.left <= 0 && f.limit.Stopped() != "" }

// Poll ends the script if its Limit was used up. Go functions that may run for long by themselves
// call it now and then, because they are one instruction to the interpreter.
func Poll(L *lua.LState) {
	if v := Of(L); v.fuel != nil && v.options.Limit.Stopped() != "" {
		v.fuel.left = 0
		stop(v)
	}
}

// stop ends the running script and keeps where it stood.
func stop(v *VM) {
	thread := v.Current()
	thread.last = thread.Frames()
	panic(stopped{})
}

// stopped is the panic that ends a script whose Limit was used up. No pcall catches it.
type stopped struct{}
