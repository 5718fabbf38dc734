package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// iterator turns what stands after "in" into the triple that drives the loop, where the machine
// could not tell by itself.
func iterator(L *lua.LState) int {
	L.SetTop(3)
	subject := L.Get(1)
	v := vm.Of(L)
	if handler := v.Metafield(subject, "__iter"); handler != lua.LNil {
		vm.Call(L, 3, handler, subject)
		if L.Get(-3) == lua.LNil {
			vm.Errorf(L, "attempt to call a nil value")
		}
		return 3
	}
	if v.Metafield(subject, "__call") != lua.LNil {
		return 3
	}
	t, ok := subject.(*lua.LTable)
	if !ok {
		vm.Errorf(L, "attempt to iterate over a %s value", vm.TypeName(subject))
	}
	return vm.Return(L, nextFunction, machine.NewCursor(t), lua.LNil)
}
