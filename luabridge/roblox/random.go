package roblox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// Random is a generator of its own. That it draws its numbers as math.random does is assumed.
type Random struct{ pcg stdlib.PCG }

// LuauType implements vm.Typed.
func (*Random) LuauType() string { return "Random" }

// String returns what tostring shows.
func (*Random) String() string { return "Random" }

// integer returns a whole number between two, both included.
func (r *Random) integer(low, high int64) int64 {
	span := uint64(high - low)
	if span < math.MaxUint32 {
		return low + int64(r.pcg.Below(uint32(span)+1))
	}
	draw := uint64(r.pcg.Uint32()) | uint64(r.pcg.Uint32())<<32
	if span == math.MaxUint64 {
		return int64(draw)
	}
	return low + int64(draw%(span+1))
}

func randomDatatype() Datatype {
	return Datatype{
		Name: "Random",
		Methods: map[string]datatypeMethod{
			"Clone": func(L *lua.LState, self any) int {
				return vm.Return(L, Of(L).Box(&Random{self.(*Random).pcg}))
			},
			"NextInteger": func(L *lua.LState, self any) int {
				low, high := vm.ArgInt(L, 2, "NextInteger"), vm.ArgInt(L, 3, "NextInteger")
				if low > high {
					vm.ArgError(L, 3, "NextInteger", "interval is empty")
				}
				return vm.Return(L, lua.LNumber(self.(*Random).integer(int64(low), int64(high))))
			},
			"NextNumber": func(L *lua.LState, self any) int {
				low := vm.OptNumber(L, 2, "NextNumber", 0)
				high := vm.OptNumber(L, 3, "NextNumber", 1)
				return vm.Return(L, lua.LNumber(low+(high-low)*self.(*Random).pcg.Float()))
			},
			"NextUnitVector": func(L *lua.LState, self any) int {
				r := self.(*Random)
				z, turn := 2*r.pcg.Float()-1, 2*math.Pi*r.pcg.Float()
				radius := math.Sqrt(1 - z*z)
				return vm.Return(L, Of(L).NewVector3(radius*math.Cos(turn),
					radius*math.Sin(turn), z))
			},
			"Shuffle": func(L *lua.LState, self any) int {
				list := vm.ArgTable(L, 2, "Shuffle")
				vm.Writable(L, list)
				for i := vm.Length(list); i > 1; i-- {
					j := int(self.(*Random).integer(1, int64(i)))
					a, b := machine.Item(list, i), machine.Item(list, j)
					machine.SetItem(list, i, b)
					machine.SetItem(list, j, a)
				}
				return 0
			},
		},
	}
}

func (s *Server) randomGlobal() lua.LValue {
	return s.constructors(map[string]lua.LGFunction{"new": func(L *lua.LState) int {
		seed := s.random.Uint64()
		if L.Get(1) != lua.LNil {
			seed = uint64(toInt(vm.ArgNumber(L, 1, "new")))
		}
		return vm.Return(L, s.Box(&Random{stdlib.NewPCG(seed)}))
	}}, nil)
}
