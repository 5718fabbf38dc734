package vm

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// Writable raises Luau's error if t is frozen.
func Writable(L *lua.LState, t *lua.LTable) {
	if machine.IsFrozen(t) {
		Raise(L, machine.ReadonlyText)
	}
}

// Freeze makes a table readonly.
func Freeze(t *lua.LTable) { machine.Freeze(t) }
