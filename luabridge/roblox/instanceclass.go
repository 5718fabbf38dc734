package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// instanceClasses is the class that all others inherit from (R250).
func instanceClasses() []*Class {
	return []*Class{{
		Name:       "Instance",
		Properties: instanceProperties(),
		Methods: merge(findMethods(), treeMethods(), attributeMethods(), tagMethods(),
			signalMethods()),
		Aliases: map[string]string{
			"children": "GetChildren", "clone": "Clone", "destroy": "Destroy",
			"findFirstChild": "FindFirstChild", "getChildren": "GetChildren", "isA": "IsA",
			"isDescendantOf": "IsDescendantOf", "remove": "Remove",
		},
		Events: []string{"AncestryChanged", "AttributeChanged", "Changed", "ChildAdded",
			"ChildRemoved", "DescendantAdded", "DescendantRemoving", "Destroying"},
	}}
}

func merge(tables ...map[string]Method) map[string]Method {
	all := map[string]Method{}
	for _, table := range tables {
		for name, method := range table {
			all[name] = method
		}
	}
	return all
}

func instanceProperties() map[string]*Property {
	return map[string]*Property{
		"Archivable": {
			Type: boolType(),
			Get:  func(i *Instance) lua.LValue { return lua.LBool(!i.hidden) },
			Set: func(i *Instance, v lua.LValue) error {
				i.hidden = v == lua.LFalse
				i.changed("Archivable")
				return nil
			},
		},
		"ClassName": {
			Type: stringType(), ReadOnly: true,
			Get: func(i *Instance) lua.LValue { return lua.LString(i.class.Name) },
		},
		"Name": {
			Type: stringType(),
			Get:  func(i *Instance) lua.LValue { return lua.LString(i.name) },
			Set: func(i *Instance, v lua.LValue) error {
				i.SetName(string(v.(lua.LString)))
				return nil
			},
		},
		"Parent": {
			Type: refType(),
			Get:  func(i *Instance) lua.LValue { return i.parent.Object() },
			Set:  func(i *Instance, v lua.LValue) error { return i.SetParent(AsInstance(v)) },
		},
	}
}

// finder is a method that finds one Instance.
func finder(find func(c Call, self *Instance, name string) *Instance) Method {
	return func(c Call) int { return c.Return(find(c, c.Self, c.String(1)).Object()) }
}

func findMethods() map[string]Method {
	named := func(name string) func(*Instance) bool {
		return func(i *Instance) bool { return i.name == name }
	}
	classed := func(name string) func(*Instance) bool {
		return func(i *Instance) bool { return i.class.Name == name }
	}
	inheriting := func(name string) func(*Instance) bool {
		return func(i *Instance) bool { return i.IsA(name) }
	}
	return map[string]Method{
		"FindFirstChild": finder(func(c Call, self *Instance, name string) *Instance {
			if c.OptBool(2, false) {
				return self.findDescendant(named(name))
			}
			return self.FindFirstChild(name)
		}),
		"FindFirstChildOfClass": finder(func(_ Call, self *Instance, name string) *Instance {
			return self.findChild(classed(name))
		}),
		"FindFirstChildWhichIsA": finder(func(c Call, self *Instance, name string) *Instance {
			if c.OptBool(2, false) {
				return self.findDescendant(inheriting(name))
			}
			return self.findChild(inheriting(name))
		}),
		"FindFirstDescendant": finder(func(_ Call, self *Instance, name string) *Instance {
			return self.findDescendant(named(name))
		}),
		"FindFirstAncestor": finder(func(_ Call, self *Instance, name string) *Instance {
			return self.findAncestor(named(name))
		}),
		"FindFirstAncestorOfClass": finder(func(_ Call, self *Instance, name string) *Instance {
			return self.findAncestor(classed(name))
		}),
		"FindFirstAncestorWhichIsA": finder(func(_ Call, self *Instance, name string) *Instance {
			return self.findAncestor(inheriting(name))
		}),
		"WaitForChild": waitForChild,
	}
}

func treeMethods() map[string]Method {
	return map[string]Method{
		"ClearAllChildren": func(c Call) int {
			for _, child := range c.Self.Children() {
				child.Destroy()
			}
			return 0
		},
		"Clone": func(c Call) int { return c.Return(c.Self.Clone().Object()) },
		"Destroy": func(c Call) int {
			if c.Self.class.Service || c.Self == c.Server.game {
				c.Raise("%s", c.Self.SetParent(nil))
			}
			c.Self.Destroy()
			return 0
		},
		"Remove": func(c Call) int {
			if err := c.Self.SetParent(nil); err != nil {
				c.Raise("%s", err)
			}
			return 0
		},
		"GetChildren": func(c Call) int {
			return c.Return(c.Server.list(c.Self.children))
		},
		"GetDescendants": func(c Call) int {
			return c.Return(c.Server.list(c.Self.Descendants()))
		},
		"GetFullName": func(c Call) int { return c.Return(lua.LString(c.Self.FullName())) },
		"IsA":         func(c Call) int { return c.Return(lua.LBool(c.Self.IsA(c.String(1)))) },
		"IsAncestorOf": func(c Call) int {
			return c.Return(lua.LBool(c.Instance(1).IsDescendantOf(c.Self)))
		},
		"IsDescendantOf": func(c Call) int {
			ancestor := c.OptInstance(1)
			if ancestor == nil {
				return c.Return(lua.LTrue) // nil is above everything
			}
			return c.Return(lua.LBool(c.Self.IsDescendantOf(ancestor)))
		},
	}
}

// list makes a Luau list of Instances.
func (s *Server) list(instances []*Instance) *lua.LTable {
	table := s.VM.NewTable(len(instances), 0)
	for _, i := range instances {
		machine.Append(table, i.object)
	}
	return table
}

func signalMethods() map[string]Method {
	return map[string]Method{
		"GetPropertyChangedSignal": func(c Call) int {
			name := c.String(1)
			if m := c.Self.member(name); m == nil || m.kind != propertyMember {
				c.Raise("%s is not a valid property name.", name)
			}
			return c.Return(c.Self.Signal(propertySignal(name)).object)
		},
		"IsPropertyModified": func(c Call) int {
			m := c.Self.member(c.String(1))
			if m == nil || m.kind != propertyMember {
				c.Raise("%s is not a valid property name.", c.String(1))
			}
			return c.Return(lua.LBool(c.Self.values[m.name] != nil))
		},
	}
}

// instanceGlobal makes the global table Instance (R251).
func (s *Server) instanceGlobal() *lua.LTable {
	table := s.VM.NewTable(0, 2)
	create := s.VM.NewFunction("new", func(L *lua.LState) int {
		name, ok := L.Get(1).(lua.LString)
		if !ok {
			vm.ArgTypeError(L, 1, "new", "string")
		}
		parent := AsInstance(L.Get(2))
		if parent == nil && L.Get(2) != lua.LNil {
			vm.ArgTypeError(L, 2, "new", "Instance")
		}
		i, err := s.create(string(name))
		if err == nil && parent != nil {
			err = i.SetParent(parent)
		}
		if err != nil {
			vm.Raise(L, err.Error())
		}
		return vm.Return(L, i.object)
	})
	machine.SetField(table, "new", create)
	copied := s.VM.NewFunction("fromExisting", func(L *lua.LState) int {
		original := AsInstance(L.Get(1))
		if original == nil {
			vm.ArgTypeError(L, 1, "fromExisting", "Instance")
		}
		return vm.Return(L, original.copyAlone().object)
	})
	machine.SetField(table, "fromExisting", copied)
	machine.Freeze(table)
	return table
}
