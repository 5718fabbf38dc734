package roblox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// UDim is a length: a part of the parent's and a number of pixels.
type UDim struct{ Scale, Offset float32 }

// UDim2 is a size or a place on a screen.
type UDim2 struct{ X, Y UDim }

// String returns what tostring shows.
func (u UDim) String() string { return nineDigits(u.Scale) + ", " + nineDigits(u.Offset) }

// String returns what tostring shows.
func (u UDim2) String() string { return "{" + u.X.String() + "}, {" + u.Y.String() + "}" }

var udim = algebra[UDim]{
	name: "UDim",
	zip: func(a, b UDim, f func(x, y float32) float32) UDim {
		return UDim{f(a.Scale, b.Scale), f(a.Offset, b.Offset)}
	},
	splat: func(n float32) UDim { return UDim{n, n} },
}

var udim2 = algebra[UDim2]{
	name: "UDim2",
	zip: func(a, b UDim2, f func(x, y float32) float32) UDim2 {
		return UDim2{udim.zip(a.X, b.X, f), udim.zip(a.Y, b.Y, f)}
	},
	splat: func(n float32) UDim2 { return UDim2{udim.splat(n), udim.splat(n)} },
}

func udimDatatypes() []Datatype {
	dimension := func(get func(UDim2) UDim) func(*Server, any) lua.LValue {
		return func(s *Server, self any) lua.LValue { return udim.box(s, get(self.(UDim2))) }
	}
	x := dimension(func(u UDim2) UDim { return u.X })
	y := dimension(func(u UDim2) UDim { return u.Y })
	return []Datatype{
		{
			Name: "UDim", Meta: udim.sums(),
			Fields: map[string]func(any) lua.LValue{
				"Scale":  field(func(u UDim) float32 { return u.Scale }),
				"Offset": field(func(u UDim) float32 { return u.Offset }),
			},
		},
		{
			Name: "UDim2", Meta: udim2.sums(),
			Methods: map[string]datatypeMethod{"Lerp": udim2.lerpMethod},
			Derived: map[string]func(*Server, any) lua.LValue{
				"X": x, "Width": x, "Y": y, "Height": y,
			},
		},
	}
}

func (s *Server) udimGlobals() map[string]lua.LValue {
	whole := func(n float32) float32 { return float32(math.Trunc(float64(n))) }
	return map[string]lua.LValue{
		"UDim": s.constructors(map[string]lua.LGFunction{"new": func(L *lua.LState) int {
			n := numbers(L, "new", 2)
			return udim.give(L, UDim{n[0], whole(n[1])})
		}}, nil),
		"UDim2": s.constructors(map[string]lua.LGFunction{
			"new": func(L *lua.LState) int {
				if x, ok := udim.of(L.Get(1)); ok {
					return udim2.give(L, UDim2{x, udim.arg(L, 2, "new")})
				}
				n := numbers(L, "new", 4)
				return udim2.give(L, UDim2{UDim{n[0], whole(n[1])}, UDim{n[2], whole(n[3])}})
			},
			"fromScale": func(L *lua.LState) int {
				n := numbers(L, "fromScale", 2)
				return udim2.give(L, UDim2{UDim{Scale: n[0]}, UDim{Scale: n[1]}})
			},
			"fromOffset": func(L *lua.LState) int {
				n := numbers(L, "fromOffset", 2)
				return udim2.give(L, UDim2{UDim{Offset: whole(n[0])}, UDim{Offset: whole(n[1])}})
			},
		}, nil),
	}
}

// angle returns the angle whose sine and cosine are in a proportion.
func angle(sine, cosine float32) lua.LNumber {
	return lua.LNumber(math.Atan2(float64(sine), float64(cosine)))
}

// TweenInfo tells how a value changes over time.
type TweenInfo struct {
	Time, Delay float64
	Style       *EnumItem
	Direction   *EnumItem
	Repeat      int
	Reverses    bool
}

// LuauType implements vm.Typed.
func (TweenInfo) LuauType() string { return "TweenInfo" }

func tweenInfoDatatype() Datatype {
	get := func(read func(TweenInfo) lua.LValue) func(any) lua.LValue {
		return func(self any) lua.LValue { return read(self.(TweenInfo)) }
	}
	return Datatype{
		Name: "TweenInfo",
		Fields: map[string]func(any) lua.LValue{
			"Time":            get(func(t TweenInfo) lua.LValue { return lua.LNumber(t.Time) }),
			"DelayTime":       get(func(t TweenInfo) lua.LValue { return lua.LNumber(t.Delay) }),
			"EasingStyle":     get(func(t TweenInfo) lua.LValue { return t.Style.object }),
			"EasingDirection": get(func(t TweenInfo) lua.LValue { return t.Direction.object }),
			"RepeatCount":     get(func(t TweenInfo) lua.LValue { return lua.LNumber(t.Repeat) }),
			"Reverses":        get(func(t TweenInfo) lua.LValue { return lua.LBool(t.Reverses) }),
		},
	}
}

func (s *Server) tweenInfoGlobal() lua.LValue {
	return s.constructors(map[string]lua.LGFunction{"new": func(L *lua.LState) int {
		item := func(n int, enum, fallback string) *EnumItem {
			if L.Get(n) == lua.LNil {
				return s.EnumItem(enum, fallback)
			}
			found := s.enums.accept(enum, L.Get(n))
			if found == nil {
				vm.ArgTypeError(L, n, "new", enum)
			}
			return found
		}
		return vm.Return(L, s.Box(TweenInfo{
			Time:      vm.OptNumber(L, 1, "new", 1),
			Style:     item(2, "EasingStyle", "Quad"),
			Direction: item(3, "EasingDirection", "Out"),
			Repeat:    vm.OptInt(L, 4, "new", 0),
			Reverses:  lua.LVAsBool(L.Get(5)),
			Delay:     vm.OptNumber(L, 6, "new", 0),
		}))
	}}, nil)
}
