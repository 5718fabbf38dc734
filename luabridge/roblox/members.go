package roblox

import (
	"cmp"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// Get returns what a script gets for instance.name: a member of the class or else a child (R252).
func (i *Instance) Get(name string) (lua.LValue, error) {
	m := i.member(name)
	if m == nil {
		if value, ok := i.values[name]; ok { // a file gave it to a class this package lacks
			return value, nil
		}
		if child := i.FindFirstChild(name); child != nil {
			return child.object, nil
		}
		return nil, i.noMember(name)
	}
	switch m.kind {
	case methodMember:
		return m.function, nil
	case eventMember:
		return i.Signal(name).object, nil
	case callbackMember:
		return nil, fmt.Errorf("%s is a callback member of %s; you can only set the callback "+
			"value, get is not available", name, i.class.Name)
	}
	if value := i.property(m); value != nil {
		return value, nil
	}
	return nil, fmt.Errorf("savestone does not know what %s.%s is before something sets it",
		i.class.Name, name)
}

// property returns the value of a property, nil for a listed one whose default is not known.
func (i *Instance) property(m *member) lua.LValue {
	if m.property.Get != nil {
		return m.property.Get(i)
	}
	if value, ok := i.values[m.name]; ok {
		return value
	}
	if m.listed {
		return i.class.listedDefault(i.server, m.name)
	}
	return m.property.Default
}

// Value returns a property's value; the class must have it.
func (i *Instance) Value(name string) lua.LValue { return i.property(i.member(name)) }

// Callback returns the function that a script assigned to a callback member, or nil.
func (i *Instance) Callback(name string) *lua.LFunction {
	fn, _ := i.values[name].(*lua.LFunction)
	return fn
}

func (i *Instance) noMember(name string) error {
	_, known := robloxClasses()[i.class.Name]
	if known && i.class.plain && len(i.class.listing()) == 0 {
		return fmt.Errorf("savestone does not emulate %s.%s, nor the rest of the class",
			i.class.Name, name)
	}
	return fmt.Errorf("%s is not a valid member of %s %q", name, i.class.Name, i.FullName())
}

// Set does what a script's instance.name = value does.
func (i *Instance) Set(name string, value lua.LValue) error {
	m := i.member(name)
	switch {
	case m == nil:
		return i.noMember(name)
	case m.kind == callbackMember:
		if _, ok := value.(*lua.LFunction); !ok && value != lua.LNil {
			return fmt.Errorf("Unable to assign property %s. function expected, got %s",
				name, vm.TypeName(value))
		}
		i.keep(name, value)
		i.fire(callbackSignal(name))
		return nil
	case m.kind != propertyMember:
		return fmt.Errorf("%s cannot be assigned to", name)
	case m.property.ReadOnly:
		return fmt.Errorf("Unable to assign property %s. Property is read only", name)
	}
	return i.Store(name, value)
}

// Store assigns a property, checked by its type, also one that scripts can only read.
func (i *Instance) Store(name string, value lua.LValue) error {
	m := i.member(name)
	if m == nil || m.kind != propertyMember {
		return i.noMember(name)
	}
	kept, err := m.property.Type.accept(i, name, value)
	if err != nil {
		return err
	}
	if m.property.Set != nil {
		return m.property.Set(i, kept)
	}
	now, plainData := i.property(m), m.property.Type.Initial != nil
	if now == kept || plainData && now != nil && sameValue(now, kept) {
		return nil
	}
	i.keep(name, kept)
	i.changed(name)
	return nil
}

// Load gives a property the value that a file has for it. A property that the class does not know
// is kept as it is.
func (i *Instance) Load(name string, value lua.LValue) error {
	if m := i.member(name); m != nil && m.kind == propertyMember {
		return i.Store(name, value)
	}
	i.keep(name, value)
	return nil
}

// PropertyType returns what a file's value for a property has to become: the name of a datatype or
// of a plain type, "" if the class knows no such property.
func (i *Instance) PropertyType(name string) string {
	if m := i.member(name); m != nil && m.kind == propertyMember {
		return m.property.Type.Name
	}
	return ""
}

// callbackSignal is the event of a callback member being assigned.
func callbackSignal(name string) string { return "callback " + name }

// defineInstance makes the metatable of Instances.
func (s *Server) defineInstance() {
	meta := s.VM.NewTable(0, 4)
	machine.SetField(meta, "__index", s.VM.NewFunction("", func(L *lua.LState) int {
		i := AsInstance(L.Get(1))
		value, err := i.Get(memberName(L))
		if err != nil {
			vm.Raise(L, err.Error())
		}
		L.Push(value)
		return 1
	}))
	machine.SetField(meta, "__newindex", s.VM.NewFunction("", func(L *lua.LState) int {
		i := AsInstance(L.Get(1))
		if err := i.Set(memberName(L), L.Get(3)); err != nil {
			vm.Raise(L, err.Error())
		}
		return 0
	}))
	machine.SetField(meta, "__metatable", lua.LString("The metatable is locked"))
	s.metatables["Instance"] = meta
}

// memberName reads the key of an index operation.
func memberName(L *lua.LState) string {
	name, ok := L.Get(2).(lua.LString)
	if !ok {
		vm.Raise(L, fmt.Sprintf("invalid argument #2 (string expected, got %s)",
			vm.TypeName(L.Get(2))))
	}
	return string(name)
}

// lacks reports whether Roblox has a class that this package has no code for.
func (s *Server) lacks(class string) bool {
	c, ok := s.classes[class]
	_, known := robloxClasses()[class]
	return known && (!ok || c.plain)
}

// create makes an Instance for a script (R251).
func (s *Server) create(class string) (*Instance, error) {
	c, ok := s.classes[class]
	switch {
	case ok && c.Creatable:
		return s.NewInstance(class, cmp.Or(c.NewName, class), nil), nil
	case s.lacks(class) && robloxClasses()[class].creatable:
		if s.classOf(class).is("ValueBase") {
			return s.NewInstance(class, "Value", nil), nil
		}
		return s.NewInstance(class, class, nil), nil
	}
	return nil, fmt.Errorf("Unable to create an Instance of type %q", class)
}
