package stdlib

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// Vector is Luau's vector: three numbers of single precision.
type Vector struct{ X, Y, Z float32 }

// BasicType implements vm.Basic.
func (Vector) BasicType() string { return "vector" }

// KeyedByValue implements machine.Keyed.
func (Vector) KeyedByValue() {}

// String returns what tostring shows.
func (v Vector) String() string {
	return vm.FormatNumber(float64(v.X)) + ", " + vm.FormatNumber(float64(v.Y)) + ", " +
		vm.FormatNumber(float64(v.Z))
}

// NewVector returns the Luau value for a vector.
func NewVector(v Vector) *lua.LUserData {
	return &lua.LUserData{Value: v, Metatable: vectorMeta}
}

// AsVector returns the vector that a value is.
func AsVector(value lua.LValue) (v Vector, ok bool) {
	if object, is := value.(*lua.LUserData); is {
		v, ok = object.Value.(Vector)
	}
	return v, ok
}

// vectorMeta is the metatable of all vectors of all VMs. It is filled below, because what it holds
// makes vectors, and nothing writes to it later.
var vectorMeta = &lua.LTable{Metatable: lua.LNil}

var _ = func() struct{} {
	for _, e := range []entry{
		{"__metatable", lua.LString("The metatable is locked")},
		function("__index", vectorIndex),
		function("__eq", func(L *lua.LState) int {
			a, _ := AsVector(L.Get(1))
			b, _ := AsVector(L.Get(2))
			return returnBool(L, a == b)
		}),
		function("__unm", func(L *lua.LState) int {
			v, _ := AsVector(L.Get(1))
			return returnVector(L, Vector{-v.X, -v.Y, -v.Z})
		}),
		vectorOperator("add", false, func(a, b float32) float32 { return a + b }),
		vectorOperator("sub", false, func(a, b float32) float32 { return a - b }),
		vectorOperator("mul", true, func(a, b float32) float32 { return a * b }),
		vectorOperator("div", true, func(a, b float32) float32 { return a / b }),
		vectorOperator("idiv", true, func(a, b float32) float32 { return floor32(a / b) }),
	} {
		machine.SetField(vectorMeta, e.name, e.value)
	}
	return struct{}{}
}()

var vectorLibrary = library{"vector", []entry{
	vectorMap("abs", func(x float32) float32 { return float32(math.Abs(float64(x))) }),
	function("angle", vectorAngle),
	vectorMap("ceil", func(x float32) float32 { return float32(math.Ceil(float64(x))) }),
	function("clamp", vectorClamp),
	function("create", vectorCreate),
	function("cross", func(L *lua.LState) int {
		return returnVector(L, argVector(L, 1, "cross").cross(argVector(L, 2, "cross")))
	}),
	function("dot", func(L *lua.LState) int {
		return returnNumber(L, float64(argVector(L, 1, "dot").dot(argVector(L, 2, "dot"))))
	}),
	vectorMap("floor", floor32),
	function("lerp", vectorLerp),
	function("magnitude", func(L *lua.LState) int {
		return returnNumber(L, float64(argVector(L, 1, "magnitude").magnitude()))
	}),
	vectorFold("max", func(a, b float32) float32 {
		if b > a {
			return b
		}
		return a
	}),
	vectorFold("min", func(a, b float32) float32 {
		if b < a {
			return b
		}
		return a
	}),
	function("normalize", func(L *lua.LState) int {
		v := argVector(L, 1, "normalize")
		scale := 1 / v.magnitude()
		return returnVector(L, Vector{v.X * scale, v.Y * scale, v.Z * scale})
	}),
	{"one", NewVector(Vector{1, 1, 1})},
	vectorMap("sign", func(x float32) float32 { return float32(sign(float64(x))) }),
	{"zero", NewVector(Vector{})},
}}

func floor32(x float32) float32 { return float32(math.Floor(float64(x))) }

func (v Vector) dot(w Vector) float32 { return v.X*w.X + v.Y*w.Y + v.Z*w.Z }

func (v Vector) cross(w Vector) Vector {
	return Vector{v.Y*w.Z - v.Z*w.Y, v.Z*w.X - v.X*w.Z, v.X*w.Y - v.Y*w.X}
}

func (v Vector) magnitude() float32 { return float32(math.Sqrt(float64(v.dot(v)))) }

