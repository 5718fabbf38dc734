package vm

import lua "github.com/yuin/gopher-lua"

// A frozen table keeps its identity but not its contents: those move to a shadow, and the emptied
// table gets a guard as metatable, which reads from the shadow and refuses writes. Functions that
// work on raw tables look through it with Content, and refuse with Writable.
type frozen struct {
	shadow *lua.LTable
	meta   lua.LValue // the metatable that scripts set
}

const frozenField = "\x00frozen"

// events are the fields of a metatable that are looked up in the table itself, past its guard. They
// stay in a frozen table, so that a frozen class goes on being one. The price: of a frozen table
// they alone can be assigned to, except by rawset.
var events = []string{
	"__index", "__newindex", "__call", "__iter", "__len", "__eq", "__lt", "__le", "__concat",
	"__unm", "__add", "__sub", "__mul", "__div", "__idiv", "__mod", "__pow",
	"__tostring", "__metatable", "__type",
}

func frozenOf(t *lua.LTable) *frozen {
	guard, ok := t.Metatable.(*lua.LTable)
	if !ok {
		return nil
	}
	if object, ok := guard.RawGetString(frozenField).(*lua.LUserData); ok {
		return object.Value.(*frozen)
	}
	return nil
}

// IsFrozen reports whether table.freeze was called on t.
func IsFrozen(t *lua.LTable) bool { return frozenOf(t) != nil }

// Content returns the table that holds t's entries: t itself unless t is frozen.
func Content(t *lua.LTable) *lua.LTable {
	if t.Metatable == lua.LNil {
		return t
	}
	if f := frozenOf(t); f != nil {
		return f.shadow
	}
	return t
}

// Writable raises Luau's error if t is frozen.
func Writable(L *lua.LState, t *lua.LTable) {
	if t.Metatable != lua.LNil && IsFrozen(t) {
		Raise(L, ReadonlyText)
	}
}

// ReadonlyText is what Luau says of a write to a frozen table.
const ReadonlyText = "attempt to modify a readonly table"

// MetatableOf returns the metatable that scripts see on a table.
func MetatableOf(t *lua.LTable) lua.LValue {
	if f := frozenOf(t); f != nil {
		return f.meta
	}
	return t.Metatable
}

// Freeze makes a table readonly.
func (v *VM) Freeze(t *lua.LTable) {
	if IsFrozen(t) {
		return
	}
	shadow := v.NewTable(0, 0)
	*shadow, *t = *t, *shadow
	f := &frozen{shadow: shadow, meta: shadow.Metatable}
	guard := v.NewTable(0, 4)
	if own, ok := f.meta.(*lua.LTable); ok {
		for key, value := Next(own, lua.LNil); key != lua.LNil; key, value = Next(own, key) {
			guard.RawSet(key, value)
		}
		v.forwardIndex(guard, t, f)
		shadow.Metatable = lua.LNil
	} else {
		guard.RawSetString("__index", shadow)
	}
	if guard.RawGetString("__newindex") == lua.LNil {
		guard.RawSetString("__newindex", v.NewFunction("", func(L *lua.LState) int {
			Errorf(L, ReadonlyText)
			return 0
		}))
	} else {
		v.refuseExisting(guard, shadow)
	}
	guard.RawSetString(frozenField, &lua.LUserData{Value: f, Metatable: lua.LNil})
	t.Metatable = guard
	for _, event := range events {
		if value := shadow.RawGetString(event); value != lua.LNil {
			t.RawSetString(event, value)
		}
	}
}

// forwardIndex reads the shadow first and then asks the __index that scripts set, with the frozen
// table itself as its subject.
func (v *VM) forwardIndex(guard, t *lua.LTable, f *frozen) {
	index := guard.RawGetString("__index")
	if index == lua.LNil {
		guard.RawSetString("__index", f.shadow)
		return
	}
	guard.RawSetString("__index", v.NewFunction("", func(L *lua.LState) int {
		key := L.Get(2)
		if value := f.shadow.RawGet(key); value != lua.LNil {
			L.Push(value)
		} else if fn, ok := index.(*lua.LFunction); ok {
			Call(L, 1, fn, t, key)
		} else {
			L.Push(L.GetTable(index, key))
		}
		return 1
	}))
}

// refuseExisting keeps a __newindex that scripts set working for keys the frozen table lacks.
func (v *VM) refuseExisting(guard, shadow *lua.LTable) {
	handler := guard.RawGetString("__newindex")
	guard.RawSetString("__newindex", v.NewFunction("", func(L *lua.LState) int {
		if shadow.RawGet(L.Get(2)) != lua.LNil {
			Errorf(L, ReadonlyText)
		}
		if fn, ok := handler.(*lua.LFunction); ok {
			Call(L, 0, fn, L.Get(1), L.Get(2), L.Get(3))
		} else {
			L.SetTable(handler, L.Get(2), L.Get(3))
		}
		return 0
	}))
}
