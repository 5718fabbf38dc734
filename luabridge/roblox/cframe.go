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

// eulerYXZ returns the angles about X, Y and Z whose rotations, multiplied in the order Y, X, Z,
// give this one; Roblox calls them the orientation.
func (c CFrame) eulerYXZ() (x, y, z float64) {
	r := c.Rotation
	x = -math.Asin(min(max(float64(r[1].Z), -1), 1)) + 0 // and never -0
	y = math.Atan2(float64(r[0].Z), float64(r[2].Z))
	z = math.Atan2(float64(r[1].X), float64(r[1].Y))
	return x, y, z
}

// axisAngle returns the axis and the angle of the rotation.
func (c CFrame) axisAngle() (stdlib.Vector, float64) {
	r := c.Rotation
	axis := stdlib.Vector{X: r[2].Y - r[1].Z, Y: r[0].Z - r[2].X, Z: r[1].X - r[0].Y}
	sine, cosine := float64(vec3.magnitude(axis))/2, float64(r[0].X+r[1].Y+r[2].Z-1)/2
	turn := math.Atan2(sine, cosine)
	switch {
	case turn == 0:
		return stdlib.Vector{X: 1}, 0
	case sine > 1e-4:
		return vec3.scale(axis, float32(1/(2*sine))), turn
	}
	// Half a turn: the axis is in the diagonal, its signs in the rest.
	part := func(n float32) float32 { return float32(math.Sqrt(max(float64(n+1)/2, 0))) }
	axis = stdlib.Vector{X: part(r[0].X), Y: part(r[1].Y), Z: part(r[2].Z)}
	if r[0].Y < 0 {
		axis.Y = -axis.Y
	}
	if r[0].Z < 0 || r[0].Y == 0 && r[1].Z < 0 {
		axis.Z = -axis.Z
	}
	return axis, turn
}

// ofAxisAngle is the reverse of axisAngle.
func ofAxisAngle(axis stdlib.Vector, angle float64) CFrame {
	if length := vec3.magnitude(axis); length > 0 {
		axis = vec3.scale(axis, 1/length)
	}
	half := float32(math.Sin(angle / 2))
	return ofQuaternion(axis.X*half, axis.Y*half, axis.Z*half, float32(math.Cos(angle/2)))
}

func ofQuaternion(x, y, z, w float32) CFrame {
	if length := x*x + y*y + z*z + w*w; length > 0 {
		n := float32(1 / math.Sqrt(float64(length)))
		x, y, z, w = x*n, y*n, z*n, w*n
	}
	return CFrame{Rotation: [3]stdlib.Vector{
		{X: 1 - 2*(y*y+z*z), Y: 2 * (x*y - z*w), Z: 2 * (x*z + y*w)},
		{X: 2 * (x*y + z*w), Y: 1 - 2*(x*x+z*z), Z: 2 * (y*z - x*w)},
		{X: 2 * (x*z - y*w), Y: 2 * (y*z + x*w), Z: 1 - 2*(x*x+y*y)},
	}}
}

// lerp turns and moves a part of the way to another frame.
func (c CFrame) lerp(to CFrame, alpha float64) CFrame {
	axis, angle := c.inverse().times(to).axisAngle()
	between := CFrame{Rotation: c.Rotation}.times(ofAxisAngle(axis, angle*alpha))
	between.Position = vec3.lerp(c.Position, to.Position, float32(alpha))
	return between
}

func cframeDatatype() Datatype {
	vector := func(get func(CFrame) stdlib.Vector) func(*Server, any) lua.LValue {
		return func(s *Server, self any) lua.LValue { return vec3.box(s, get(self.(CFrame))) }
	}
	axis := func(n int) func(*Server, any) lua.LValue {
		return vector(func(c CFrame) stdlib.Vector { return c.column(n) })
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
			"RightVector": axis(0), "XVector": axis(0),
			"UpVector": axis(1), "YVector": axis(1), "ZVector": axis(2),
			"LookVector": vector(func(c CFrame) stdlib.Vector {
				return vec3.scale(c.column(2), -1)
			}),
			"Rotation": func(s *Server, self any) lua.LValue {
				return cframe.box(s, CFrame{Rotation: self.(CFrame).Rotation})
			},
		},
		Methods: cframeMethods(),
	}
}

func cframeMethods() map[string]datatypeMethod {
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
	angles := func(of func(CFrame) (x, y, z float64)) datatypeMethod {
		return func(L *lua.LState, self any) int {
			x, y, z := of(self.(CFrame))
			return vm.Return(L, lua.LNumber(x), lua.LNumber(y), lua.LNumber(z))
		}
	}
	components := func(L *lua.LState, self any) int {
		for _, n := range self.(CFrame).components() {
			L.Push(lua.LNumber(n))
		}
		return 12
	}
	return map[string]datatypeMethod{
		"GetComponents": components, "components": components,
		"ToEulerAnglesXYZ": angles(CFrame.eulerXYZ),
		"ToEulerAnglesYXZ": angles(CFrame.eulerYXZ),
		"ToOrientation":    angles(CFrame.eulerYXZ),
		"ToAxisAngle": func(L *lua.LState, self any) int {
			about, angle := self.(CFrame).axisAngle()
			return vm.Return(L, vec3.box(Of(L), about), lua.LNumber(angle))
		},
		"Lerp": func(L *lua.LState, self any) int {
			to, alpha := cframe.arg(L, 2, "Lerp"), vm.ArgNumber(L, 3, "Lerp")
			return cframe.give(L, self.(CFrame).lerp(to, alpha))
		},
		"FuzzyEq": func(L *lua.LState, self any) int {
			return vm.Return(L, lua.LBool(self.(CFrame).near(cframe.arg(L, 2, "FuzzyEq"),
				vm.OptNumber(L, 3, "FuzzyEq", 1e-5))))
		},
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
	}
}

// near reports whether no component differs by more than epsilon.
func (c CFrame) near(d CFrame, epsilon float64) bool {
	other := d.components()
	for i, n := range c.components() {
		if math.Abs(float64(n-other[i])) > epsilon {
			return false
		}
	}
	return true
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
	case L.GetTop() == 7:
		n := numbers(L, "new", 7)
		turned := ofQuaternion(n[3], n[4], n[5], n[6])
		turned.Position = stdlib.Vector{X: n[0], Y: n[1], Z: n[2]}
		return cframe.give(L, turned)
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
		"fromAxisAngle": func(L *lua.LState) int {
			axis, angle := vec3.arg(L, 1, "fromAxisAngle"), vm.ArgNumber(L, 2, "fromAxisAngle")
			return cframe.give(L, ofAxisAngle(axis, angle))
		},
		"fromMatrix": fromMatrix,
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

// fromMatrix is CFrame.fromMatrix: a place and where the axes point.
func fromMatrix(L *lua.LState) int {
	at := vec3.arg(L, 1, "fromMatrix")
	x, y := vec3.arg(L, 2, "fromMatrix"), vec3.arg(L, 3, "fromMatrix")
	z, given := vec3.of(L.Get(4))
	if !given {
		z = stdlib.Vector{X: x.Y*y.Z - x.Z*y.Y, Y: x.Z*y.X - x.X*y.Z, Z: x.X*y.Y - x.Y*y.X}
		if length := vec3.magnitude(z); length > 0 {
			z = vec3.scale(z, 1/length)
		}
	}
	return cframe.give(L, CFrame{at, [3]stdlib.Vector{
		{X: x.X, Y: y.X, Z: z.X}, {X: x.Y, Y: y.Y, Z: z.Y}, {X: x.Z, Y: y.Z, Z: z.Z},
	}})
}
