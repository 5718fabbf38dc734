package stdlib

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/vm"
)

// helpers are the functions that compiled code calls in place of operators. Their metamethods may
// yield, which Luau's may not.
var helpers = [bytecode.HelperCount]*lua.LFunction{
	bytecode.Concat:   builtin(concat),
	bytecode.Interp:   builtin(interpolate),
	bytecode.FloorDiv: builtin(floorDivide),
	bytecode.Iter:     builtin(iterator),
	bytecode.SetNil:   builtin(setNil),
	bytecode.ForPrep:  builtin(prepareFor),
	bytecode.Len:      builtin(length),
}

// appendText appends what has a text without asking a metatable: strings and numbers.
func appendText(b []byte, value lua.LValue) ([]byte, bool) {
	switch value := value.(type) {
	case lua.LString:
		return append(b, value...), true
	case lua.LNumber:
		n := float64(value)
		if i := int64(n); float64(i) == n && i != 0 && -1e15 < n && n < 1e15 {
			return strconv.AppendInt(b, i, 10), true
		}
		return append(b, vm.FormatNumber(n)...), true
	}
	return b, false
}

func concat(L *lua.LState) int {
	var buffer [128]byte
	text, ok := buffer[:0], true
	top := L.GetTop()
	for i := 1; i <= top && ok; i++ {
		text, ok = appendText(text, L.Get(i))
		if len(text) > stringBytesMax {
			vm.Errorf(L, "string length overflow")
		}
	}
	if ok {
		return returnString(L, string(text))
	}
	result := L.Get(top)
	for i := top - 1; i > 0; i-- {
		result = concatPair(L, L.Get(i), result)
	}
	L.Push(result)
	return 1
}

func concatPair(L *lua.LState, left, right lua.LValue) lua.LValue {
	if text, ok := appendText(nil, left); ok {
		if text, ok = appendText(text, right); ok {
			return lua.LString(text)
		}
	}
	result, ok := binaryMetamethod(L, "__concat", left, right)
	if !ok {
		vm.Errorf(L, "attempt to concatenate %s with %s", vm.TypeName(left), vm.TypeName(right))
	}
	return result
}

// binaryMetamethod computes with the left operand's metamethod, or else the right one's.
func binaryMetamethod(L *lua.LState, event string, left, right lua.LValue) (lua.LValue, bool) {
	v := vm.Of(L)
	handler := v.Metafield(left, event)
	if handler == lua.LNil {
		handler = v.Metafield(right, event)
	}
	if handler == lua.LNil {
		return nil, false
	}
	vm.Call(L, 1, handler, left, right)
	result := L.Get(-1)
	L.Pop(1)
	return result, true
}

func interpolate(L *lua.LState) int {
	var buffer [128]byte
	text := buffer[:0]
	for i, top := 1, L.GetTop(); i <= top; i++ {
		value, ok := L.Get(i), false
		if text, ok = appendText(text, value); !ok {
			text = append(text, vm.ToString(L, value)...)
		}
	}
	return returnString(L, string(text))
}

func floorDivide(L *lua.LState) int {
	left, right := L.Get(1), L.Get(2)
	if l, ok := left.(lua.LNumber); ok {
		if r, ok := right.(lua.LNumber); ok {
			return returnNumber(L, math.Floor(float64(l/r)))
		}
	}
	if result, ok := binaryMetamethod(L, "__idiv", left, right); ok {
		L.Push(result)
		return 1
	}
	l, lok := vm.ToNumber(left)
	r, rok := vm.ToNumber(right)
	if !lok || !rok {
		vm.Errorf(L, "%s", vm.ArithmeticText("idiv", left, right))
	}
	return returnNumber(L, math.Floor(l/r))
}

// length is the # operator.
func length(L *lua.LState) int {
	value := L.Get(1)
	if s, ok := value.(lua.LString); ok {
		return returnNumber(L, float64(len(s)))
	}
	if t, ok := value.(*lua.LTable); ok && t.Metatable == lua.LNil {
		return returnNumber(L, float64(vm.Length(t)))
	}
	if handler := vm.Of(L).Metafield(value, "__len"); handler != lua.LNil {
		vm.Call(L, 1, handler, value)
		if _, ok := L.Get(-1).(lua.LNumber); !ok {
			vm.Errorf(L, "'__len' must return a number")
		}
		return 1
	}
	t, ok := value.(*lua.LTable)
	if !ok {
		vm.Errorf(L, "attempt to get length of a %s value", vm.TypeName(value))
	}
	return returnNumber(L, float64(vm.Length(t)))
}

// setNil is t[key] = nil.
func setNil(L *lua.LState) int {
	object, key := L.Get(1), L.Get(2)
	t, ok := object.(*lua.LTable)
	if ok && t.Metatable == lua.LNil {
		checkKey(L, key)
		vm.SetRaw(t, key, lua.LNil)
		return 0
	}
	handler := vm.Of(L).Metafield(object, "__newindex")
	switch {
	case !ok && handler == lua.LNil:
		vm.Errorf(L, "%s", vm.IndexText(vm.TypeName(object), key))
	case ok && vm.IsFrozen(t) && !forwards(t, key):
		vm.Errorf(L, vm.ReadonlyText)
	case !ok, handler != lua.LNil && t.RawGet(key) == lua.LNil:
		assignThrough(L, handler, object, key)
	default:
		checkKey(L, key)
		vm.SetRaw(t, key, lua.LNil)
	}
	return 0
}

// forwards tells whether a frozen table leaves a write to the __newindex that scripts gave it.
func forwards(t *lua.LTable, key lua.LValue) bool {
	meta, ok := vm.MetatableOf(t).(*lua.LTable)
	return ok && meta.RawGetString("__newindex") != lua.LNil &&
		vm.Content(t).RawGet(key) == lua.LNil
}

// assignThrough stores nil by way of a __newindex.
func assignThrough(L *lua.LState, handler, object, key lua.LValue) {
	if _, ok := handler.(*lua.LFunction); ok {
		vm.Call(L, 0, handler, object, key, lua.LNil)
		return
	}
	L.SetTop(0)
	vm.Return(L, handler, key)
	setNil(L)
}

// prepareFor checks the numbers of a for loop, and tells whether the loop has a turn.
func prepareFor(L *lua.LState) int {
	var numbers [3]float64
	for i, role := range [...]string{"initial value", "limit", "step"} {
		value := L.Get(i + 1)
		n, ok := vm.ToNumber(value)
		if !ok {
			vm.Errorf(L, "invalid 'for' %s (number expected, got %s)", role, vm.TypeName(value))
		}
		numbers[i] = n
	}
	from, limit, step := numbers[0], numbers[1], numbers[2]
	// As in Luau, a step that is not a number counts downwards, and so has a single turn.
	if turn := step > 0 && from <= limit || !(step > 0) && limit <= from; !turn {
		L.Push(lua.LNil)
		return 1
	}
	return vm.Return(L, lua.LNumber(from), lua.LNumber(limit), lua.LNumber(step))
}
