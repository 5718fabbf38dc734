package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

var coroutineLibrary = library{"coroutine", []entry{
	function("close", coroutineClose),
	function("create", coroutineCreate),
	function("isyieldable", coroutineIsYieldable),
	function("resume", coroutineResume),
	function("running", coroutineRunning),
	function("status", coroutineStatus),
	function("wrap", coroutineWrap),
	function("yield", coroutineYield),
}}

func coroutineCreate(L *lua.LState) int {
	fn := vm.ArgFunction(L, 1, "create")
	L.Push(vm.Of(L).NewThread(fn).Object())
	return 1
}

func coroutineResume(L *lua.LState) int {
	thread := vm.ArgThread(L, 1, "resume")
	if refusal := thread.Refusal(); refusal != "" {
		return vm.Return(L, lua.LFalse, lua.LString(refusal))
	}
	values, fault := thread.Resume(vm.Rest(L, 2)...)
	if fault != nil {
		return vm.Return(L, lua.LFalse, fault.Value)
	}
	L.Push(lua.LTrue)
	return 1 + vm.Return(L, values...)
}

func coroutineYield(L *lua.LState) int {
	thread := vm.MustYield(L)
	return vm.Return(L, thread.Yield(vm.Rest(L, 1))...)
}

// coroutineWrap's function holds the thread's object, and with it the thread.
func coroutineWrap(L *lua.LState) int {
	v := vm.Of(L)
	object := v.NewThread(vm.ArgFunction(L, 1, "wrap")).Object()
	L.Push(&lua.LFunction{IsG: true, Env: v.Globals, GFunction: func(L *lua.LState) int {
		thread := vm.AsThread(object)
		if refusal := thread.Refusal(); refusal != "" {
			vm.Errorf(L, "%s", refusal)
		}
		values, fault := thread.Resume(vm.Rest(L, 1)...)
		if fault != nil {
			rethrow(L, fault.Value)
		}
		return vm.Return(L, values...)
	}})
	return 1
}

// rethrow raises an error that crosses into another thread: a text gets one more position.
func rethrow(L *lua.LState, value lua.LValue) {
	if text, ok := value.(lua.LString); ok {
		value = lua.LString(vm.Where(L, 1)) + text
	}
	vm.Throw(L, value)
}

func coroutineStatus(L *lua.LState) int {
	return returnString(L, string(vm.ArgThread(L, 1, "status").Status()))
}

func coroutineRunning(L *lua.LState) int {
	L.Push(vm.Of(L).Current().Object())
	return 1
}

func coroutineIsYieldable(L *lua.LState) int {
	return returnBool(L, vm.Of(L).Current().Yieldable())
}

// coroutineClose reports the error that ended a thread once; a second close finds nothing wrong.
func coroutineClose(L *lua.LState) int {
	thread := vm.ArgThread(L, 1, "close")
	switch status := thread.Status(); status {
	case vm.Running, vm.Normal:
		vm.Errorf(L, "cannot close %s coroutine", status)
	}
	fault := thread.Fault()
	thread.Kill()
	if fault != nil {
		return vm.Return(L, lua.LFalse, fault.Value)
	}
	return returnBool(L, true)
}
