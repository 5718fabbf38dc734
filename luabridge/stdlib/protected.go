package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

func pcall(L *lua.LState) int {
	anyArg(L, 1)
	return protected(L, 1, nil)
}

// xpcall takes the handler off the stack, so that the arguments follow the function.
func xpcall(L *lua.LState) int {
	handler := vm.ArgFunction(L, 2, "xpcall")
	L.Remove(2)
	return protected(L, 1, handler)
}

func protected(L *lua.LState, first int, handler *lua.LFunction) int {
	ok := vm.ProtectStack(L, first, handler)
	L.Insert(lua.LBool(ok), first)
	return L.GetTop() - first + 1
}

// raise is error: a text gets the position of the function at the level, unless that is 0.
func raise(L *lua.LState) int {
	level := vm.OptInt(L, 2, "error", 1)
	value := L.Get(1)
	switch value.(type) {
	case lua.LString, lua.LNumber:
		if level > 0 {
			value = lua.LString(vm.Where(L, level) + vm.Text(value))
		}
	}
	vm.Throw(L, value)
	return 0
}

func assert(L *lua.LState) int {
	if lua.LVIsFalse(anyArg(L, 1)) {
		vm.Errorf(L, "%s", vm.OptString(L, 2, "assert", "assertion failed!"))
	}
	return L.GetTop()
}
