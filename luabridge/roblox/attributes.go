package roblox

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// attributes are values that scripts keep on an Instance under names of their own.
type attributes map[string]lua.LValue

func (a attributes) copy() attributes {
	copied := make(attributes, len(a))
	for name, value := range a {
		copied[name] = value
	}
	return copied
}

const attributeNameBytesMax = 100 // R253

// checkAttributeName returns why a name cannot be an attribute's (R253; the texts are assumed).
func checkAttributeName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("Attribute name cannot be empty")
	case len(name) > attributeNameBytesMax:
		return fmt.Errorf("Attribute name is longer than %d characters", attributeNameBytesMax)
	case strings.HasPrefix(name, "RBX"):
		return fmt.Errorf("Attribute name cannot begin with RBX: %s", name)
	}
	for _, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune(".-/_", r) {
			return fmt.Errorf("Attribute name has a character that is not allowed: %s", name)
		}
	}
	return nil
}

// storable tells which values an attribute can hold.
func storable(value lua.LValue) bool {
	switch vm.TypeName(value) {
	case "nil", "string", "boolean", "number", "EnumItem", "BrickColor", "Color3", "UDim", "UDim2",
		"Vector2", "Vector3", "CFrame", "NumberSequence", "ColorSequence", "NumberRange", "Rect",
		"Font", "vector":
		return true
	}
	return false
}

// Attribute returns an attribute's value, LNil if there is none.
func (i *Instance) Attribute(name string) lua.LValue {
	if value, ok := i.attributes[name]; ok {
		return value
	}
	return lua.LNil
}

// SetAttribute gives an attribute a value; LNil removes it.
func (i *Instance) SetAttribute(name string, value lua.LValue) error {
	if err := checkAttributeName(name); err != nil {
		return err
	}
	if !storable(value) {
		return fmt.Errorf("%s is not a supported attribute type", castName(value))
	}
	if i.Attribute(name) == value {
		return nil
	}
	if i.attributes == nil {
		i.attributes = attributes{}
	}
	if value == lua.LNil {
		delete(i.attributes, name)
	} else {
		i.attributes[name] = value
	}
	i.fire(attributeSignal(name))
	i.fire("AttributeChanged", lua.LString(name))
	return nil
}

func attributeMethods() map[string]Method {
	return map[string]Method{
		"GetAttribute": func(c Call) int { return c.Return(c.Self.Attribute(c.String(1))) },
		"GetAttributes": func(c Call) int {
			table := c.Server.VM.NewTable(0, len(c.Self.attributes))
			for _, name := range sortedKeys(c.Self.attributes) {
				machine.SetField(table, name, c.Self.attributes[name])
			}
			return c.Return(table)
		},
		"GetAttributeChangedSignal": func(c Call) int {
			return c.Return(c.Self.Signal(attributeSignal(c.String(1))).object)
		},
		"SetAttribute": func(c Call) int {
			if err := c.Self.SetAttribute(c.String(1), c.Value(2)); err != nil {
				c.Raise("%s", err)
			}
			return 0
		},
	}
}
