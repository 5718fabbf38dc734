package vm

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// Protect calls fn as pcall does, or as xpcall does with a handler: it returns the results, or the
// error. The call may yield.
func Protect(
	L *lua.LState, fn lua.LValue, handler *lua.LFunction, args []lua.LValue,
) ([]lua.LValue, *Error) {
	return Of(L).Current().protect(fn, handler, args)
}

// protect runs the call on a state of its own. The bottom of that state is the protected call, so
// when an error unwinds, gopher-lua closes exactly the upvalues that die.
func (t *Thread) protect(
	fn lua.LValue, handler *lua.LFunction, args []lua.LValue,
) ([]lua.LValue, *Error) {
	s := t.vm.state()
	s.Push(fn)
	for _, arg := range args {
		s.Push(arg)
	}
	if fault := t.call(s, len(args), handler); fault != nil {
		return nil, fault
	}
	results := make([]lua.LValue, s.GetTop())
	for i := range results {
		results[i] = s.Get(i + 1)
	}
	t.vm.release(s)
	return results, nil
}

// ProtectStack is Protect with the function and its arguments taken from L's stack, from index
// first on, and the results left in their place. It reports whether the call succeeded; if not, the
// error value is there instead.
func ProtectStack(L *lua.LState, first int, handler *lua.LFunction) bool {
	t := Of(L).Current()
	s := t.vm.state()
	top := L.GetTop()
	for i := first; i <= top; i++ {
		s.Push(L.Get(i))
	}
	fault := t.call(s, top-first, handler)
	L.SetTop(first - 1)
	if fault != nil {
		L.Push(fault.Value)
		return false
	}
	for i, n := 1, s.GetTop(); i <= n; i++ {
		L.Push(s.Get(i))
	}
	t.vm.release(s)
	return true
}

// A protected call uses Go's stack, and so does a metamethod, while a plain Luau call does not. A
// Go stack that is full ends the process, so before another protected call the calls in progress
// are bounded: the protected ones, as Luau bounds them, and from some depth on all of them.
const (
	statesMax       = 199
	statesUncounted = 8
	framesMaxInAll  = 4 * framesMax
)

// crowded reports whether the thread has no room for another protected call.
func (t *Thread) crowded() bool {
	if len(t.states) < statesUncounted || len(t.states) >= statesMax {
		return len(t.states) >= statesMax
	}
	frames := 0
	for _, s := range t.states {
		n := 1
		for _, ok := s.GetStack(n); ok; _, ok = s.GetStack(n) {
			n *= 2
		}
		frames += n
	}
	return frames > framesMaxInAll
}

// call calls what was pushed on s. On success the results are on s.
func (t *Thread) call(s *lua.LState, args int, handler *lua.LFunction) (fault *Error) {
	if t.crowded() {
		return &Error{Value: lua.LString("C stack overflow")}
	}
	depth, boundary, refusal := len(t.states), t.boundary, t.refusal
	t.states = append(t.states, s)
	t.guards = append(t.guards, guard{handler: handler})
	returned := false
	defer func() {
		defer func() { // also when recovered panics on
			clear(t.states[depth:])
			t.states, t.guards = t.states[:depth], t.guards[:depth]
			t.boundary, t.refusal = boundary, refusal
		}()
		if !returned {
			fault = t.recovered(recover())
		}
	}()
	machine.Do(s, args, lua.MultRet)
	returned = true
	return nil
}

// Call calls fn in the running state, leaving n results on it. The callee may yield.
func Call(L *lua.LState, n int, fn lua.LValue, args ...lua.LValue) {
	L.Push(fn)
	for _, arg := range args {
		L.Push(arg)
	}
	machine.Do(L, len(args), n)
}

// boundaryText is what Luau says when a yield would have to cross a call made by its own C code.
const boundaryText = "attempt to yield across metamethod/C-call boundary"

// CallNoYield is Call for a callee that must not yield, as in table.sort.
func CallNoYield(L *lua.LState, n int, fn lua.LValue, args ...lua.LValue) {
	t := Of(L).Current()
	t.boundary++
	Call(L, n, fn, args...)
	t.boundary--
}

// NoYield runs body, in which nothing may yield.
func NoYield(L *lua.LState, body func()) {
	t := Of(L).Current()
	t.boundary++
	body()
	t.boundary--
}

// Call1 is CallNoYield for exactly one result.
func Call1(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	t := Of(L).Current()
	t.boundary++
	result := machine.Call(L, fn, args...)
	t.boundary--
	return result
}

// ProtectNoYield is Protect for a callee whose yields are answered with the error text refusal.
func ProtectNoYield(
	L *lua.LState, refusal string, fn lua.LValue, args ...lua.LValue,
) ([]lua.LValue, *Error) {
	t := Of(L).Current()
	outer := t.refusal
	t.boundary++
	t.refusal = refusal
	defer func() { t.boundary--; t.refusal = outer }()
	return t.protect(fn, nil, args)
}

// Yieldable reports whether the running thread may yield.
func (t *Thread) Yieldable() bool { return t.boundary == 0 }

// MustYield raises an error unless the running thread may yield, and returns the thread.
func MustYield(L *lua.LState) *Thread {
	t := Of(L).Current()
	if t.boundary > 0 {
		text := t.refusal
		if text == "" {
			text = boundaryText
		}
		Errorf(L, "%s", text)
	}
	return t
}
