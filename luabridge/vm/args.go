package vm

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// The functions below read argument n of the library function called name, and raise Luau's error
// for a wrong one.

// ArgError raises "invalid argument #n to 'name' (problem)".
func ArgError(L *lua.LState, n int, name, problem string) {
	Errorf(L, "invalid argument #%d to '%s' (%s)", n, name, problem)
}

// ArgTypeError raises the error for an argument that is absent or not of the wanted type.
func ArgTypeError(L *lua.LState, n int, name, want string) {
	if n > L.GetTop() {
		Errorf(L, "missing argument #%d to '%s' (%s expected)", n, name, want)
	}
	ArgError(L, n, name, fmt.Sprintf("%s expected, got %s", want, TypeName(L.Get(n))))
}

// ArgAny returns an argument of any type, nil included, that must be there.
func ArgAny(L *lua.LState, n int, name string) lua.LValue {
	if n > L.GetTop() {
		Errorf(L, "missing argument #%d to '%s'", n, name)
	}
	return L.Get(n)
}

// ArgNumber returns a number or the number a string spells.
func ArgNumber(L *lua.LState, n int, name string) float64 {
	if number, ok := L.Get(n).(lua.LNumber); ok {
		return float64(number)
	}
	number, ok := ToNumber(L.Get(n))
	if !ok {
		ArgTypeError(L, n, name, "number")
	}
	return number
}

// OptNumber returns fallback for an absent or nil argument.
func OptNumber(L *lua.LState, n int, name string, fallback float64) float64 {
	if L.Get(n) == lua.LNil {
		return fallback
	}
	return ArgNumber(L, n, name)
}

// ArgInt returns a number cut to an integer, as Luau cuts it.
func ArgInt(L *lua.LState, n int, name string) int { return truncate(ArgNumber(L, n, name)) }

// OptInt returns fallback for an absent or nil argument.
func OptInt(L *lua.LState, n int, name string, fallback int) int {
	if L.Get(n) == lua.LNil {
		return fallback
	}
	return ArgInt(L, n, name)
}

func truncate(n float64) int {
	switch {
	case math.IsNaN(n):
		return 0
	case n >= math.MaxInt64:
		return math.MaxInt64
	case n <= math.MinInt64:
		return math.MinInt64
	}
	return int(n)
}

// ArgString returns a string or a number's text.
func ArgString(L *lua.LState, n int, name string) string {
	switch value := L.Get(n).(type) {
	case lua.LString:
		return string(value)
	case lua.LNumber:
		return FormatNumber(float64(value))
	}
	ArgTypeError(L, n, name, "string")
	return ""
}

// OptString returns fallback for an absent or nil argument.
func OptString(L *lua.LState, n int, name, fallback string) string {
	if L.Get(n) == lua.LNil {
		return fallback
	}
	return ArgString(L, n, name)
}

// ArgTable returns a table.
func ArgTable(L *lua.LState, n int, name string) *lua.LTable {
	table, ok := L.Get(n).(*lua.LTable)
	if !ok {
		ArgTypeError(L, n, name, "table")
	}
	return table
}

// ArgFunction returns a function.
func ArgFunction(L *lua.LState, n int, name string) *lua.LFunction {
	fn, ok := L.Get(n).(*lua.LFunction)
	if !ok {
		ArgTypeError(L, n, name, "function")
	}
	return fn
}

// ArgThread returns a thread.
func ArgThread(L *lua.LState, n int, name string) *Thread {
	thread := AsThread(L.Get(n))
	if thread == nil {
		ArgTypeError(L, n, name, "thread")
	}
	return thread
}

// Rest returns the arguments from n on.
func Rest(L *lua.LState, n int) []lua.LValue {
	top := L.GetTop()
	if n > top {
		return nil
	}
	values := make([]lua.LValue, 0, top-n+1)
	for ; n <= top; n++ {
		values = append(values, L.Get(n))
	}
	return values
}

// Return pushes results and returns their count, as the last deed of a Go function.
func Return(L *lua.LState, values ...lua.LValue) int {
	for _, value := range values {
		L.Push(value)
	}
	return len(values)
}
