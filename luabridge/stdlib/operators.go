package stdlib

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// helpers are the functions that compiled code calls in place of operators. Their metamethods may
// yield, which Luau's may not.
var helpers = [bytecode.HelperCount]*lua.LFunction{
	bytecode.Concat:   machine.NewFunction(concat, fastConcat, nil),
	bytecode.Interp:   machine.NewFunction(interpolate, fastConcat, nil),
	bytecode.FloorDiv: machine.NewFunction(floorDivide, fastFloorDivide, nil),
	bytecode.Iter:     builtin(iterator),
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

// fastConcat joins texts.
func fastConcat(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	var buffer [128]byte
	text, ok := buffer[:0], true
	for _, arg := range args {
		if text, ok = appendText(text, arg); !ok || len(text) > stringBytesMax {
			return nil, false
		}
	}
	if len(text) >= bigStringBytes {
		m.Spend(len(text))
	}
	return lua.LString(text), true
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

func fastFloorDivide(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
	x, xok := args[0].(lua.LNumber)
	y, yok := args[1].(lua.LNumber)
	if !xok || !yok {
		return nil, false
	}
	return m.Number(math.Floor(float64(x / y))), true
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