// zip combines two vectors component by component.
func (v Vector) zip(w Vector, f func(a, b float32) float32) Vector {
	return Vector{f(v.X, w.X), f(v.Y, w.Y), f(v.Z, w.Z)}
}

func argVector(L *lua.LState, n int, name string) Vector {
	v, ok := AsVector(L.Get(n))
	if !ok {
		vm.ArgTypeError(L, n, name, "vector")
	}
	return v
}

func returnVector(L *lua.LState, v Vector) int {
	L.Push(NewVector(v))
	return 1
}

func vectorIndex(L *lua.LState) int {
	v, _ := AsVector(L.Get(1))
	switch key := L.Get(2); key {
	case lua.LString("x"), lua.LString("X"):
		return returnNumber(L, float64(v.X))
	case lua.LString("y"), lua.LString("Y"):
		return returnNumber(L, float64(v.Y))
	case lua.LString("z"), lua.LString("Z"):
		return returnNumber(L, float64(v.Z))
	default:
		vm.Errorf(L, "%s", vm.IndexText("vector", key))
		return 0
	}
}

// vectorOperator makes a metamethod for two vectors and, if scalar, for a vector and a number.
func vectorOperator(operation string, scalar bool, f func(a, b float32) float32) entry {
	operand := func(value lua.LValue) (Vector, bool) {
		if n, ok := value.(lua.LNumber); ok && scalar {
			return Vector{float32(n), float32(n), float32(n)}, true
		}
		return AsVector(value)
	}
	return function("__"+operation, func(L *lua.LState) int {
		a, aok := operand(L.Get(1))
		b, bok := operand(L.Get(2))
		if !aok || !bok {
			vm.Errorf(L, "%s", vm.ArithmeticText(operation, L.Get(1), L.Get(2)))
		}
		return returnVector(L, a.zip(b, f))
	})
}

func vectorCreate(L *lua.LState) int {
	x, y := vm.ArgNumber(L, 1, "create"), vm.ArgNumber(L, 2, "create")
	z := vm.OptNumber(L, 3, "create", 0)
	return returnVector(L, Vector{float32(x), float32(y), float32(z)})
}

func vectorMap(name string, f func(float32) float32) entry {
	return function(name, func(L *lua.LState) int {
		v := argVector(L, 1, name)
		return returnVector(L, Vector{f(v.X), f(v.Y), f(v.Z)})
	})
}

func vectorFold(name string, f func(a, b float32) float32) entry {
	return function(name, func(L *lua.LState) int {
		v := argVector(L, 1, name)
		for i := 2; i <= L.GetTop(); i++ {
			v = v.zip(argVector(L, i, name), f)
		}
		return returnVector(L, v)
	})
}

func vectorClamp(L *lua.LState) int {
	v, low, high := argVector(L, 1, "clamp"), argVector(L, 2, "clamp"), argVector(L, 3, "clamp")
	for _, c := range []struct {
		name      string
		low, high float32
	}{{"x", low.X, high.X}, {"y", low.Y, high.Y}, {"z", low.Z, high.Z}} {
		if !(c.low <= c.high) {
			vm.ArgError(L, 3, "clamp",
				fmt.Sprintf("max.%s must be greater than or equal to min.%[1]s", c.name))
		}
	}
	v = v.zip(low, func(a, b float32) float32 { return max(a, b) })
	return returnVector(L, v.zip(high, func(a, b float32) float32 { return min(a, b) }))
}

// vectorAngle is negative when the turn from a to b is clockwise as seen along the axis.
func vectorAngle(L *lua.LState) int {
	a, b := argVector(L, 1, "angle"), argVector(L, 2, "angle")
	cross := a.cross(b)
	angle := math.Atan2(float64(cross.magnitude()), float64(a.dot(b)))
	if L.Get(3) != lua.LNil && cross.dot(argVector(L, 3, "angle")) < 0 {
		angle = -angle
	}
	return returnNumber(L, angle)
}

func vectorLerp(L *lua.LState) int {
	a, b := argVector(L, 1, "lerp"), argVector(L, 2, "lerp")
	t := float32(vm.ArgNumber(L, 3, "lerp"))
	return returnVector(L, a.zip(b, func(x, y float32) float32 {
		if t == 1 {
			return y
		}
		return x + (y-x)*t
	}))
}
