package vm

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Error is a Luau error on its way: the Go panic value while it unwinds, and what a protected call
// or the end of a thread returns.
type Error struct {
	Value lua.LValue
	Trace []Frame // where it was raised, for errors that nothing catches
}

// Error returns the error value as text.
func (e *Error) Error() string { return Text(e.Value) }

// Throw raises a value in the running thread. The handler of an enclosing xpcall runs here, on top
// of the failing stack.
func Throw(L *lua.LState, value lua.LValue) {
	thread := Of(L).Current()
	fault := &Error{Value: value}
	if n := len(thread.guards); n > 0 {
		guard := &thread.guards[n-1]
		switch {
		case guard.handler != nil && guard.busy:
			fault.Value = lua.LString("error in error handling")
		case guard.handler != nil:
			guard.busy = true
			fault.Value = Call1(L, guard.handler, value)
		case n == 1:
			fault.Trace = thread.Frames()
			thread.last = fault.Trace
		}
	}
	panic(fault)
}

// Errorf raises a text, prefixed with where the running Go function was called from.
func Errorf(L *lua.LState, format string, args ...any) {
	Throw(L, lua.LString(Where(L, 1)+fmt.Sprintf(format, args...)))
}

// Raise raises a text as it is, without a position.
func Raise(L *lua.LState, text string) { Throw(L, lua.LString(text)) }

// Where returns "chunk:line: " of the function at a level of the call stack (0 is the running one),
// or "" when that is a Go function.
func Where(L *lua.LState, level int) string {
	thread := Of(L).Current()
	if thread == nil {
		return ""
	}
	frame, ok := thread.frameAt(level)
	if !ok || frame.Line < 0 {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", frame.Source, frame.Line)
}

// raised is the Panic hook of every state: gopher-lua's own errors come through here, with the
// stack intact and the message on top of it.
func raised(L *lua.LState) {
	value := L.Get(-1)
	if text, ok := value.(lua.LString); ok {
		value = lua.LString(translate(L, string(text)))
	}
	Throw(L, value)
}

// recovered turns what a protected call recovered into the error it stands for. Panics that no
// script may catch go on.
func (t *Thread) recovered(r any) *Error {
	switch r := r.(type) {
	case *Error:
		return r
	case *lua.ApiError:
		return &Error{Value: r.Object}
	}
	text := fmt.Sprint(r)
	full := strings.Contains(text, "callstack overflow") ||
		strings.Contains(text, "registry overflow")
	if !full {
		panic(r) // a kill, a stop, or a bug of ours: not a script's to catch
	}
	return t.overflowed()
}

// overflowed makes the error of a full stack. The handler of an xpcall cannot run on that stack, so
// it gets one of its own.
func (t *Thread) overflowed() *Error {
	position := ""
	if frame, ok := t.frameAt(0); ok && frame.Line >= 0 {
		position = fmt.Sprintf("%s:%d: ", frame.Source, frame.Line)
	}
	fault := &Error{Value: lua.LString(position + "stack overflow")}
	guard := &t.guards[len(t.guards)-1]
	switch {
	case guard.handler != nil && !guard.busy:
		guard.busy = true
		results, failed := t.protect(guard.handler, nil, []lua.LValue{fault.Value})
		switch {
		case failed != nil:
			fault.Value = lua.LString("error in error handling")
		case len(results) > 0:
			fault.Value = results[0]
		default:
			fault.Value = lua.LNil
		}
	case len(t.guards) == 1:
		fault.Trace = t.Frames()
		t.last = fault.Trace
	}
	return fault
}
