package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

var mathLibrary = library{"math", []entry{
	unary("abs", math.Abs),
	unary("acos", math.Acos),
	unary("asin", math.Asin),
	unary("atan", math.Atan),
	function("atan2", mathAtan2),
	unary("ceil", math.Ceil),
	function("clamp", mathClamp),
	unary("cos", math.Cos),
	unary("cosh", math.Cosh),
	unary("deg", func(x float64) float64 { return x * (180 / math.Pi) }),
	constant("e", math.E),
	unary("exp", math.Exp),
	unary("floor", math.Floor),
	function("fmod", mathFmod),
	function("frexp", mathFrexp),
	constant("huge", math.Inf(1)),
	predicate("isfinite", func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }),
	predicate("isinf", func(x float64) bool { return math.IsInf(x, 0) }),
	predicate("isnan", math.IsNaN),
	function("ldexp", mathLdexp),
	function("lerp", mathLerp),
	function("log", mathLog),
	unary("log10", math.Log10),
	function("map", mathMap),
	fast("max", mathMax, fastMax),
	fast("min", mathMin, fastMin),
	function("modf", mathModf),
	constant("nan", math.NaN()),
	function("noise", mathNoise),
	constant("phi", math.Phi),
	constant("pi", math.Pi),
	function("pow", mathPow),
	unary("rad", func(x float64) float64 { return x * (math.Pi / 180) }),
	function("random", mathRandom),
	function("randomseed", mathRandomSeed),
	unary("round", math.Round),
	unary("sign", sign),
	unary("sin", math.Sin),
	unary("sinh", math.Sinh),
	unary("sqrt", math.Sqrt),
	constant("sqrt2", math.Sqrt2),
	unary("tan", math.Tan),
	unary("tanh", math.Tanh),
	constant("tau", 2*math.Pi),
}}

// unary makes a function of one number.
func unary(name string, f func(float64) float64) entry {
	return fast(name, func(L *lua.LState) int {
		return returnNumber(L, f(vm.ArgNumber(L, 1, name)))
	}, func(m *machine.Machine, args []lua.LValue) (lua.LValue, bool) {
		if len(args) == 1 {
			if x, ok := args[0].(lua.LNumber); ok {
				return m.Number(f(float64(x))), true
			}
		}
		return nil, false
	})
}

func predicate(name string, f func(float64) bool) entry {
	return function(name, func(L *lua.LState) int {
		return returnBool(L, f(vm.ArgNumber(L, 1, name)))
	})
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func mathAtan2(L *lua.LState) int {
	return returnNumber(L, math.Atan2(vm.ArgNumber(L, 1, "atan2"), vm.ArgNumber(L, 2, "atan2")))
}

func mathFmod(L *lua.LState) int {
	return returnNumber(L, math.Mod(vm.ArgNumber(L, 1, "fmod"), vm.ArgNumber(L, 2, "fmod")))
}

func mathPow(L *lua.LState) int {
	return returnNumber(L, math.Pow(vm.ArgNumber(L, 1, "pow"), vm.ArgNumber(L, 2, "pow")))
}

func mathLdexp(L *lua.LState) int {
	exponent := vm.ArgInt(L, 2, "ldexp")
	return returnNumber(L, math.Ldexp(vm.ArgNumber(L, 1, "ldexp"), exponent))
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(vm.ArgNumber(L, 1, "frexp"))
	return vm.Return(L, lua.LNumber(fraction), lua.LNumber(exponent))
}

func mathModf(L *lua.LState) int {
	x := vm.ArgNumber(L, 1, "modf")
	if math.IsInf(x, 0) {
		return vm.Return(L, lua.LNumber(x), lua.LNumber(0))
	}
	whole := math.Trunc(x)
	return vm.Return(L, lua.LNumber(whole), lua.LNumber(x-whole))
}

func mathLog(L *lua.LState) int {
	x := vm.ArgNumber(L, 1, "log")
	if L.Get(2) == lua.LNil {
		return returnNumber(L, math.Log(x))
	}
	switch base := vm.ArgNumber(L, 2, "log"); base {
	case 2:
		return returnNumber(L, math.Log2(x))
	case 10:
		return returnNumber(L, math.Log10(x))
	default:
		return returnNumber(L, math.Log(x)/math.Log(base))
	}
}

func mathMin(L *lua.LState) int {
	least := vm.ArgNumber(L, 1, "min")
	for i := 2; i <= L.GetTop(); i++ {
		if n := vm.ArgNumber(L, i, "min"); n < least {
			least = n
		}
	}
	return returnNumber(L, least)
}

func mathMax(L *lua.LState) int {
	most := vm.ArgNumber(L, 1, "max")
	for i := 2; i <= L.GetTop(); i++ {
		if n := vm.ArgNumber(L, i, "max"); n > most {
			most = n
		}
	}
	return returnNumber(L, most)
}

func mathClamp(L *lua.LState) int {
	x := vm.ArgNumber(L, 1, "clamp")
	low, high := vm.ArgNumber(L, 2, "clamp"), vm.ArgNumber(L, 3, "clamp")
	if !(low <= high) {
		vm.ArgError(L, 3, "clamp", "max must be greater than or equal to min")
	}
	if x < low {
		x = low
	}
	if x > high {
		x = high
	}
	return returnNumber(L, x)
}

// mathLerp gives exactly b at 1, whatever rounding would make of it.
func mathLerp(L *lua.LState) int {
	a, b := vm.ArgNumber(L, 1, "lerp"), vm.ArgNumber(L, 2, "lerp")
	t := vm.ArgNumber(L, 3, "lerp")
	if t == 1 {
		return returnNumber(L, b)
	}
	return returnNumber(L, a+(b-a)*t)
}

func mathMap(L *lua.LState) int {
	var n [5]float64
	for i := range n {
		n[i] = vm.ArgNumber(L, i+1, "map")
	}
	x, inMin, inMax, outMin, outMax := n[0], n[1], n[2], n[3], n[4]
	return returnNumber(L, outMin+(x-inMin)*(outMax-outMin)/(inMax-inMin))
}
