package vm

import (
	lua "github.com/yuin/gopher-lua"
)

// Length returns what Luau's # gives for a table without __len: a border of its list part.
//
// gopher-lua keeps every positive integer key below arrayIndexMax in one array, holes included;
// Luau keeps a key there only if more than half of the array would be in use, so that a table keyed
// by item ids such as {[1001] = x} has length 0 (R45). Length answers as Luau's layout would.
func Length(t *lua.LTable) int {
	t = Content(t)
	n := t.MaxN()
	switch {
	case n == 0:
		return 0
	case n == arrayIndexMax-1:
		for t.RawGet(lua.LNumber(n+1)) != lua.LNil { // the list goes on outside of the array
			n++
		}
		return n
	case filled(t, n):
		return n
	}
	return sparseLength(t, n)
}

// filled guesses, by looking at a few places, whether a list of n items has all of them. A list
// with holes elsewhere has n as a border too.
func filled(t *lua.LTable, n int) bool {
	return t.RawGetInt(1) != lua.LNil && t.RawGetInt(n/2+1) != lua.LNil &&
		t.RawGetInt(n/4+1) != lua.LNil
}

// sparseLength finds the largest power of two such that more than half of the keys up to it are in
// use, and the border below it. The whole list counts like a power of two, because a constructor
// such as {1, nil, 3} makes room for exactly its items.
func sparseLength(t *lua.LTable, n int) int {
	used, size := 0, 0
	for i, power := 1, 1; i <= n; i++ {
		if t.RawGetInt(i) != lua.LNil {
			used++
		}
		if i == power || i == n {
			if used > i/2 {
				size = i
			}
			power *= 2
		}
	}
	if size == 0 || t.RawGetInt(size+1) == lua.LNil {
		for ; size > 0 && t.RawGetInt(size) == lua.LNil; size-- {
		}
		return size
	}
	for size++; t.RawGetInt(size+1) != lua.LNil; size++ {
	}
	return size
}

// SetIndex stores a list item. Storing nil over the last item shrinks the array behind the list,
// which gopher-lua by itself never does.
func SetIndex(t *lua.LTable, index int, value lua.LValue) {
	if value != lua.LNil || index < 1 || index >= arrayIndexMax {
		t.RawSet(lua.LNumber(index), value)
		return
	}
	last := t.MaxN()
	switch {
	case index > last: // absent already
	case index < last:
		t.RawSetInt(index, lua.LNil)
	default:
		t.Remove(index)
		for index--; index > 0 && t.RawGetInt(index) == lua.LNil; index-- {
			t.Remove(index)
		}
	}
}

// SetRaw stores under any key, without metamethods, as SetIndex does.
func SetRaw(t *lua.LTable, key, value lua.LValue) {
	if n, ok := key.(lua.LNumber); ok && n >= 1 && n < arrayIndexMax && n == lua.LNumber(int(n)) {
		SetIndex(t, int(n), value)
		return
	}
	t.RawSet(key, value)
}

// Next returns the entry after key in a traversal, or LNil at the end. The list comes first, then
// the other keys in the order of their first insertion. Entries may be removed on the way.
func Next(t *lua.LTable, key lua.LValue) (lua.LValue, lua.LValue) {
	t = Content(t)
	if n, ok := key.(lua.LNumber); ok && n > 0 && n < arrayIndexMax && n == lua.LNumber(int(n)) {
		if last := t.MaxN(); int(n) > last {
			key = lua.LNumber(last) // the array shrank since; gopher-lua would start over
		}
		if key == lua.LNumber(0) {
			key = lua.LNil
		}
	}
	return t.Next(key)
}
