package machine

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

func isNil(v lua.LValue) bool {
	_, is := v.(*lua.LNilType)
	return is
}

func truthy(v lua.LValue) bool {
	switch v := v.(type) {
	case *lua.LNilType:
		return false
	case lua.LBool:
		return bool(v)
	}
	return true
}

// index returns the place in the array that a key stands for, whether or not it is there.
func index(key lua.LNumber) (int, bool) {
	i := int(key)
	return i - 1, lua.LNumber(i) == key
}

// get returns what is stored under a key, or LNil.
func (t *table) get(key lua.LValue) lua.LValue {
	switch k := key.(type) {
	case lua.LNumber:
		if i, ok := index(k); ok && uint(i) < uint(len(t.array)) {
			return t.array[i]
		}
	case lua.LString:
		return t.field(string(k))
	}
	if len(t.dict) == 0 {
		return lua.LNil
	}
	if value, ok := t.dict[byValue(key)]; ok {
		return value
	}
	return lua.LNil
}

// Keyed marks the values of userdata that are the same key of a table whenever they are equal.
type Keyed interface{ KeyedByValue() }

// valueKey is such a value where a map of keys needs one.
type valueKey struct{ value any }

// String and Type make it a lua.LValue, which no script sees.
func (valueKey) String() string       { return "key" }
func (valueKey) Type() lua.LValueType { return lua.LTUserData }

// byValue returns what stands for a key in the maps of a table.
func byValue(key lua.LValue) lua.LValue {
	if object, ok := key.(*lua.LUserData); ok {
		if _, ok := object.Value.(Keyed); ok {
			return valueKey{object.Value}
		}
	}
	return key
}

func (t *table) field(name string) lua.LValue {
	if value, ok := t.strdict[name]; ok {
		return value
	}
	return lua.LNil
}

// set stores a value under a key, which is neither nil nor NaN.
func (t *table) set(key, value lua.LValue) {
	switch k := key.(type) {
	case lua.LNumber:
		if i, ok := index(k); ok && i >= 0 && t.setItem(i, value) {
			return
		}
	case lua.LString:
		t.setField(key, string(k), value)
		return
	}
	t.setOther(key, value)
}

// setField is set for a string, given as a value and as text.
func (t *table) setField(key lua.LValue, name string, value lua.LValue) {
	if isNil(value) {
		delete(t.strdict, name)
		return
	}
	if t.strdict == nil {
		t.strdict = map[string]lua.LValue{}
	}
	before := len(t.strdict)
	t.strdict[name] = value
	if len(t.strdict) != before {
		t.noteKey(key)
	}
}

func (t *table) setOther(key, value lua.LValue) {
	place := byValue(key)
	if isNil(value) {
		delete(t.dict, place)
		return
	}
	if t.dict == nil {
		t.dict = map[lua.LValue]lua.LValue{}
	}
	before := len(t.dict)
	t.dict[place] = value
	if len(t.dict) != before {
		t.noteKey(key)
	}
}

const keysMin = 32 // fewer are not worth tidying

// noteKey remembers the place in the traversal of a key that was just added to one of the maps.
// Keys that are gone keep theirs, as a traversal may have removed them; when most are, all of them
// are forgotten, which no traversal notices, as none may add keys.
func (t *table) noteKey(key lua.LValue) {
	live := len(t.strdict) + len(t.dict)
	switch {
	case len(t.keys) < live: // none is gone
	case len(t.keys) > keysMin && len(t.keys) > 2*live:
		t.tidyKeys(key)
	default:
		if _, known := t.placeOf(key); known {
			return
		}
	}
	if t.k2i != nil {
		t.k2i[byValue(key)] = len(t.keys)
	}
	if t.keys == nil {
		t.keys = make([]lua.LValue, 0, keysFirst)
	}
	t.keys = append(t.keys, key)
}

const keysFirst = 4

// placeOf returns a key's place in the traversal. Most tables are never asked, and have no map for
// it; gopher-lua's own functions always make one, and must not add fields to tables of ours.
func (t *table) placeOf(key lua.LValue) (int, bool) {
	if t.k2i == nil {
		t.k2i = make(map[lua.LValue]int, len(t.keys)+1)
		for i, key := range t.keys {
			t.k2i[byValue(key)] = i
		}
	}
	place, ok := t.k2i[byValue(key)]
	return place, ok
}

// tidyKeys forgets the keys that are gone, and the one that is about to be added.
func (t *table) tidyKeys(added lua.LValue) {
	kept := make([]lua.LValue, 0, len(t.strdict)+len(t.dict))
	for _, key := range t.keys {
		if byValue(key) != byValue(added) && !isNil(t.hashed(key)) {
			kept = append(kept, key)
		}
	}
	t.keys, t.k2i = kept, nil
}

