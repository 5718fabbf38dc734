package vm

import (
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"
)

// Limit stops scripts by force: once Stop was called, every running script ends at its next look,
// at most turnsPerLook calls or turns of loops later. It may be called from any goroutine.
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

const turnsPerLook = 1 << 12

// look is what the machine does now and then.
func (v *VM) look() {
	v.machine.Left = turnsPerLook
	if v.stopped() {
		v.machine.Left = 0 // the next script stops at once
		stop(v)
	}
}

func (v *VM) stopped() bool { return v.options.Limit != nil && v.options.Limit.Stopped() != "" }

// Poll ends the script if its Limit was used up. Go functions that may run for long by themselves
// call it now and then, because they are one instruction to the interpreter.
func Poll(L *lua.LState) {
	if v := Of(L); v.stopped() {
		v.machine.Left = 0
		stop(v)
	}
}

// Spend counts memory that a Go function made for a script, so that a script which fills it in few
// turns looks at its Limit in time.
func Spend(L *lua.LState, bytes int) { Of(L).machine.Spend(bytes) }

// stop ends the running script and keeps where it stood.
func stop(v *VM) {
	thread := v.Current()
	thread.last = thread.Frames()
	panic(stopped{})
}

// stopped is the panic that ends a script whose Limit was used up. No pcall catches it.
type stopped struct{}
