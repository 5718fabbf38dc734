package roblox

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// EnumItem is one value of an enum, such as Enum.SortDirection.Ascending.
type EnumItem struct {
	Enum  *Enum
	Name  string
	Value int

	object *lua.LUserData
}

// Enum is a set of named values.
type Enum struct {
	Name  string
	Items []*EnumItem

	object *lua.LUserData
}

// enums is the global table Enum. An enum is made when it is first asked for: there are hundreds.
type enums struct {
	server *Server
	made   map[string]*Enum
	object *lua.LUserData
}

// LuauType implements vm.Typed.
func (*EnumItem) LuauType() string { return "EnumItem" }

// LuauType implements vm.Typed.
func (*Enum) LuauType() string { return "Enum" }

// LuauType implements vm.Typed.
func (*enums) LuauType() string { return "Enums" }

// String returns "Enum.Type.Item".
func (i *EnumItem) String() string { return "Enum." + i.Enum.Name + "." + i.Name }

// String returns the enum's name.
func (e *Enum) String() string { return e.Name }

// String returns "Enums".
func (*enums) String() string { return "Enums" }

func (i *EnumItem) memberOf() string { return `"` + i.String() + `"` }
func (e *Enum) memberOf() string     { return `"Enum.` + e.Name + `"` }
func (*enums) memberOf() string      { return `"Enum"` }

// Object returns the value that stands for the item in Luau.
func (i *EnumItem) Object() lua.LValue { return i.object }

// AsEnumItem returns the item that a Luau value is, or nil.
func AsEnumItem(value lua.LValue) *EnumItem {
	if object, ok := value.(*lua.LUserData); ok {
		item, _ := object.Value.(*EnumItem)
		return item
	}
	return nil
}

func newEnums(s *Server) *enums {
	all := &enums{server: s, made: map[string]*Enum{}}
	all.object = s.userdata(all)
	return all
}

// find returns an enum, or nil.
func (all *enums) find(name string) *Enum {
	if e, ok := all.made[name]; ok {
		return e
	}
	line, known := enumLines()[name]
	if !known {
		return nil
	}
	e := &Enum{Name: name}
	e.object = all.server.userdata(e)
	for _, item := range enumItems(line) {
		item.Enum = e
		item.object = all.server.userdata(&item)
		e.Items = append(e.Items, &item)
	}
	all.made[name] = e
	return e
}

// EnumItem returns an item by name; the pair must exist.
func (s *Server) EnumItem(enum, item string) *EnumItem {
	if found := s.enums.find(enum).item(item); found != nil {
		return found
	}
	panic(fmt.Sprintf("roblox: no Enum.%s.%s", enum, item))
}

// value returns the item with a number; the pair must exist.
func (all *enums) value(enum string, value int) *EnumItem {
	if item := all.find(enum).value(value); item != nil {
		return item
	}
	panic(fmt.Sprintf("roblox: Enum.%s has no value %d", enum, value))
}

// accept returns the item of an enum that a value stands for: the item itself, its name or number.
func (all *enums) accept(enum string, value lua.LValue) *EnumItem {
	switch value := value.(type) {
	case lua.LString:
		return all.find(enum).item(string(value))
	case lua.LNumber:
		return all.find(enum).value(int(value))
	}
	if item := AsEnumItem(value); item != nil && item.Enum.Name == enum {
		return item
	}
	return nil
}

func (e *Enum) item(name string) *EnumItem {
	for _, item := range e.Items {
		if item.Name == name {
			return item
		}
	}
	return nil
}

func (e *Enum) value(value int) *EnumItem {
	for _, item := range e.Items {
		if item.Value == value {
			return item
		}
	}
	return nil
}

func enumsDatatype() Datatype {
	return Datatype{
		Name: "Enums",
		Methods: map[string]func(*lua.LState, any) int{
			"GetEnums": func(L *lua.LState, self any) int {
				list := vm.Of(L).NewTable(0, 0)
				for _, name := range sortedKeys(enumLines()) {
					machine.Append(list, self.(*enums).find(name).object)
				}
				return vm.Return(L, list)
			},
		},
		Index: func(self any, name string) (lua.LValue, bool) {
			if e := self.(*enums).find(name); e != nil {
				return e.object, true
			}
			return nil, false
		},
	}
}

func enumDatatype() Datatype {
	find := func(L *lua.LState, item *EnumItem) int {
		if item == nil {
			return vm.Return(L, lua.LNil)
		}
		return vm.Return(L, item.object)
	}
	return Datatype{
		Name: "Enum",
		Methods: map[string]func(*lua.LState, any) int{
			"GetEnumItems": func(L *lua.LState, self any) int {
				list := vm.Of(L).NewTable(0, 0)
				for _, item := range self.(*Enum).Items {
					machine.Append(list, item.object)
				}
				return vm.Return(L, list)
			},
			"FromName": func(L *lua.LState, self any) int {
				return find(L, self.(*Enum).item(vm.ArgString(L, 2, "FromName")))
			},
			"FromValue": func(L *lua.LState, self any) int {
				return find(L, self.(*Enum).value(vm.ArgInt(L, 2, "FromValue")))
			},
		},
		Index: func(self any, name string) (lua.LValue, bool) {
			if item := self.(*Enum).item(name); item != nil {
				return item.object, true
			}
			return nil, false
		},
	}
}

func itemDatatype() Datatype {
	return Datatype{
		Name: "EnumItem",
		Fields: map[string]func(any) lua.LValue{
			"Name":     func(self any) lua.LValue { return lua.LString(self.(*EnumItem).Name) },
			"Value":    func(self any) lua.LValue { return lua.LNumber(self.(*EnumItem).Value) },
			"EnumType": func(self any) lua.LValue { return self.(*EnumItem).Enum.object },
		},
		Methods: map[string]func(*lua.LState, any) int{
			"IsA": func(L *lua.LState, self any) int {
				return vm.Return(L,
					lua.LBool(vm.ArgString(L, 2, "IsA") == self.(*EnumItem).Enum.Name))
			},
		},
	}
}
