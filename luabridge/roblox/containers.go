package roblox

import (
	lua "github.com/yuin/gopher-lua"
)

// containerClasses are the classes that hold other Instances and little else.
func containerClasses() []*Class {
	return []*Class{
		{Name: "Folder", Super: "Instance", Creatable: true},
		{Name: "Configuration", Super: "Instance", Creatable: true},
	}
}

// valueClasses are the value objects; Changed of a value object carries the new value.
func valueClasses() []*Class {
	value := func(name string, t Type) *Class {
		return &Class{Name: name, Super: "ValueBase", Creatable: true, NewName: "Value",
			Properties: map[string]*Property{"Value": {Type: t}}}
	}
	return []*Class{
		{Name: "ValueBase", Super: "Instance"},
		value("StringValue", stringType()),
		value("IntValue", intType()),
		value("NumberValue", numberType()),
		value("BoolValue", boolType()),
		value("ObjectValue", refType()),
		value("Vector3Value", datatypeType("Vector3", func(s *Server) lua.LValue {
			return s.NewVector3(0, 0, 0)
		})),
		value("CFrameValue", datatypeType("CFrame", func(s *Server) lua.LValue {
			return cframe.box(s, CFrame{Rotation: unrotated})
		})),
		value("Color3Value", datatypeType("Color3", func(s *Server) lua.LValue {
			return s.NewColor3(0, 0, 0)
		})),
	}
}

// scriptClasses are the carriers of source text.
func scriptClasses() []*Class {
	source := func() *Property { return &Property{Type: stringType()} }
	return []*Class{
		{Name: "LuaSourceContainer", Super: "Instance"},
		{Name: "BaseScript", Super: "LuaSourceContainer", Properties: map[string]*Property{
			"Disabled": {
				Type: boolType(),
				Get: func(i *Instance) lua.LValue {
					return lua.LBool(i.Value("Enabled") == lua.LFalse)
				},
				Set: func(i *Instance, v lua.LValue) error {
					return i.Store("Enabled", lua.LBool(v == lua.LFalse))
				},
			},
			"Enabled": {Type: boolType(), Default: lua.LTrue,
				Set: func(i *Instance, v lua.LValue) error {
					if i.Value("Enabled") != v {
						i.keep("Enabled", v)
						i.changed("Enabled")
						i.placed()
					}
					return nil
				}},
			"RunContext": enumProperty("RunContext", "Legacy"),
		}},
		{Name: "Script", Super: "BaseScript", Creatable: true,
			Properties: map[string]*Property{"Source": source()}},
		{Name: "LocalScript", Super: "Script", Creatable: true},
		{Name: "ModuleScript", Super: "LuaSourceContainer", Creatable: true,
			Properties: map[string]*Property{"Source": source()}},
	}
}

// enumProperty holds an item of an enum, first the given one.
func enumProperty(enum, item string) *Property {
	return &Property{Type: enumType(enum, item)}
}

// remoteClasses are what scripts call each other through.
func remoteClasses() []*Class {
	return []*Class{
		{Name: "BindableEvent", Super: "Instance", Creatable: true, NewName: "Event",
			Events: []string{"Event"},
			Methods: map[string]Method{"Fire": func(c Call) int {
				c.Self.fire("Event", c.copied(1)...)
				return 0
			}}},
		{Name: "BindableFunction", Super: "Instance", Creatable: true, NewName: "Function",
			Callbacks: []string{"OnInvoke"},
			Methods: map[string]Method{"Invoke": func(c Call) int {
				return c.invoke("OnInvoke", c.copied(1))
			}}},
		{Name: "BaseRemoteEvent", Super: "Instance"},
		{Name: "RemoteEvent", Super: "BaseRemoteEvent", Creatable: true,
			Events:  []string{"OnServerEvent"},
			Methods: clientMethods("FireClient", "FireAllClients")},
		{Name: "UnreliableRemoteEvent", Super: "BaseRemoteEvent", Creatable: true,
			Events:  []string{"OnServerEvent"},
			Methods: clientMethods("FireClient", "FireAllClients")},
		{Name: "RemoteFunction", Super: "Instance", Creatable: true,
			Callbacks: []string{"OnServerInvoke"},
			Methods: map[string]Method{"InvokeClient": func(c Call) int {
				c.Raise("savestone does not emulate clients: RemoteFunction:InvokeClient")
				return 0
			}}},
	}
}
