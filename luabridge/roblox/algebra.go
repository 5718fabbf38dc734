package roblox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// algebra is what the datatypes that are a few numbers have in common: they are added and scaled
// component by component.
type algebra[T comparable] struct {
	name  string
	zip   func(a, b T, f func(x, y float32) float32) T
	splat func(n float32) T // every component is n
	sum   func(T) float32   // of the components
}

type mixer = func(x, y float32) float32

// box wraps a value for Luau.
func (a algebra[T]) box(s *Server, value T) lua.LValue {
	return &lua.LUserData{Value: value, Metatable: s.metatables[a.name]}
}

func (a algebra[T]) give(L *lua.LState, value T) int { return vm.Return(L, a.box(Of(L), value)) }

// of returns the value that a Luau value is.
func (a algebra[T]) of(value lua.LValue) (v T, ok bool) {
	if object, is := value.(*lua.LUserData); is {
		v, ok = object.Value.(T)
	}
	return v, ok
}

// arg reads argument n of a function.
func (a algebra[T]) arg(L *lua.LState, n int, function string) T {
	value, ok := a.of(L.Get(n))
	if !ok {
		vm.ArgTypeError(L, n, function, a.name)
	}
	return value
}

func (a algebra[T]) dot(v, w T) float32 { return a.sum(a.zip(v, w, multiply)) }

func (a algebra[T]) magnitude(v T) float32 { return float32(math.Sqrt(float64(a.dot(v, v)))) }

func (a algebra[T]) scale(v T, by float32) T { return a.zip(v, a.splat(by), multiply) }

func (a algebra[T]) lerp(v, w T, alpha float32) T {
	return a.zip(v, w, func(x, y float32) float32 { return x + (y-x)*alpha })
}

func add(x, y float32) float32      { return x + y }
func subtract(x, y float32) float32 { return x - y }
func multiply(x, y float32) float32 { return x * y }
func divide(x, y float32) float32   { return x / y }
func floorDivide(x, y float32) float32 {
	return float32(math.Floor(float64(x / y)))
}

// equality is the metamethod == of a type whose Go values compare.
func (a algebra[T]) equality() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"__eq": func(L *lua.LState) int {
		v, _ := a.of(L.Get(1))
		w, ok := a.of(L.Get(2))
		return vm.Return(L, lua.LBool(ok && v == w))
	}}
}

// sums are the metamethods +, - and ==.
func (a algebra[T]) sums() map[string]lua.LGFunction {
	meta := a.equality()
	meta["__add"] = a.operator("add", false, add)
	meta["__sub"] = a.operator("sub", false, subtract)
	meta["__unm"] = func(L *lua.LState) int { return a.give(L, a.scale(a.arg(L, 1, "unm"), -1)) }
	return meta
}

// products are the sums and *, / and //.
func (a algebra[T]) products() map[string]lua.LGFunction {
	meta := a.sums()
	meta["__mul"] = a.operator("mul", true, multiply)
	meta["__div"] = a.operator("div", true, divide)
	meta["__idiv"] = a.operator("idiv", true, floorDivide)
	return meta
}

// operator makes a metamethod for two values or, if scalar, for a value and a number.
func (a algebra[T]) operator(name string, scalar bool, f mixer) lua.LGFunction {
	operand := func(value lua.LValue) (T, bool) {
		if n, ok := value.(lua.LNumber); ok && scalar {
			return a.splat(float32(n)), true
		}
		return a.of(value)
	}
	return func(L *lua.LState) int {
		v, vok := operand(L.Get(1))
		w, wok := operand(L.Get(2))
		if !vok || !wok {
			vm.Errorf(L, "%s", vm.ArithmeticText(name, L.Get(1), L.Get(2)))
		}
		return a.give(L, a.zip(v, w, f))
	}
}

type datatypeMethod = func(L *lua.LState, self any) int

// lerpMethod is Lerp.
func (a algebra[T]) lerpMethod(L *lua.LState, self any) int {
	goal, alpha := a.arg(L, 2, "Lerp"), vm.ArgNumber(L, 3, "Lerp")
	return a.give(L, a.lerp(self.(T), goal, float32(alpha)))
}

// vectorMethods are those of Vector2 and Vector3 alike.
func (a algebra[T]) vectorMethods() map[string]datatypeMethod {
	each := func(f func(float64) float64) datatypeMethod {
		return func(L *lua.LState, self any) int {
			return a.give(L, a.zip(self.(T), self.(T), func(x, _ float32) float32 {
				return float32(f(float64(x)))
			}))
		}
	}
	extreme := func(name string, better func(x, y float32) float32) datatypeMethod {
		return func(L *lua.LState, self any) int {
			v := self.(T)
			for n := 2; n <= L.GetTop(); n++ {
				v = a.zip(v, a.arg(L, n, name), better)
			}
			return a.give(L, v)
		}
	}
	return map[string]datatypeMethod{
		"Abs":   each(math.Abs),
		"Ceil":  each(math.Ceil),
		"Floor": each(math.Floor),
		"Sign":  each(signOf),
		"Lerp":  a.lerpMethod,
		"Max":   extreme("Max", func(x, y float32) float32 { return max(x, y) }),
		"Min":   extreme("Min", func(x, y float32) float32 { return min(x, y) }),
		"Dot": func(L *lua.LState, self any) int {
			return vm.Return(L, lua.LNumber(a.dot(self.(T), a.arg(L, 2, "Dot"))))
		},
		"FuzzyEq": func(L *lua.LState, self any) int {
			difference := a.zip(self.(T), a.arg(L, 2, "FuzzyEq"), subtract)
			epsilon := vm.OptNumber(L, 3, "FuzzyEq", 1e-5)
			return vm.Return(L, lua.LBool(float64(a.magnitude(difference)) <= epsilon))
		},
	}
}

func signOf(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// field makes a read-only field that is a number.
func field[T any](get func(T) float32) func(any) lua.LValue {
	return func(self any) lua.LValue { return lua.LNumber(get(self.(T))) }
}
