package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// iterator turns what stands after "in" into the triple that drives the loop.
func iterator(L *lua.LState) int {
	L.SetTop(3)
	subject := L.Get(1)
	if subject.Type() == lua.LTFunction {
		if t, ok := L.Get(2).(*lua.LTable); ok && subject == nextFunction && L.Get(3) == lua.LNil {
			return traverse(L, t)
		}
		return 3
	}
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
	return traverse(L, t)
}

// cursor is a place in the traversal of a table by a for loop. It is cheaper than next, which must
// find the place again from the key.
type cursor struct {
	table *lua.LTable
	index int        // of the last list item
	key   lua.LValue // of the last entry, once past the list
}

func traverse(L *lua.LState, t *lua.LTable) int {
	place := &lua.LUserData{Value: &cursor{table: vm.Content(t)}, Metatable: lua.LNil}
	return vm.Return(L, advance, place, lua.LNil)
}

var advance = builtin(func(L *lua.LState) int {
	c := L.Get(1).(*lua.LUserData).Value.(*cursor)
	c.table = vm.Content(c.table) // it may have been frozen since
	if c.key == nil {
		c.index++
		value := c.table.RawGetInt(c.index)
		if value == lua.LNil {
			value = c.skipHole()
		}
		if c.key == nil {
			L.Push(lua.LNumber(c.index))
			L.Push(value)
			return 2
		}
	}
	key, value := vm.Next(c.table, c.key)
	c.key = key
	L.Push(key)
	L.Push(value)
	return 2
})

// skipHole goes to the next list item that is not nil, or sets the key that ends the list.
func (c *cursor) skipHole() lua.LValue {
	last := c.table.MaxN()
	for ; c.index <= last; c.index++ {
		if value := c.table.RawGetInt(c.index); value != lua.LNil {
			return value
		}
	}
	c.key = lua.LNumber(last)
	if last == 0 {
		c.key = lua.LNil
	}
	return nil
}
