package roblox

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// CFrame is a place and a rotation, the latter as the rows of a matrix.
type CFrame struct {
	Position stdlib.Vector
	Rotation [3]stdlib.Vector
}

var unrotated = [3]stdlib.Vector{{X: 1}, {Y: 1}, {Z: 1}}

// String returns what tostring shows.
func (c CFrame) String() string {
	parts := make([]string, 0, 12)
	for _, n := range c.components() {
		parts = append(parts, nineDigits(n))
	}
	return strings.Join(parts, ", ")
}

func (c CFrame) components() []float32 {
	r := c.Rotation
	return []float32{c.Position.X, c.Position.Y, c.Position.Z, r[0].X, r[0].Y, r[0].Z,
		r[1].X, r[1].Y, r[1].Z, r[2].X, r[2].Y, r[2].Z}
}

func cframeOf(n []float32) CFrame {
	return CFrame{stdlib.Vector{X: n[0], Y: n[1], Z: n[2]}, [3]stdlib.Vector{
		{X: n[3], Y: n[4], Z: n[5]}, {X: n[6], Y: n[7], Z: n[8]}, {X: n[9], Y: n[10], Z: n[11]},
	}}
}

var cframe = algebra[CFrame]{name: "CFrame"}

// turn rotates a direction.
func (c CFrame) turn(v stdlib.Vector) stdlib.Vector {
	r := c.Rotation
	return stdlib.Vector{X: vec3.dot(r[0], v), Y: vec3.dot(r[1], v), Z: vec3.dot(r[2], v)}
}

// column returns where an axis points: right, up, back.
func (c CFrame) column(axis int) stdlib.Vector { return c.turn(unrotated[axis]) }

// point moves a point from the frame's space to the world's.
func (c CFrame) point(v stdlib.Vector) stdlib.Vector {
	return vec3.zip(c.turn(v), c.Position, add)
}

func (c CFrame) inverse() CFrame {
	i := CFrame{Rotation: [3]stdlib.Vector{c.column(0), c.column(1), c.column(2)}}
	i.Position = vec3.scale(i.turn(c.Position), -1)
	return i
}

func (c CFrame) times(d CFrame) CFrame {
	product := CFrame{Position: c.point(d.Position)}
	columns := [3]stdlib.Vector{}
	for axis := range columns {
		columns[axis] = c.turn(d.column(axis))
	}
	x, y, z := columns[0], columns[1], columns[2]
	product.Rotation = [3]stdlib.Vector{
		{X: x.X, Y: y.X, Z: z.X}, {X: x.Y, Y: y.Y, Z: z.Y}, {X: x.Z, Y: y.Z, Z: z.Z},
	}
	return product
}

// rotationAbout returns a rotation by an angle about an axis: 0 is X, 1 is Y, 2 is Z.
func rotationAbout(axis int, angle float64) CFrame {
	sin, cos := float32(math.Sin(angle)), float32(math.Cos(angle))
	c := CFrame{Rotation: unrotated}
	switch r := &c.Rotation; axis {
	case 0:
		r[1], r[2] = stdlib.Vector{Y: cos, Z: -sin}, stdlib.Vector{Y: sin, Z: cos}
	case 1:
		r[0], r[2] = stdlib.Vector{X: cos, Z: sin}, stdlib.Vector{X: -sin, Z: cos}
	default:
		r[0], r[1] = stdlib.Vector{X: cos, Y: -sin}, stdlib.Vector{X: sin, Y: cos}
	}
	return c
}

// lookAt returns the frame at a place whose front points to another.
func lookAt(at, target, up stdlib.Vector) CFrame {
	cross := func(v, w stdlib.Vector) stdlib.Vector {
		return stdlib.Vector{X: v.Y*w.Z - v.Z*w.Y, Y: v.Z*w.X - v.X*w.Z, Z: v.X*w.Y - v.Y*w.X}
	}
	back := vec3.zip(at, target, subtract)
	length := vec3.magnitude(back)
	if length == 0 {
		return CFrame{at, unrotated}
	}
	back = vec3.scale(back, 1/length)
	right := cross(up, back)
	if length = vec3.magnitude(right); length == 0 {
		right, length = stdlib.Vector{X: 1}, 1
	}
	right = vec3.scale(right, 1/length)
	top := cross(back, right)
	return CFrame{at, [3]stdlib.Vector{
		{X: right.X, Y: top.X, Z: back.X}, {X: right.Y, Y: top.Y, Z: back.Y},
		{X: right.Z, Y: top.Z, Z: back.Z},
	}}
}

// eulerXYZ returns the three angles whose rotations, multiplied, give this one.
func (c CFrame) eulerXYZ() (x, y, z float64) {
	r := c.Rotation
	x = math.Atan2(-float64(r[1].Z), float64(r[2].Z))
	y = math.Asin(min(max(float64(r[0].Z), -1), 1))
	z = math.Atan2(-float64(r[0].Y), float64(r[0].X))
	return x, y, z
}

