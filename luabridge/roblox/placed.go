package roblox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/stdlib"
)

// placedClasses are the Instances that are somewhere in space. There is no physics: they stay where
// scripts put them.
func placedClasses() []*Class {
	return []*Class{
		{Name: "PVInstance", Super: "Instance", Methods: map[string]Method{
			"GetPivot": func(c Call) int { return cframe.give(c.L, c.pivot()) },
			"PivotTo": func(c Call) int {
				c.Self.move(cframe.arg(c.L, 2, c.Name).times(c.pivot().inverse()))
				return 0
			},
		}},
		{Name: "BasePart", Super: "PVInstance", Properties: frameProperties()},
		{Name: "Attachment", Super: "Instance", Creatable: true, Properties: frameProperties()},
		{Name: "Model", Super: "PVInstance", Creatable: true,
			Properties: map[string]*Property{"PrimaryPart": {Type: refType()}},
			Methods: map[string]Method{
				"GetPrimaryPartCFrame": func(c Call) int {
					return cframe.give(c.L, c.primaryPart().frame())
				},
				"SetPrimaryPartCFrame": func(c Call) int {
					target := cframe.arg(c.L, 2, c.Name)
					c.Self.move(target.times(c.primaryPart().frame().inverse()))
					return 0
				},
			}},
		{Name: "Actor", Super: "Model", Creatable: true},
		{Name: "WorldRoot", Super: "Model"},
	}
}

// primaryPart returns the part that a Model is placed by.
func (c Call) primaryPart() *Instance {
	part := AsInstance(c.Self.Value("PrimaryPart"))
	if part == nil {
		c.Raise("Model:%s() failed because no PrimaryPart has been set, or the PrimaryPart no "+
			"longer exists. Please set Model.PrimaryPart before using this.", c.Name)
	}
	return part
}

// pivot returns where an Instance is held. A Model without PrimaryPart has a pivot only if it was
// given one: its middle depends on shapes.
func (c Call) pivot() CFrame {
	self := c.Self
	switch {
	case self.IsA("BasePart"):
		offset, _ := cframe.of(self.Value("PivotOffset"))
		return self.frame().times(offset)
	case self.IsA("Model") && AsInstance(self.Value("PrimaryPart")) != nil:
		part := AsInstance(self.Value("PrimaryPart"))
		offset, _ := cframe.of(part.Value("PivotOffset"))
		return part.frame().times(offset)
	case self.values["WorldPivot"] != nil:
		pivot, _ := cframe.of(self.values["WorldPivot"])
		return pivot
	}
	c.Raise("savestone does not emulate %s:%s without PrimaryPart or WorldPivot",
		self.class.Name, c.Name)
	return CFrame{}
}

// move takes an Instance and all below it from where it is by a motion in the world's space.
func (i *Instance) move(by CFrame) {
	i.walk(func(d *Instance) {
		if d.IsA("BasePart") {
			d.setFrame(by.times(d.frame()))
		} else if pivot, ok := cframe.of(d.values["WorldPivot"]); ok {
			d.keep("WorldPivot", cframe.box(d.server, by.times(pivot)))
			d.changed("WorldPivot")
		}
	})
}

// frame returns the CFrame of a part or an attachment.
func (i *Instance) frame() CFrame {
	if frame, ok := cframe.of(i.values["CFrame"]); ok {
		return frame
	}
	return CFrame{Rotation: unrotated}
}

// setFrame moves a part or an attachment, whose properties change together.
func (i *Instance) setFrame(frame CFrame) {
	if i.frame() == frame {
		return
	}
	i.keep("CFrame", cframe.box(i.server, frame))
	for _, name := range []string{"CFrame", "Position", "Orientation", "Rotation"} {
		i.changed(name)
	}
}

// frameProperties are a CFrame and the views of it.
func frameProperties() map[string]*Property {
	vector := datatypeType("Vector3", nil)
	view := func(get func(CFrame) stdlib.Vector,
		set func(CFrame, stdlib.Vector) CFrame) *Property {
		return &Property{Type: vector,
			Default: lua.LNil,
			Get:     func(i *Instance) lua.LValue { return vec3.box(i.server, get(i.frame())) },
			Set: func(i *Instance, v lua.LValue) error {
				to, _ := vec3.of(v)
				i.setFrame(set(i.frame(), to))
				return nil
			}}
	}
	return map[string]*Property{
		"CFrame": {Type: datatypeType("CFrame", nil), Default: lua.LNil,
			Get: func(i *Instance) lua.LValue { return cframe.box(i.server, i.frame()) },
			Set: func(i *Instance, v lua.LValue) error {
				to, _ := cframe.of(v)
				i.setFrame(to)
				return nil
			}},
		"Position": view(func(c CFrame) stdlib.Vector { return c.Position },
			func(c CFrame, at stdlib.Vector) CFrame { return CFrame{at, c.Rotation} }),
		"Orientation": view(func(c CFrame) stdlib.Vector { return degrees(c.eulerYXZ()) },
			func(c CFrame, a stdlib.Vector) CFrame { return c.turned(a, 1, 0, 2) }),
		"Rotation": view(func(c CFrame) stdlib.Vector { return degrees(c.eulerXYZ()) },
			func(c CFrame, a stdlib.Vector) CFrame { return c.turned(a, 0, 1, 2) }),
	}
}

func degrees(x, y, z float64) stdlib.Vector {
	part := func(angle float64) float32 { return float32(angle * 180 / math.Pi) }
	return stdlib.Vector{X: part(x), Y: part(y), Z: part(z)}
}

// turned returns the frame at the same place with rotations in degrees, multiplied in an order.
func (c CFrame) turned(by stdlib.Vector, axes ...int) CFrame {
	turned := CFrame{Rotation: unrotated}
	for _, axis := range axes {
		angle := [3]float32{by.X, by.Y, by.Z}[axis]
		turned = turned.times(rotationAbout(axis, float64(angle)*math.Pi/180))
	}
	turned.Position = c.Position
	return turned
}

// humanoidClass is what carries a character's health.
func humanoidClass() *Class {
	health := func(i *Instance) float64 { return float64(i.Value("Health").(lua.LNumber)) }
	set := func(i *Instance, to float64) {
		before := health(i)
		to = min(max(to, 0), float64(i.Value("MaxHealth").(lua.LNumber)))
		if to == before {
			return
		}
		i.keep("Health", lua.LNumber(to))
		i.changed("Health")
		i.fire("HealthChanged", lua.LNumber(to))
		if to == 0 {
			i.fire("Died")
		}
	}
	return &Class{Name: "Humanoid", Super: "Instance", Creatable: true,
		Properties: map[string]*Property{
			"MaxHealth": {Type: numberType(), Default: lua.LNumber(100)},
			"Health": {Type: numberType(), Default: lua.LNumber(100),
				Set: func(i *Instance, v lua.LValue) error {
					set(i, float64(v.(lua.LNumber)))
					return nil
				}},
		},
		Methods: map[string]Method{
			"TakeDamage": func(c Call) int {
				amount := c.Number(1)
				character := c.Self.parent
				if character == nil || character.findChild(func(f *Instance) bool {
					return f.IsA("ForceField")
				}) == nil {
					set(c.Self, health(c.Self)-amount)
				}
				return 0
			},
		}}
}
