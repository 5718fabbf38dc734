package roblox

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// Type is what a property holds. Accept returns the value as the property keeps it, and false for a
// value that cannot be assigned.
type Type struct {
	Name   string // as error texts call it
	Zero   lua.LValue
	Accept func(*Server, lua.LValue) (lua.LValue, bool)

	// Initial replaces Zero where the value belongs to a server.
	Initial func(*Server) lua.LValue
}

// anyType holds what it is given.
func anyType() Type {
	return Type{Name: "value", Zero: lua.LNil,
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) { return v, true }}
}

// stringType holds a string; a number becomes its text.
func stringType() Type {
	return Type{Name: "string", Zero: lua.LString(""), Accept: acceptString}
}

func acceptString(_ *Server, v lua.LValue) (lua.LValue, bool) {
	switch v := v.(type) {
	case lua.LString:
		return v, true
	case lua.LNumber:
		return lua.LString(vm.FormatNumber(float64(v))), true
	}
	return nil, false
}

// numberType holds a number, or what a numeric string spells.
func numberType() Type {
	return Type{Name: "number", Zero: lua.LNumber(0), Accept: acceptNumber}
}

func acceptNumber(_ *Server, v lua.LValue) (lua.LValue, bool) {
	n, ok := vm.ToNumber(v)
	return lua.LNumber(n), ok
}

// intType holds a number without its fraction.
func intType() Type {
	return Type{Name: "number", Zero: lua.LNumber(0),
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) {
			n, ok := vm.ToNumber(v)
			return lua.LNumber(math.Trunc(n)), ok
		}}
}

// boolType holds a boolean.
func boolType() Type {
	return Type{Name: "boolean", Zero: lua.LFalse,
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) {
			_, ok := v.(lua.LBool)
			return v, ok
		}}
}

// refType holds an Instance or nil.
func refType() Type {
	return Type{Name: "Instance", Zero: lua.LNil,
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) {
			return v, v == lua.LNil || AsInstance(v) != nil
		}}
}

// functionType holds a function or nil.
func functionType() Type {
	return Type{Name: "function", Zero: lua.LNil,
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) {
			_, ok := v.(*lua.LFunction)
			return v, ok || v == lua.LNil
		}}
}

// enumType holds an item of an enum, first the given one; an item's name and its number are
// accepted in its place.
func enumType(enum, first string) Type {
	return Type{
		Name:    "EnumItem",
		Initial: func(s *Server) lua.LValue { return s.EnumItem(enum, first).object },
		Accept: func(s *Server, v lua.LValue) (lua.LValue, bool) {
			item := s.enums.accept(enum, v)
			if item == nil {
				return nil, false
			}
			return item.Object(), true
		},
	}
}

// datatypeType holds a value of one of the engine's plain types, such as "Vector3".
func datatypeType(name string, initial func(*Server) lua.LValue) Type {
	return Type{Name: name, Initial: initial,
		Accept: func(_ *Server, v lua.LValue) (lua.LValue, bool) {
			return v, vm.TypeName(v) == name
		}}
}

func (t Type) accept(i *Instance, property string, value lua.LValue) (lua.LValue, error) {
	kept, ok := t.Accept(i.server, value)
	if !ok {
		return nil, fmt.Errorf("Unable to assign property %s. %s expected, got %s",
			property, t.Name, vm.TypeName(value))
	}
	return kept, nil
}
