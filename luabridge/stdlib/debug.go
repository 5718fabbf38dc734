package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/vm"
)

var debugLibrary = library{"debug", []entry{
	function("info", debugInfo),
	function("traceback", debugTraceback),
}}

// optThread reads the thread that may stand before the other arguments; it returns the running one
// otherwise, and how many arguments to skip.
func optThread(L *lua.LState) (thread *vm.Thread, skip int) {
	if thread = vm.AsThread(L.Get(1)); thread != nil {
		return thread, 1
	}
	return vm.Of(L).Current(), 0
}

func debugTraceback(L *lua.LState) int {
	v := vm.Of(L)
	thread, skip := optThread(L)
	level := 0
	if thread == v.Current() {
		level = 1 // leave out this function
	}
	level = vm.OptInt(L, skip+2, "traceback", level)
	if level < 0 {
		vm.ArgError(L, skip+2, "traceback", "level can't be negative")
	}
	var b strings.Builder
	if L.Get(skip+1) != lua.LNil {
		b.WriteString(vm.ArgString(L, skip+1, "traceback") + "\n")
	}
	if frames := thread.Frames(); level < len(frames) {
		b.WriteString(v.Traceback(frames[level:]))
	}
	return returnString(L, b.String())
}

func debugInfo(L *lua.LState) int {
	thread, skip := optThread(L)
	frame, ok := subject(L, thread, skip+1)
	if !ok {
		return 0
	}
	options := vm.ArgString(L, skip+2, "info")
	count := 0
	for i, option := range options {
		if strings.ContainsRune(options[:i], option) {
			vm.ArgError(L, skip+2, "info", "duplicate option")
		}
		count += pushInfo(L, frame, option, skip+2)
	}
	return count
}

// subject finds what debug.info is asked about: a function, or the one at a level of the stack.
func subject(L *lua.LState, thread *vm.Thread, arg int) (vm.Frame, bool) {
	if fn, ok := L.Get(arg).(*lua.LFunction); ok {
		if fn.IsG {
			return vm.Frame{Func: fn, Source: "[C]", Line: -1}, true
		}
		return vm.Frame{Func: fn, Source: fn.Proto.SourceName, Line: fn.Proto.LineDefined}, true
	}
	if _, ok := L.Get(arg).(lua.LNumber); !ok {
		vm.ArgError(L, arg, "info", "function or level expected")
	}
	level := vm.ArgInt(L, arg, "info")
	if level < 0 {
		vm.ArgError(L, arg, "info", "level can't be negative")
	}
	frames := thread.Frames()
	if level >= len(frames) {
		return vm.Frame{}, false
	}
	return frames[level], true
}

func pushInfo(L *lua.LState, frame vm.Frame, option rune, arg int) int {
	switch option {
	case 's':
		return returnString(L, frame.Source)
	case 'l':
		return returnNumber(L, float64(frame.Line))
	case 'n':
		return returnString(L, vm.Of(L).FuncName(frame.Func))
	case 'f':
		L.Push(frame.Func)
		return 1
	case 'a':
		if info := bytecode.Info(frame.Func.Proto); info != nil {
			return vm.Return(L, lua.LNumber(info.Params), lua.LBool(info.Variadic))
		}
		return vm.Return(L, lua.LNumber(0), lua.LTrue)
	}
	vm.ArgError(L, arg, "info", "invalid option")
	return 0
}
