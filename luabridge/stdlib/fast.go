package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// The functions below are the short ways of the library's: they do the usual case, and leave others
// and all errors to the functions that they stand for.

// names are the results of type as values, made once.
var names = func() map[string]lua.LValue {
	byName := map[string]lua.LValue{}
	for kind := lua.LTNil; kind <= lua.LTChannel; kind++ {
		byName[kind.String()] = lua.LString(kind.String())
	}
	return byName
}()

// nameOf returns a type's name as a value.
func nameOf(name string) lua.LValue {
	if value, ok := names[name]; ok {
		return value
	}
	return lua.LString(name)
}

// kinds are the names of the types whose values have no name of their own.
var kinds = [...]lua.LValue{
	lua.LTNil: nameOf("nil"), lua.LTBool: nameOf("boolean"), lua.LTNumber: nameOf("number"),
	lua.LTString: nameOf("string"), lua.LTFunction: nameOf("function"),
	lua.LTTable: nameOf("table"),
}

func fastTypeOf(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 {
		return nil, false
	}
	if object, ok := args[0].(*lua.LUserData); ok {
		return nameOf(vm.TypeOf(object)), true
	}
	return kinds[args[0].Type()], true
}

func fastTypeName(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 {
		return nil, false
	}
	if object, ok := args[0].(*lua.LUserData); ok {
		return nameOf(vm.TypeName(object)), true
	}
	return kinds[args[0].Type()], true
}

func fastToString(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 {
		return nil, false
	}
	switch value := args[0].(type) {
	case lua.LString:
		return value, true
	case lua.LNumber:
		return lua.LString(vm.FormatNumber(float64(value))), true
	}
	return nil, false
}

func fastToNumber(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 1 {
		return nil, false
	}
	switch value := args[0].(type) {
	case lua.LNumber:
		return value, true
	case lua.LString:
		if n, ok := vm.ParseNumber(string(value)); ok {
			return m.Number(n), true
		}
	}
	return lua.LNil, true
}

// fastAssert is for a condition without a message, which is all that a true one returns.
func fastAssert(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 1 || lua.LVIsFalse(args[0]) {
		return nil, false
	}
	return args[0], true
}

// fastSelectArgs is for the number of arguments; the arguments themselves may be many.
func fastSelectArgs(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 || args[0] != lua.LString("#") {
		return nil, false
	}
	return m.Number(float64(len(args) - 1)), true
}

func fastRawEqual(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) < 2 {
		return nil, false
	}
	return lua.LBool(args[0] == args[1]), true
}

func fastRawGet(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) < 2 {
		return nil, false
	}
	t, ok := args[0].(*lua.LTable)
	if !ok {
		return nil, false
	}
	return machine.Get(t, args[1]), true
}

func fastRawLen(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 {
		return nil, false
	}
	t, ok := args[0].(*lua.LTable)
	if !ok {
		return nil, false
	}
	return m.Number(float64(machine.Length(t))), true
}

func fastGetMetatable(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 {
		return nil, false
	}
	t, ok := args[0].(*lua.LTable)
	if !ok {
		return nil, false
	}
	meta, ok := machine.MetatableOf(t).(*lua.LTable)
	if !ok {
		return lua.LNil, true
	}
	return meta, meta.RawGetString("__metatable") == lua.LNil
}

// fastSetMetatable is for a table that has none.
func fastSetMetatable(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 2 {
		return nil, false
	}
	t, isTable := args[0].(*lua.LTable)
	meta, ok := args[1].(*lua.LTable)
	if !isTable || !ok || t.Metatable != lua.LNil {
		return nil, false
	}
	t.Metatable = meta
	return t, true
}

func fastInsert(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 2 {
		return nil, false
	}
	t, ok := args[0].(*lua.LTable)
	if !ok || t.Metatable != lua.LNil {
		return nil, false
	}
	n := machine.Length(t)
	if n >= vm.ListMax {
		return nil, false
	}
	machine.SetItem(t, n+1, args[1])
	return nil, true
}

// fastRemove takes the last item.
func fastRemove(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 1 {
		return nil, false
	}
	t, ok := args[0].(*lua.LTable)
	if !ok || t.Metatable != lua.LNil {
		return nil, false
	}
	n := machine.Length(t)
	if n == 0 {
		return nil, true
	}
	value := machine.Item(t, n)
	machine.SetItem(t, n, lua.LNil)
	return value, true
}

func fastMax(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	return extreme(m, args, func(n, most lua.LNumber) bool { return n > most })
}

func fastMin(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	return extreme(m, args, func(n, least lua.LNumber) bool { return n < least })
}

// extreme returns the first number that no later one is beyond.
func extreme(
	m *machine.Machine, args []lua.LValue, beyond func(n, found lua.LNumber) bool,
) (lua.LValue, bool) {
	var found lua.LNumber
	for i, arg := range args {
		n, ok := arg.(lua.LNumber)
		if !ok {
			return nil, false
		}
		if i == 0 || beyond(n, found) {
			found = n
		}
	}
	return m.Number(float64(found)), len(args) > 0
}

func fastStringLen(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) != 1 {
		return nil, false
	}
	s, ok := args[0].(lua.LString)
	return m.Number(float64(len(s))), ok
}

// place reads an argument that is a position, or a fallback where there is none.
func place(args []lua.LValue, i, fallback int) (int, bool) {
	if i >= len(args) {
		return fallback, true
	}
	n, ok := args[i].(lua.LNumber)
	return int(n), ok && n == lua.LNumber(int(n))
}

func fastStringSub(_ *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) < 2 {
		return nil, false
	}
	s, ok := args[0].(lua.LString)
	first, fok := place(args, 1, 1)
	last, lok := place(args, 2, -1)
	if !ok || !fok || !lok {
		return nil, false
	}
	first, last = max(fromEnd(first, len(s)), 1), min(fromEnd(last, len(s)), len(s))
	if first > last {
		return lua.LString(""), true
	}
	return s[first-1 : last], true
}

// fastStringByte is for one byte.
func fastStringByte(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	if len(args) == 0 || len(args) > 2 {
		return nil, false
	}
	s, ok := args[0].(lua.LString)
	at, aok := place(args, 1, 1)
	if !ok || !aok {
		return nil, false
	}
	at = fromEnd(at, len(s))
	if at < 1 || at > len(s) {
		return nil, true
	}
	return m.Number(float64(s[at-1])), true
}
