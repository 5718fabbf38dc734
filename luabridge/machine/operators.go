package machine

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// NewTable returns a table with room for so many list items and fields.
func NewTable(items, fields int) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	if items > 0 {
		tableOf(t).array = make([]lua.LValue, 0, items)
	}
	if fields > 0 {
		tableOf(t).strdict = make(map[string]lua.LValue, fields)
	}
	return t
}

// get executes the instructions that read a field, unless a metamethod or an error comes of it.
func (m *Machine) get(regs, k []lua.LValue, i instruction) bool {
	object, key := regs[i.b()], operand(regs, k, i.c())
	t, ok := object.(*lua.LTable)
	if !ok {
		return false
	}
	value := tableOf(t).get(key)
	for n := 0; isNil(value) && !isNil(t.Metatable); n++ {
		meta, ok := t.Metatable.(*lua.LTable)
		if !ok || n == metatablesMax {
			return false
		}
		handler := tableOf(meta).field("__index")
		if t, ok = handler.(*lua.LTable); ok {
			value = tableOf(t).get(key)
			continue
		}
		if !isNil(handler) {
			return false
		}
		break
	}
	if i.op() == lua.OP_SELF {
		regs[i.a()+1] = object
	}
	regs[i.a()] = value
	return true
}

// set executes the instructions that assign to a field, unless a metamethod or an error may come
// of it.
func (m *Machine) set(regs, k []lua.LValue, i instruction) bool {
	t, ok := regs[i.a()].(*lua.LTable)
	if !ok {
		return false
	}
	key, value := operand(regs, k, i.b()), operand(regs, k, i.c())
	if !isNil(t.Metatable) && (IsFrozen(t) || isNil(tableOf(t).get(key))) {
		return false
	}
	switch k := key.(type) {
	case lua.LString:
		tableOf(t).setField(key, string(k), value)
		return true
	case lua.LNumber:
		if i, ok := index(k); ok && i >= 0 {
			return tableOf(t).setItem(i, value)
		}
	}
	return false
}

const metatablesMax = 100 // that one access may go through

// Frozen stands in the place of a readonly table's metatable.
type Frozen struct{ Metatable lua.LValue }

// String implements lua.LValue; no script ever sees it.
func (*Frozen) String() string { return "frozen" }

// Type implements lua.LValue.
func (*Frozen) Type() lua.LValueType { return lua.LTUserData }

// IsFrozen tells whether a table is readonly.
func IsFrozen(t *lua.LTable) bool {
	_, ok := t.Metatable.(*Frozen)
	return ok
}

// Freeze makes a table readonly.
func Freeze(t *lua.LTable) {
	if !IsFrozen(t) {
		t.Metatable = &Frozen{t.Metatable}
	}
}

// MetatableOf returns the metatable of a table or userdata, or LNil.
func MetatableOf(value lua.LValue) lua.LValue {
	switch value := value.(type) {
	case *lua.LTable:
		if frozen, ok := value.Metatable.(*Frozen); ok {
			return frozen.Metatable
		}
		return value.Metatable
	case *lua.LUserData:
		return value.Metatable
	}
	return lua.LNil
}

// metatable is MetatableOf for what has to be a table.
func metatable(value lua.LValue) *lua.LTable {
	t, _ := MetatableOf(value).(*lua.LTable)
	return t
}

// Metafield returns a field of a value's metatable, or LNil.
func Metafield(L *lua.LState, value lua.LValue, name string) lua.LValue {
	switch value.(type) {
	case *lua.LTable, *lua.LUserData:
		if meta := metatable(value); meta != nil {
			return tableOf(meta).field(name)
		}
		return lua.LNil
	}
	return L.GetMetaField(value, name)
}

// Index returns object[key].
func Index(L *lua.LState, object, key lua.LValue) lua.LValue {
	for range metatablesMax {
		t, isTable := object.(*lua.LTable)
		if isTable {
			value := tableOf(t).get(key)
			if !isNil(value) || isNil(t.Metatable) {
				return value
			}
		}
		handler := Metafield(L, object, "__index")
		switch handler := handler.(type) {
		case *lua.LNilType:
			if !isTable {
				L.RaiseError("attempt to index a non-table object(%v) with key '%s'",
					object.Type(), key)
			}
			return lua.LNil
		case *lua.LFunction:
			return Call(L, handler, object, key)
		}
		object = handler
	}
	L.RaiseError("too many recursions in gettable")
	return nil
}

// SetIndex does object[key] = value.
func SetIndex(L *lua.LState, object, key, value lua.LValue) {
	for range metatablesMax {
		t, isTable := object.(*lua.LTable)
		if isTable && (isNil(t.Metatable) || !isNil(tableOf(t).get(key))) {
			assign(L, t, key, value)
			return
		}
		handler := Metafield(L, object, "__newindex")
		switch handler := handler.(type) {
		case *lua.LNilType:
			if !isTable {
				L.RaiseError("attempt to index a non-table object(%v) with key '%s'",
					object.Type(), key)
			}
			assign(L, t, key, value)
			return
		case *lua.LFunction:
			Call(L, handler, object, key, value)
			return
		}
		object = handler
	}
	L.RaiseError("too many recursions in settable")
}

// ReadonlyText is what Luau says of a write to a frozen table.
const ReadonlyText = "attempt to modify a readonly table"

