package stdlib

import (
	"math"
	"math/bits"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// PCG is a PCG-XSH-RR generator of 32 bits with the stream that Luau uses: the same seed gives the
// numbers it gives on Roblox.
type PCG uint64

const (
	pcgMultiplier = 6364136223846793005
	pcgIncrement  = 105
)

// NewPCG returns the generator for a seed.
func NewPCG(seed uint64) PCG {
	var g PCG
	g.Uint32()
	g += PCG(seed)
	g.Uint32()
	return g
}

// Uint32 returns the next 32 bits.
func (g *PCG) Uint32() uint32 {
	old := uint64(*g)
	*g = PCG(old*pcgMultiplier + pcgIncrement)
	return bits.RotateLeft32(uint32((old>>18^old)>>27), -int(old>>59))
}

// Float returns a number from 0 up to 1, from two draws.
func (g *PCG) Float() float64 {
	low, high := uint64(g.Uint32()), uint64(g.Uint32())
	return math.Ldexp(float64(high<<32|low), -64)
}

// Below returns a whole number from 0 up to n, from one draw.
func (g *PCG) Below(n uint32) uint32 {
	return uint32(uint64(n) * uint64(g.Uint32()) >> 32)
}

// openRandom turns the VM's seed into the state of its generator.
func openRandom(v *vm.VM) { v.Random = uint64(NewPCG(v.Random)) }

func mathRandomSeed(L *lua.LState) int {
	seed := vm.ArgInt(L, 1, "randomseed")
	vm.Of(L).Random = uint64(NewPCG(uint64(int64(int32(seed)))))
	return 0
}

func mathRandom(L *lua.LState) int {
	v := vm.Of(L)
	g := PCG(v.Random)
	defer func() { v.Random = uint64(g) }()
	low, high := 1, 0
	switch L.GetTop() {
	case 0:
		return returnNumber(L, g.Float())
	case 1:
		high = vm.ArgInt(L, 1, "random")
		if high < 1 {
			vm.ArgError(L, 1, "random", "interval is empty")
		}
	case 2:
		low, high = vm.ArgInt(L, 1, "random"), vm.ArgInt(L, 2, "random")
		if low > high {
			vm.ArgError(L, 2, "random", "interval is empty")
		}
		if float64(high)-float64(low) >= math.MaxUint32 {
			vm.ArgError(L, 2, "random", "interval is too large")
		}
	default:
		vm.Errorf(L, "wrong number of arguments")
	}
	size := min(high-low+1, math.MaxUint32)
	return returnNumber(L, float64(low+int(g.Below(uint32(size)))))
}
