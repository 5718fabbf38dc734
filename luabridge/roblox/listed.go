package roblox

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// What scripts can name in each class of Roblox, as of engine 0.735: a line for each class. An item
// is a method "Name()", an event "Name@", a callback "Name$", or a property "Name:type", which may
// be read only "Name:type!" and may have a default "Name:type=default". "Name=default" is a default
// for an inherited property.
//
//go:embed members.txt
var membersText string

// listedLines holds the line of each class, not yet split.
var listedLines = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(membersText) {
		class, items, _ := strings.Cut(line, " ")
		lines[class] = items
	}
	return lines
})

// listing is what members.txt says of one class: by name, what follows the name.
func (c *Class) listing() map[string]string {
	if c.listed == nil {
		c.listed = map[string]string{}
		for _, item := range strings.Fields(listedLines()[c.Name]) {
			name := item[:strings.IndexAny(item, ":=()@$")]
			c.listed[name] = item[len(name):]
		}
	}
	return c.listed
}

// findListed returns a member that Roblox has and this package has no code for. Properties hold
// what they are given, events never fire by themselves, and methods refuse to be called.
func (c *Class) findListed(s *Server, name string) *member {
	for ; c != nil; c = c.super {
		text, ok := c.listing()[name]
		if !ok || text[0] == '=' {
			continue
		}
		switch text[0] {
		case '(':
			return &member{name: name, kind: methodMember,
				function: s.bindMethod(c, name, refused(c.Name, name)[name])}
		case '@':
			return &member{name: name, kind: eventMember}
		case '$':
			return &member{name: name, kind: callbackMember}
		}
		kind, _, _ := strings.Cut(text[1:], "=")
		kind, readOnly := strings.CutSuffix(kind, "!")
		return &member{name: name, kind: propertyMember, listed: true,
			property: &Property{Type: listedType(kind), ReadOnly: readOnly}}
	}
	return nil
}

// listedType returns what a property of a type that members.txt names holds.
func listedType(name string) Type {
	switch name {
	case "any":
		return anyType()
	case "bool":
		return boolType()
	case "number":
		return numberType()
	case "string":
		return stringType()
	case "Instance":
		return refType()
	}
	if items, ok := enumLines()[name]; ok {
		return enumType(name, enumItems(items)[0].Name)
	}
	return datatypeType(name, func(*Server) lua.LValue { return lua.LNil })
}

// listedDefault returns what a property holds that nothing has set, nil if that is not known.
func (c *Class) listedDefault(s *Server, name string) lua.LValue {
	if value, known := c.defaults[name]; known {
		return value
	}
	kind, text, readOnly := "", "", false
	for from := c; from != nil && kind == ""; from = from.super {
		item, value, set := strings.Cut(from.listing()[name], "=")
		if set && text == "" {
			text = value
		}
		kind, readOnly = strings.CutSuffix(strings.TrimPrefix(item, ":"), "!")
	}
	if readOnly && kind == "Instance" {
		kind = "" // the engine decides what it refers to
	}
	if c.defaults == nil {
		c.defaults = map[string]lua.LValue{}
	}
	c.defaults[name] = s.listedValue(kind, text)
	return c.defaults[name]
}

// listedValue reads a default of members.txt.
func (s *Server) listedValue(kind, text string) lua.LValue {
	switch {
	case kind == "Instance" || kind == "any":
		return lua.LNil
	case text == "":
		return nil
	case kind == "string":
		return lua.LString(strings.Trim(text, `"`))
	case kind == "bool":
		return lua.LBool(text == "true")
	}
	if _, ok := enumLines()[kind]; ok {
		return s.EnumItem(kind, text).object
	}
	var n []float64
	for part := range strings.SplitSeq(text, ",") {
		number, err := strconv.ParseFloat(part, 64)
		if err != nil {
			panic("roblox: members.txt: " + text)
		}
		n = append(n, number)
	}
	return s.numericValue(kind, n)
}

// numericValue makes a value of a type that is written as a few numbers; nil for other types.
func (s *Server) numericValue(kind string, n []float64) lua.LValue {
	switch {
	case kind == "number" && len(n) == 1:
		return lua.LNumber(n[0])
	case kind == "BrickColor" && len(n) == 1:
		color, _ := brickColor(lua.LNumber(n[0]))
		return s.Box(color)
	case kind == "Vector2" && len(n) == 2:
		return vec2.box(s, Vector2{float32(n[0]), float32(n[1])})
	case kind == "Vector3" && len(n) == 3:
		return s.NewVector3(n[0], n[1], n[2])
	case kind == "Color3" && len(n) == 3:
		return s.NewColor3(n[0]/math.MaxUint8, n[1]/math.MaxUint8, n[2]/math.MaxUint8)
	case kind == "CFrame" && len(n) == 3:
		return cframe.box(s, cframeOf([]float32{float32(n[0]), float32(n[1]), float32(n[2]),
			1, 0, 0, 0, 1, 0, 0, 0, 1}))
	case kind == "CFrame" && len(n) == 12:
		parts := make([]float32, len(n))
		for i := range n {
			parts[i] = float32(n[i])
		}
		return cframe.box(s, cframeOf(parts))
	case kind == "UDim" && len(n) == 2:
		return udim.box(s, UDim{float32(n[0]), float32(n[1])})
	case kind == "UDim2" && len(n) == 4:
		return udim2.box(s, UDim2{UDim{float32(n[0]), float32(n[1])},
			UDim{float32(n[2]), float32(n[3])}})
	}
	return nil
}
