package roblox

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// Color3 is a colour, each part from 0 to 1.
type Color3 struct{ R, G, B float32 }

// String returns what tostring shows.
func (c Color3) String() string {
	return nineDigits(c.R) + ", " + nineDigits(c.G) + ", " + nineDigits(c.B)
}

var color3 = algebra[Color3]{
	name: "Color3",
	zip: func(a, b Color3, f func(x, y float32) float32) Color3 {
		return Color3{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B)}
	},
}

// NewColor3 returns the Luau value for a Color3.
func (s *Server) NewColor3(r, g, b float64) lua.LValue {
	return color3.box(s, Color3{float32(r), float32(g), float32(b)})
}

func color3Datatype() Datatype {
	return Datatype{
		Name: "Color3",
		Meta: color3.equality(),
		Fields: map[string]func(any) lua.LValue{
			"R": field(func(c Color3) float32 { return c.R }),
			"G": field(func(c Color3) float32 { return c.G }),
			"B": field(func(c Color3) float32 { return c.B }),
		},
		Methods: map[string]datatypeMethod{
			"Lerp": color3.lerpMethod,
			"ToHSV": func(L *lua.LState, self any) int {
				h, s, v := self.(Color3).hsv()
				return vm.Return(L, lua.LNumber(h), lua.LNumber(s), lua.LNumber(v))
			},
			"ToHex": func(L *lua.LState, self any) int {
				return vm.Return(L, lua.LString(self.(Color3).hex()))
			},
		},
	}
}

func (c Color3) hex() string {
	part := func(x float32) int { return int(math.Round(float64(min(max(x, 0), 1)) * 255)) }
	return fmt.Sprintf("%02x%02x%02x", part(c.R), part(c.G), part(c.B))
}

// hsv returns hue, saturation and value, each from 0 to 1.
func (c Color3) hsv() (h, s, v float64) {
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	v = max(r, g, b)
	span := v - min(r, g, b)
	if span == 0 {
		return 0, 0, v
	}
	switch v {
	case r:
		h = math.Mod((g-b)/span+6, 6)
	case g:
		h = (b-r)/span + 2
	default:
		h = (r-g)/span + 4
	}
	return h / 6, span / v, v
}

// ofHSV is the reverse of hsv.
func ofHSV(h, s, v float64) Color3 {
	part := func(n float64) float32 {
		k := math.Mod(n+h*6, 6)
		return float32(v - v*s*max(0, min(k, 4-k, 1)))
	}
	return Color3{part(5), part(3), part(1)}
}

func (s *Server) colorGlobal() lua.LValue {
	three := func(make func(n []float32) Color3) lua.LGFunction {
		return func(L *lua.LState) int { return color3.give(L, make(numbers(L, "new", 3))) }
	}
	return s.constructors(map[string]lua.LGFunction{
		"new": three(func(n []float32) Color3 { return Color3{n[0], n[1], n[2]} }),
		"fromRGB": three(func(n []float32) Color3 {
			return Color3{n[0] / 255, n[1] / 255, n[2] / 255}
		}),
		"fromHSV": func(L *lua.LState) int {
			return color3.give(L, ofHSV(vm.ArgNumber(L, 1, "fromHSV"),
				vm.ArgNumber(L, 2, "fromHSV"), vm.ArgNumber(L, 3, "fromHSV")))
		},
		"fromHex": func(L *lua.LState) int {
			text := strings.TrimPrefix(vm.ArgString(L, 1, "fromHex"), "#")
			if len(text) == 3 {
				text = text[:1] + text[:1] + text[1:2] + text[1:2] + text[2:] + text[2:]
			}
			code, err := strconv.ParseUint(text, 16, 32)
			if err != nil || len(text) != 6 {
				vm.Raise(L, "Unable to convert characters to hex value")
			}
			part := func(shift int) float32 { return float32(code>>shift&0xff) / 255 }
			return color3.give(L, Color3{part(16), part(8), part(0)})
		},
	}, nil)
}
