package machine

import (
	"iter"

	lua "github.com/yuin/gopher-lua"
)

// Cursor is a place in the traversal of a table: the list comes first, then the other keys in the
// order of their first insertion. Entries may be removed on the way.
type Cursor struct {
	table *table
	item  int // the next place in the array
	key   int // the next one of the keys
}

// All goes through a table's entries.
func All(t *lua.LTable) iter.Seq2[lua.LValue, lua.LValue] {
	return func(yield func(key, value lua.LValue) bool) {
		cursor := Traverse(t)
		for key, value, ok := cursor.Next(); ok; key, value, ok = cursor.Next() {
			if !yield(key, value) {
				return
			}
		}
	}
}

// String and Type make a cursor a value, which a loop keeps out of the script's sight.
func (c *Cursor) String() string { return "cursor" }

// Type implements lua.LValue.
func (c *Cursor) Type() lua.LValueType { return lua.LTUserData }

// Traverse starts at a table's first entry.
func Traverse(t *lua.LTable) Cursor { return Cursor{table: tableOf(t)} }

// NewCursor returns a cursor that drives a generic loop, as its state.
func NewCursor(t *lua.LTable) *Cursor { return &Cursor{table: tableOf(t)} }

// Next returns the next entry, or false at the end.
func (c *Cursor) Next() (key, value lua.LValue, ok bool) {
	return c.next(nil)
}

// next takes numbers to make keys with.
func (c *Cursor) next(n *numbers) (key, value lua.LValue, ok bool) {
	t := c.table
	for c.item < len(t.array) {
		value := t.array[c.item]
		c.item++
		if isNil(value) {
			continue
		}
		if n == nil {
			return lua.LNumber(c.item), value, true
		}
		return n.value(float64(c.item)), value, true
	}
	for c.key < len(t.keys) {
		key := t.keys[c.key]
		c.key++
		if value := t.hashed(key); !isNil(value) {
			return key, value, true
		}
	}
	return lua.LNil, lua.LNil, false
}

// After returns a cursor behind a key, or false if the table never had it. A place of the array is
// known for as long as the array has room for it, so that a traversal may empty the array.
func After(t *lua.LTable, key lua.LValue) (Cursor, bool) {
	c := Traverse(t)
	if isNil(key) {
		return c, true
	}
	if n, ok := key.(lua.LNumber); ok {
		if i, ok := index(n); ok && uint(i) < uint(cap(c.table.array)) {
			c.item = i + 1
			return c, true
		}
	}
	place, ok := c.table.placeOf(key)
	c.item, c.key = len(c.table.array), place+1
	return c, ok
}

// stepNext is a turn of a loop that is driven by next.
func stepNext(m *Machine, state, control lua.LValue) (key, value lua.LValue, ok bool) {
	t, ok := state.(*lua.LTable)
	if !ok {
		return nil, nil, false
	}
	cursor, ok := After(t, control)
	if ok {
		key, value, _ = cursor.next(&m.numbers)
	}
	return key, value, ok
}
