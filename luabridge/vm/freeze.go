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

// Content returns the table itself: what used to look behind a frozen table has no need to.
func Content(t *lua.LTable) *lua.LTable { return t }

// Freeze makes a table readonly.
func (v *VM) Freeze(t *lua.LTable) { machine.Freeze(t) }