// assign is Set for keys and tables that may be unfit for it.
func assign(L *lua.LState, t *lua.LTable, key, value lua.LValue) {
	if IsFrozen(t) {
		L.RaiseError(ReadonlyText)
	}
	if isNil(key) {
		L.RaiseError("table index is nil")
	}
	if n, ok := key.(lua.LNumber); ok && n != n {
		L.RaiseError("table index is NaN")
	}
	tableOf(t).set(key, value)
}

// plainEqual is the == operator for what no metamethod can make equal.
func plainEqual(a, b lua.LValue) (equal, ok bool) {
	if a == b {
		return true, true
	}
	switch a.(type) {
	case *lua.LTable, *lua.LUserData:
		return false, false
	}
	return false, true
}

// Equal is the == operator.
func Equal(L *lua.LState, a, b lua.LValue) bool {
	if a == b {
		return true
	}
	x, y := metatable(a), metatable(b)
	if x == nil || y == nil || a.Type() != b.Type() {
		return false
	}
	handler, ok := tableOf(x).field("__eq").(*lua.LFunction)
	if !ok || tableOf(y).field("__eq") != lua.LValue(handler) {
		return false
	}
	return truthy(Call(L, handler, a, b))
}

// less is the operators < and <=.
func less(L *lua.LState, op int, a, b lua.LValue) bool {
	strict := op == lua.OP_LT
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x < y || !strict && x == y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x < y || !strict && x == y
		}
	}
	if a.Type() == b.Type() {
		event := "__le"
		if strict {
			event = "__lt"
		}
		if result, ok := ordered(L, event, a, b); ok {
			return result
		}
		if !strict {
			if result, ok := ordered(L, "__lt", b, a); ok {
				return !result
			}
		}
	}
	L.RaiseError("attempt to compare %v with %v", a.Type(), b.Type())
	return false
}

// ordered asks the metamethod that both sides must share.
func ordered(L *lua.LState, event string, a, b lua.LValue) (result, ok bool) {
	handler, ok := Metafield(L, a, event).(*lua.LFunction)
	if !ok || Metafield(L, b, event) != lua.LValue(handler) {
		return false, false
	}
	return truthy(Call(L, handler, a, b)), true
}

var arithmeticEvents = map[int]string{
	lua.OP_ADD: "__add", lua.OP_SUB: "__sub", lua.OP_MUL: "__mul", lua.OP_DIV: "__div",
	lua.OP_MOD: "__mod", lua.OP_POW: "__pow",
}

// arithmetic computes with two operands.
func (m *Machine) arithmetic(L *lua.LState, op int, a, b lua.LValue) lua.LValue {
	x, xok := a.(lua.LNumber)
	y, yok := b.(lua.LNumber)
	if xok && yok {
		return m.numbers.value(compute(op, float64(x), float64(y)))
	}
	event := arithmeticEvents[op]
	handler, ok := Metafield(L, a, event).(*lua.LFunction)
	if !ok {
		handler, ok = Metafield(L, b, event).(*lua.LFunction)
	}
	if ok {
		return Call(L, handler, a, b)
	}
	l, lok := m.ToNumber(a)
	r, rok := m.ToNumber(b)
	if !lok || !rok {
		L.RaiseError("cannot perform %v operation between %v and %v",
			event[len("__"):], a.Type(), b.Type())
	}
	return m.numbers.value(compute(op, l, r))
}

func compute(op int, x, y float64) float64 {
	switch op {
	case lua.OP_ADD:
		return x + y
	case lua.OP_SUB:
		return x - y
	case lua.OP_MUL:
		return x * y
	case lua.OP_DIV:
		return x / y
	case lua.OP_MOD:
		return modulo(x, y)
	}
	return math.Pow(x, y)
}

const exactMax = 1 << 53

// modulo is the % operator, whose result has the sign of y.
func modulo(x, y float64) float64 {
	if 0 <= x && x < exactMax && 1 <= y && y < exactMax {
		if i, j := int64(x), int64(y); float64(i) == x && float64(j) == y {
			return float64(i % j)
		}
	}
	r := math.Mod(x, y)
	if r*y < 0 {
		r += y
	}
	return r
}

func (m *Machine) negate(L *lua.LState, a lua.LValue) lua.LValue {
	if x, ok := a.(lua.LNumber); ok {
		return m.numbers.value(float64(-x))
	}
	if handler, ok := Metafield(L, a, "__unm").(*lua.LFunction); ok {
		return Call(L, handler, a, a)
	}
	x, ok := m.ToNumber(a)
	if !ok {
		L.RaiseError("__unm undefined")
	}
	return m.numbers.value(-x)
}

// length is the # operator.
func (m *Machine) length(L *lua.LState, a lua.LValue) lua.LValue {
	if s, ok := a.(lua.LString); ok {
		return m.numbers.value(float64(len(s)))
	}
	handler := Metafield(L, a, "__len")
	if fn, ok := handler.(*lua.LFunction); ok {
		n := Call(L, fn, a)
		if _, ok := n.(lua.LNumber); !ok {
			L.RaiseError("'__len' must return a number")
		}
		return n
	}
	t, ok := a.(*lua.LTable)
	if !ok {
		L.RaiseError("__len undefined")
	}
	return m.numbers.value(float64(Length(t)))
}