func cframeDatatype() Datatype {
	vector := func(get func(CFrame) stdlib.Vector) func(*Server, any) lua.LValue {
		return func(s *Server, self any) lua.LValue { return vec3.box(s, get(self.(CFrame))) }
	}
	frame := func(name string, compute func(c, d CFrame) CFrame) datatypeMethod {
		return func(L *lua.LState, self any) int {
			return cframe.give(L, compute(self.(CFrame), cframe.arg(L, 2, name)))
		}
	}
	moved := func(name string, compute func(CFrame, stdlib.Vector) stdlib.Vector) datatypeMethod {
		return func(L *lua.LState, self any) int {
			return vec3.give(L, compute(self.(CFrame), vec3.arg(L, 2, name)))
		}
	}
	angles := func(L *lua.LState, self any) int {
		x, y, z := self.(CFrame).eulerXYZ()
		return vm.Return(L, lua.LNumber(x), lua.LNumber(y), lua.LNumber(z))
	}
	components := func(L *lua.LState, self any) int {
		for _, n := range self.(CFrame).components() {
			L.Push(lua.LNumber(n))
		}
		return 12
	}
	return Datatype{
		Name: "CFrame",
		Meta: cframeMeta(),
		Fields: map[string]func(any) lua.LValue{
			"X": field(func(c CFrame) float32 { return c.Position.X }),
			"Y": field(func(c CFrame) float32 { return c.Position.Y }),
			"Z": field(func(c CFrame) float32 { return c.Position.Z }),
		},
		Derived: map[string]func(*Server, any) lua.LValue{
			"Position":    vector(func(c CFrame) stdlib.Vector { return c.Position }),
			"RightVector": vector(func(c CFrame) stdlib.Vector { return c.column(0) }),
			"UpVector":    vector(func(c CFrame) stdlib.Vector { return c.column(1) }),
			"LookVector": vector(func(c CFrame) stdlib.Vector {
				return vec3.scale(c.column(2), -1)
			}),
			"Rotation": func(s *Server, self any) lua.LValue {
				return cframe.box(s, CFrame{Rotation: self.(CFrame).Rotation})
			},
		},
		Methods: map[string]datatypeMethod{
			"GetComponents": components, "components": components,
			"ToEulerAnglesXYZ": angles,
			"Inverse": func(L *lua.LState, self any) int {
				return cframe.give(L, self.(CFrame).inverse())
			},
			"ToWorldSpace": frame("ToWorldSpace", CFrame.times),
			"ToObjectSpace": frame("ToObjectSpace", func(c, d CFrame) CFrame {
				return c.inverse().times(d)
			}),
			"PointToWorldSpace":  moved("PointToWorldSpace", CFrame.point),
			"VectorToWorldSpace": moved("VectorToWorldSpace", CFrame.turn),
			"PointToObjectSpace": moved("PointToObjectSpace",
				func(c CFrame, v stdlib.Vector) stdlib.Vector { return c.inverse().point(v) }),
			"VectorToObjectSpace": moved("VectorToObjectSpace",
				func(c CFrame, v stdlib.Vector) stdlib.Vector { return c.inverse().turn(v) }),
		},
	}
}

func cframeMeta() map[string]lua.LGFunction {
	meta := cframe.equality()
	shift := func(f mixer) lua.LGFunction {
		return func(L *lua.LState) int {
			c, by := cframe.arg(L, 1, "add"), vec3.arg(L, 2, "add")
			c.Position = vec3.zip(c.Position, by, f)
			return cframe.give(L, c)
		}
	}
	meta["__add"], meta["__sub"] = shift(add), shift(subtract)
	meta["__mul"] = func(L *lua.LState) int {
		c := cframe.arg(L, 1, "mul")
		if v, ok := vec3.of(L.Get(2)); ok {
			return vec3.give(L, c.point(v))
		}
		return cframe.give(L, c.times(cframe.arg(L, 2, "mul")))
	}
	return meta
}

func newCFrame(L *lua.LState) int {
	at, isVector := vec3.of(L.Get(1))
	switch target, looks := vec3.of(L.Get(2)); {
	case isVector && looks:
		return cframe.give(L, lookAt(at, target, stdlib.Vector{Y: 1}))
	case isVector:
		return cframe.give(L, CFrame{at, unrotated})
	case L.GetTop() > 3:
		return cframe.give(L, cframeOf(numbers(L, "new", 12)))
	}
	n := numbers(L, "new", 3)
	return cframe.give(L, CFrame{stdlib.Vector{X: n[0], Y: n[1], Z: n[2]}, unrotated})
}

func (s *Server) cframeGlobal() lua.LValue {
	// turned multiplies the rotations about the axes in an order.
	turned := func(name string, axes ...int) lua.LGFunction {
		return func(L *lua.LState) int {
			c := CFrame{Rotation: unrotated}
			for _, axis := range axes {
				c = c.times(rotationAbout(axis, vm.OptNumber(L, axis+1, name, 0)))
			}
			return cframe.give(L, c)
		}
	}
	return s.constructors(map[string]lua.LGFunction{
		"new":                newCFrame,
		"Angles":             turned("Angles", 0, 1, 2),
		"fromEulerAnglesXYZ": turned("fromEulerAnglesXYZ", 0, 1, 2),
		"fromEulerAnglesYXZ": turned("fromEulerAnglesYXZ", 1, 0, 2),
		"fromOrientation":    turned("fromOrientation", 1, 0, 2),
		"lookAt": func(L *lua.LState) int {
			up := stdlib.Vector{Y: 1}
			if L.Get(3) != lua.LNil {
				up = vec3.arg(L, 3, "lookAt")
			}
			return cframe.give(L, lookAt(vec3.arg(L, 1, "lookAt"),
				vec3.arg(L, 2, "lookAt"), up))
		},
	}, map[string]lua.LValue{"identity": cframe.box(s, CFrame{Rotation: unrotated})})
}
