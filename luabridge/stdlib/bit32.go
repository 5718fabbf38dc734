package stdlib

import (
	"math"
	"math/bits"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

var bit32Library = library{"bit32", []entry{
	function("arshift", func(L *lua.LState) int {
		n, by := bitsArg(L, 1, "arshift"), vm.ArgInt(L, 2, "arshift")
		if by > 0 {
			return returnBits(L, uint32(int32(n)>>min(by, 31)))
		}
		return returnBits(L, shiftLeft(n, -by))
	}),
	foldBits("band", math.MaxUint32, func(a, b uint32) uint32 { return a & b }),
	function("bnot", func(L *lua.LState) int { return returnBits(L, ^bitsArg(L, 1, "bnot")) }),
	foldBits("bor", 0, func(a, b uint32) uint32 { return a | b }),
	function("btest", func(L *lua.LState) int {
		all := uint32(math.MaxUint32)
		for i := 1; i <= L.GetTop(); i++ {
			all &= bitsArg(L, i, "btest")
		}
		return returnBool(L, all != 0)
	}),
	foldBits("bxor", 0, func(a, b uint32) uint32 { return a ^ b }),
	function("byteswap", func(L *lua.LState) int {
		return returnBits(L, bits.ReverseBytes32(bitsArg(L, 1, "byteswap")))
	}),
	function("countlz", func(L *lua.LState) int {
		return returnNumber(L, float64(bits.LeadingZeros32(bitsArg(L, 1, "countlz"))))
	}),
	function("countrz", func(L *lua.LState) int {
		return returnNumber(L, float64(bits.TrailingZeros32(bitsArg(L, 1, "countrz"))))
	}),
	function("extract", bit32Extract),
	function("lrotate", func(L *lua.LState) int {
		n, by := bitsArg(L, 1, "lrotate"), vm.ArgInt(L, 2, "lrotate")
		return returnBits(L, bits.RotateLeft32(n, by&31))
	}),
	function("lshift", func(L *lua.LState) int {
		return returnBits(L, shiftLeft(bitsArg(L, 1, "lshift"), vm.ArgInt(L, 2, "lshift")))
	}),
	function("replace", bit32Replace),
	function("rrotate", func(L *lua.LState) int {
		n, by := bitsArg(L, 1, "rrotate"), vm.ArgInt(L, 2, "rrotate")
		return returnBits(L, bits.RotateLeft32(n, -(by&31)))
	}),
	function("rshift", func(L *lua.LState) int {
		return returnBits(L, shiftLeft(bitsArg(L, 1, "rshift"), -vm.ArgInt(L, 2, "rshift")))
	}),
}}

// bitsArg returns a number modulo 2^32.
func bitsArg(L *lua.LState, n int, name string) uint32 { return toBits(vm.ArgNumber(L, n, name)) }

// toBits cuts a number to its low 32 bits. What no 64-bit integer holds has none.
func toBits(n float64) uint32 {
	if -math.MaxInt64 <= n && n <= math.MaxInt64 {
		return uint32(int64(n))
	}
	return 0
}

func returnBits(L *lua.LState, n uint32) int { return returnNumber(L, float64(n)) }

// foldBits makes a function of any number of arguments.
func foldBits(name string, start uint32, f func(a, b uint32) uint32) entry {
	return function(name, func(L *lua.LState) int {
		result := start
		for i := 1; i <= L.GetTop(); i++ {
			result = f(result, bitsArg(L, i, name))
		}
		return returnBits(L, result)
	})
}

// shiftLeft shifts to the right for a negative count; Go gives 0 beyond 31, as Luau does.
func shiftLeft(n uint32, by int) uint32 {
	if by < 0 {
		return n >> uint(-by)
	}
	return n << uint(by)
}

// field reads the arguments that name a field of bits; it returns where it begins and its mask.
func field(L *lua.LState, n int, name string) (first int, mask uint32) {
	first = vm.ArgInt(L, n, name)
	width := vm.OptInt(L, n+1, name, 1)
	if first < 0 {
		vm.ArgError(L, n, name, "field cannot be negative")
	}
	if width < 1 {
		vm.ArgError(L, n+1, name, "width must be positive")
	}
	if first > 32 || width > 32-first {
		vm.Errorf(L, "trying to access non-existent bits")
	}
	return first, math.MaxUint32 >> (32 - width)
}

func bit32Extract(L *lua.LState) int {
	n := bitsArg(L, 1, "extract")
	first, mask := field(L, 2, "extract")
	return returnBits(L, n>>first&mask)
}

func bit32Replace(L *lua.LState) int {
	n, value := bitsArg(L, 1, "replace"), bitsArg(L, 2, "replace")
	first, mask := field(L, 3, "replace")
	return returnBits(L, n&^(mask<<first)|value&mask<<first)
}
