package vm

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// Length returns what Luau's # gives for a table without __len: a border of its list part.
func Length(t *lua.LTable) int { return machine.Length(t) }

// SetIndex stores a list item.
func SetIndex(t *lua.LTable, index int, value lua.LValue) { machine.SetItem(t, index, value) }

// SetRaw stores under any key, without metamethods.
func SetRaw(t *lua.LTable, key, value lua.LValue) { machine.Set(t, key, value) }

// Next returns the entry after key in a traversal, or LNil at the end. The list comes first, then
// the other keys in the order of their first insertion. Entries may be removed on the way.
func Next(t *lua.LTable, key lua.LValue) (lua.LValue, lua.LValue) {
	cursor, _ := machine.After(t, key)
	next, value, _ := cursor.Next()
	return next, value
}