// hashed is get for a key that is not in the array.
func (t *table) hashed(key lua.LValue) lua.LValue {
	if name, ok := key.(lua.LString); ok {
		return t.field(string(name))
	}
	if value, ok := t.dict[byValue(key)]; ok {
		return value
	}
	return lua.LNil
}

// setItem stores at a place of the array, if it belongs there. Storing nil over the last item
// shortens the array to what is left.
func (t *table) setItem(i int, value lua.LValue) bool {
	n := len(t.array)
	switch {
	case i < n-1 || i < n && !isNil(value):
		t.array[i] = value
	case i < n:
		for n--; n > 0 && isNil(t.array[n-1]); n-- {
		}
		clear(t.array[n:])
		t.array = t.array[:n]
	case i > n || i >= lua.MaxArrayIndex-1:
		return false
	case isNil(value):
		return len(t.dict) == 0
	default:
		t.array = append(t.array, value)
		t.migrate()
	}
	return true
}

// migrate moves the items that follow the array into it.
func (t *table) migrate() {
	if len(t.dict) == 0 {
		return
	}
	for len(t.array) < lua.MaxArrayIndex-1 {
		key := lua.LNumber(len(t.array) + 1)
		value, ok := t.dict[key]
		if !ok {
			return
		}
		delete(t.dict, key)
		t.array = append(t.array, value)
	}
}

// setList stores a constructor's items from a place on, holes included: as in Luau, a constructor
// makes room for exactly its items.
func (t *table) setList(from int, items []lua.LValue) {
	if len(t.dict) > 0 {
		for i := range items { // {[2] = "x", "a", "b"}
			delete(t.dict, lua.LNumber(from+i+1))
		}
	}
	for len(t.array) < from {
		t.array = append(t.array, lua.LNil)
	}
	kept := copy(t.array[from:], items)
	t.array = append(t.array, items[kept:]...)
	n := len(t.array)
	for ; n > 0 && isNil(t.array[n-1]); n-- {
	}
	t.array = t.array[:n]
	t.migrate()
}

// Length is a border of a table's list, as the # operator gives it.
func Length(t *lua.LTable) int {
	a := tableOf(t).array
	n := len(a)
	for ; n > 0 && isNil(a[n-1]); n-- {
	}
	return n
}

// Get returns what a table has under a key, past its metatable, or LNil.
func Get(t *lua.LTable, key lua.LValue) lua.LValue { return tableOf(t).get(key) }

// Item is Get for a list item.
func Item(t *lua.LTable, i int) lua.LValue {
	if a := tableOf(t).array; uint(i-1) < uint(len(a)) {
		return a[i-1]
	}
	return tableOf(t).get(lua.LNumber(i))
}

// Set stores a value under a key, which is neither nil nor NaN, past the table's metatable.
func Set(t *lua.LTable, key, value lua.LValue) { tableOf(t).set(key, value) }

// SetItem is Set for a list item.
func SetItem(t *lua.LTable, i int, value lua.LValue) {
	if i < 1 || !tableOf(t).setItem(i-1, value) {
		tableOf(t).setOther(lua.LNumber(i), value)
	}
}

// SetField is Set for a string.
func SetField(t *lua.LTable, name string, value lua.LValue) {
	tableOf(t).setField(lua.LString(name), name, value)
}

// Append adds a value, which is not nil, to the end of a list.
func Append(t *lua.LTable, value lua.LValue) { SetItem(t, Length(t)+1, value) }

// NewList returns a list, which may have holes.
func NewList(items []lua.LValue) *lua.LTable {
	t := NewTable(len(items), 0)
	tableOf(t).setList(0, items)
	return t
}

// Insert moves the list items from a place on up by one and stores a value there.
func Insert(t *lua.LTable, i int, value lua.LValue) {
	a := tableOf(t).array
	if i > len(a) {
		SetItem(t, i, value)
		return
	}
	SetItem(t, len(a)+1, a[len(a)-1])
	a = tableOf(t).array[:len(a)]
	copy(a[i:], a[i-1:])
	a[i-1] = value
}

// Remove takes a list item out and moves those behind it down by one.
func Remove(t *lua.LTable, i int) {
	a := tableOf(t).array
	if i > len(a) {
		return
	}
	copy(a[i-1:], a[i:])
	SetItem(t, len(a), lua.LNil)
}

// Clear empties a table in place; its identity and metatable stay.
func Clear(t *lua.LTable) { *tableOf(t) = table{metatable: t.Metatable} }

// Copy returns a table with the same entries and no metatable.
func Copy(t *lua.LTable) *lua.LTable {
	from := tableOf(t)
	copied := &lua.LTable{Metatable: lua.LNil}
	to := tableOf(copied)
	to.array = append(to.array, from.array...)
	if len(from.strdict)+len(from.dict) == 0 {
		return copied
	}
	to.strdict, to.dict = maps.Clone(from.strdict), maps.Clone(from.dict)
	to.keys = slices.Clone(from.keys)
	return copied
}
