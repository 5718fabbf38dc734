package roblox

import (
	"fmt"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// Datatype describes to scripts a type of values that are not Instances, such as DateTime.
type Datatype struct {
	Name    string // what typeof gives
	Fields  map[string]func(value any) lua.LValue
	Methods map[string]func(L *lua.LState, self any) int // arguments begin at 2
	Meta    map[string]lua.LGFunction                    // "__eq", "__add", ...

	// Derived are fields whose value has to be made anew.
	Derived map[string]func(s *Server, value any) lua.LValue

	// Absent are fields that Roblox has and this package has not.
	Absent []string

	// Index looks up what is neither field nor method; nil and false when there is none.
	Index func(self any, name string) (lua.LValue, bool)
}

// datatypes lists the datatypes of the package.
func datatypes() []Datatype {
	return append(recordDatatypes(),
		signalDatatype(), connectionDatatype(), enumsDatatype(), enumDatatype(), itemDatatype(),
		dateTimeDatatype(), vector3Datatype(), vector2Datatype(), cframeDatatype(),
		color3Datatype(), tweenInfoDatatype(), randomDatatype(), secretDatatype(),
		udimDatatypes()[0], udimDatatypes()[1], brickColorDatatype(),
	)
}

// define makes the metatable of a datatype.
func (s *Server) define(d Datatype) {
	methods := make(map[string]*lua.LFunction, len(d.Methods))
	for name, method := range d.Methods {
		methods[name] = s.VM.NewFunction(name, func(L *lua.LState) int {
			self, ok := L.Get(1).(*lua.LUserData)
			if !ok || vm.TypeName(self) != d.Name {
				raiseNoSelf(L, name)
			}
			return method(L, self.Value)
		})
	}
	meta := s.VM.NewTable(0, 3+len(d.Meta))
	machine.SetField(meta, "__index", s.VM.NewFunction("", func(L *lua.LState) int {
		self, name := L.Get(1).(*lua.LUserData).Value, memberName(L)
		if field, ok := d.Fields[name]; ok {
			return vm.Return(L, field(self))
		}
		if derived, ok := d.Derived[name]; ok {
			return vm.Return(L, derived(s, self))
		}
		if method, ok := methods[name]; ok {
			return vm.Return(L, method)
		}
		if d.Index != nil {
			if value, ok := d.Index(self, name); ok {
				return vm.Return(L, value)
			}
		}
		if slices.Contains(d.Absent, name) {
			vm.Raise(L, fmt.Sprintf("savestone does not emulate %s.%s", d.Name, name))
		}
		vm.Raise(L, name+" is not a valid member of "+describe(d.Name, self))
		return 0
	}))
	machine.SetField(meta, "__newindex", s.VM.NewFunction("", func(L *lua.LState) int {
		vm.Raise(L, memberName(L)+" cannot be assigned to")
		return 0
	}))
	machine.SetField(meta, "__metatable", lua.LString("The metatable is locked"))
	machine.SetField(meta, "__type", lua.LString(d.Name)) // for values that are not vm.Typed
	for _, event := range sortedKeys(d.Meta) {
		machine.SetField(meta, event, s.VM.NewFunction("", d.Meta[event]))
	}
	s.metatables[d.Name] = meta
}

// describe names the object that lacks a member.
func describe(datatype string, self any) string {
	if named, ok := self.(interface{ memberOf() string }); ok {
		return named.memberOf()
	}
	return datatype
}

// userdata wraps a value of a datatype that was defined. Two calls make two objects: a value with
// an identity keeps its own.
func (s *Server) userdata(value vm.Typed) *lua.LUserData {
	return &lua.LUserData{Value: value, Metatable: s.metatables[value.LuauType()]}
}

// Box wraps a value of a datatype for Luau.
func (s *Server) Box(value vm.Typed) lua.LValue { return s.userdata(value) }

// constructors makes the global table of a datatype, or another of functions and values.
func (s *Server) constructors(
	functions map[string]lua.LGFunction, values map[string]lua.LValue,
) lua.LValue {
	table := s.VM.NewTable(0, len(functions)+len(values))
	for _, name := range sortedKeys(functions) {
		machine.SetField(table, name, s.VM.NewFunction(name, functions[name]))
	}
	for _, name := range sortedKeys(values) {
		machine.SetField(table, name, values[name])
	}
	vm.Freeze(table)
	return table
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
