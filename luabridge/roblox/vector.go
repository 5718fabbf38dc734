package roblox

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// vec3 are the operations on Vector3, which is Luau's own vector with more members: type() calls
// it a vector, typeof() a Vector3.
var vec3 = algebra[stdlib.Vector]{
	name: "Vector3",
	zip: func(a, b stdlib.Vector, f func(x, y float32) float32) stdlib.Vector {
		return stdlib.Vector{X: f(a.X, b.X), Y: f(a.Y, b.Y), Z: f(a.Z, b.Z)}
	},
	splat: func(n float32) stdlib.Vector { return stdlib.Vector{X: n, Y: n, Z: n} },
	sum:   func(v stdlib.Vector) float32 { return v.X + v.Y + v.Z },
}

// Vector2 is a point or a direction in the plane.
type Vector2 struct{ X, Y float32 }

// String returns what tostring shows.
func (v Vector2) String() string { return joined(v.X, v.Y) }

// joined writes numbers of single precision as tostring does for vectors.
func joined(numbers ...float32) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = vm.FormatNumber(float64(n))
	}
	return strings.Join(texts, ", ")
}

// nineDigits writes a number of single precision as tostring does for the other datatypes.
func nineDigits(n float32) string { return strconv.FormatFloat(float64(n), 'g', 9, 64) }

var vec2 = algebra[Vector2]{
	name: "Vector2",
	zip: func(a, b Vector2, f func(x, y float32) float32) Vector2 {
		return Vector2{f(a.X, b.X), f(a.Y, b.Y)}
	},
	splat: func(n float32) Vector2 { return Vector2{n, n} },
	sum:   func(v Vector2) float32 { return v.X + v.Y },
}

// NewVector3 returns the Luau value for a Vector3.
func (s *Server) NewVector3(x, y, z float64) lua.LValue {
	return vec3.box(s, stdlib.Vector{X: float32(x), Y: float32(y), Z: float32(z)})
}

func vector3Datatype() Datatype {
	cross := func(v, w stdlib.Vector) stdlib.Vector {
		return stdlib.Vector{X: v.Y*w.Z - v.Z*w.Y, Y: v.Z*w.X - v.X*w.Z, Z: v.X*w.Y - v.Y*w.X}
	}
	methods := vec3.vectorMethods()
	methods["Cross"] = func(L *lua.LState, self any) int {
		return vec3.give(L, cross(self.(stdlib.Vector), vec3.arg(L, 2, "Cross")))
	}
	methods["Angle"] = func(L *lua.LState, self any) int {
		v, w := self.(stdlib.Vector), vec3.arg(L, 2, "Angle")
		return vm.Return(L, angle(vec3.magnitude(cross(v, w)), vec3.dot(v, w)))
	}
	return Datatype{
		Name:    "Vector3",
		Methods: methods,
		Meta:    vec3.products(),
		Fields: map[string]func(any) lua.LValue{
			"X":         field(func(v stdlib.Vector) float32 { return v.X }),
			"Y":         field(func(v stdlib.Vector) float32 { return v.Y }),
			"Z":         field(func(v stdlib.Vector) float32 { return v.Z }),
			"x":         field(func(v stdlib.Vector) float32 { return v.X }),
			"y":         field(func(v stdlib.Vector) float32 { return v.Y }),
			"z":         field(func(v stdlib.Vector) float32 { return v.Z }),
			"Magnitude": field(vec3.magnitude),
		},
		Derived: map[string]func(*Server, any) lua.LValue{"Unit": vec3.unit},
	}
}

func vector2Datatype() Datatype {
	methods := vec2.vectorMethods()
	methods["Cross"] = func(L *lua.LState, self any) int {
		v, w := self.(Vector2), vec2.arg(L, 2, "Cross")
		return vm.Return(L, lua.LNumber(v.X*w.Y-v.Y*w.X))
	}
	methods["Angle"] = func(L *lua.LState, self any) int {
		v, w := self.(Vector2), vec2.arg(L, 2, "Angle")
		return vm.Return(L, angle(max(v.X*w.Y-v.Y*w.X, v.Y*w.X-v.X*w.Y), vec2.dot(v, w)))
	}
	return Datatype{
		Name:    "Vector2",
		Methods: methods,
		Meta:    vec2.products(),
		Fields: map[string]func(any) lua.LValue{
			"X":         field(func(v Vector2) float32 { return v.X }),
			"Y":         field(func(v Vector2) float32 { return v.Y }),
			"Magnitude": field(vec2.magnitude),
		},
		Derived: map[string]func(*Server, any) lua.LValue{"Unit": vec2.unit},
	}
}

// unit is the field Unit: the same direction with length 1.
func (a algebra[T]) unit(s *Server, self any) lua.LValue {
	return a.box(s, a.scale(self.(T), 1/a.magnitude(self.(T))))
}

// numbers reads so many numbers, 0 for those that are absent.
func numbers(L *lua.LState, function string, count int) []float32 {
	values := make([]float32, count)
	for i := range values {
		values[i] = float32(vm.OptNumber(L, i+1, function, 0))
	}
	return values
}

// vectorGlobals are the tables Vector2 and Vector3.
func (s *Server) vectorGlobals() map[string]lua.LValue {
	three := s.constructors(map[string]lua.LGFunction{"new": func(L *lua.LState) int {
		n := numbers(L, "new", 3)
		return vec3.give(L, stdlib.Vector{X: n[0], Y: n[1], Z: n[2]})
	}}, map[string]lua.LValue{
		"zero": s.NewVector3(0, 0, 0), "one": s.NewVector3(1, 1, 1),
		"xAxis": s.NewVector3(1, 0, 0), "yAxis": s.NewVector3(0, 1, 0),
		"zAxis": s.NewVector3(0, 0, 1),
	})
	two := s.constructors(map[string]lua.LGFunction{"new": func(L *lua.LState) int {
		n := numbers(L, "new", 2)
		return vec2.give(L, Vector2{n[0], n[1]})
	}}, map[string]lua.LValue{
		"zero": vec2.box(s, Vector2{}), "one": vec2.box(s, Vector2{1, 1}),
		"xAxis": vec2.box(s, Vector2{1, 0}), "yAxis": vec2.box(s, Vector2{0, 1}),
	})
	return map[string]lua.LValue{"Vector3": three, "Vector2": two}
}
