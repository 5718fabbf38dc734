package roblox

import (
	lua "github.com/yuin/gopher-lua"
)

// Class describes the Instances of one class to scripts. Fields that are nil are empty.
type Class struct {
	Name  string
	Super string // "" only for Instance

	Creatable bool   // by Instance.new
	NewName   string // of what Instance.new makes; "" means Name
	Service   bool   // there is at most one, which GetService makes

	Properties map[string]*Property
	Methods    map[string]Method
	Aliases    map[string]string // names that old code calls a method by
	Events     []string
	Callbacks  []string // members that scripts may only assign a function to

	// Init sets up what an Instance keeps in Go, Instance.Data.
	Init func(*Instance)

	plain    bool // no code is about it: what its Instances can do is only listed
	super    *Class
	members  map[string]*member
	found    map[string]*member    // by find, also inherited
	listed   map[string]string     // see listing
	defaults map[string]lua.LValue // see listedDefault
}

// Property is a value that an Instance has under a name.
type Property struct {
	Type     Type
	Default  lua.LValue // nil stands for Type.Zero
	ReadOnly bool       // for scripts

	// Get computes the value where it is not simply what was last assigned.
	Get func(*Instance) lua.LValue
	// Set replaces the plain assignment, after the value was checked against Type.
	Set func(*Instance, lua.LValue) error
}

// Method is what scripts call as instance:Name(...). It reads its arguments from the call and ends
// with call.Return.
type Method func(call Call) int

type memberKind uint8

const (
	propertyMember memberKind = iota
	methodMember
	eventMember
	callbackMember
)

// member is one name of a class.
type member struct {
	name     string
	kind     memberKind
	property *Property
	function *lua.LFunction // the same for every Instance, so that methods compare equal
	listed   bool           // not this package's own: the default may be unknown
}

// registry holds the classes of one server. It belongs to the server because the functions in it
// belong to the server's VM.
type registry map[string]*Class

// classTables lists the classes of the package, an area each.
func classTables() [][]*Class {
	return [][]*Class{
		instanceClasses(), containerClasses(), placedClasses(), {humanoidClass()}, valueClasses(),
		scriptClasses(), remoteClasses(),
		gameClasses(), serviceClasses(), fileSystemClasses(), playerClasses(), runClasses(),
		dataStoreClasses(), memoryStoreClasses(), {httpServiceClass(), messagingClass()},
	}
}

func (s *Server) buildClasses() {
	s.classes = registry{}
	for _, table := range classTables() {
		for _, class := range table {
			s.classes[class.Name] = class
			s.bind(class)
		}
	}
	for _, class := range s.classes {
		if class.Super != "" {
			class.super = s.classes[class.Super]
		}
	}
}

// bind makes the members of a class.
func (s *Server) bind(class *Class) {
	class.members = make(map[string]*member,
		len(class.Properties)+len(class.Methods)+len(class.Events)+len(class.Callbacks))
	for name, property := range class.Properties {
		switch {
		case property.Default != nil:
		case property.Type.Initial != nil:
			property.Default = property.Type.Initial(s)
		default:
			property.Default = property.Type.Zero
		}
		class.members[name] = &member{name: name, kind: propertyMember, property: property}
	}
	for name, method := range class.Methods {
		class.members[name] = &member{
			name: name, kind: methodMember, function: s.bindMethod(class, name, method),
		}
	}
	for old, name := range class.Aliases {
		class.members[old] = class.members[name]
	}
	for _, name := range class.Events {
		class.members[name] = &member{name: name, kind: eventMember}
	}
	for _, name := range class.Callbacks {
		class.members[name] = &member{name: name, kind: callbackMember}
	}
}

func (s *Server) bindMethod(class *Class, name string, method Method) *lua.LFunction {
	return s.VM.NewFunction(name, func(L *lua.LState) int {
		self := AsInstance(L.Get(1))
		if self == nil || !self.class.is(class.Name) {
			raiseNoSelf(L, name)
		}
		return method(Call{L: L, Self: self, Server: s, Name: name})
	})
}

// is reports whether the class is name or inherits from it.
func (c *Class) is(name string) bool {
	for ; c != nil; c = c.super {
		if c.Name == name {
			return true
		}
	}
	return false
}

// find returns a member of the class or of those it inherits from, or nil.
func (s *Server) find(c *Class, name string) *member {
	if m, ok := c.found[name]; ok {
		return m
	}
	m := c.findOwn(name)
	if m == nil {
		m = c.findListed(s, name)
	}
	if m != nil { // a name that is no member may be a child's, and of those there is no end
		if c.found == nil {
			c.found = map[string]*member{}
		}
		c.found[name] = m
	}
	return m
}

func (c *Class) findOwn(name string) *member {
	for ; c != nil; c = c.super {
		if m, ok := c.members[name]; ok {
			return m
		}
	}
	return nil
}

// member returns a member of the Instance's class, or nil.
func (i *Instance) member(name string) *member { return i.server.find(i.class, name) }

func (c *Class) init(i *Instance) {
	if c.super != nil {
		c.super.init(i)
	}
	if c.Init != nil {
		c.Init(i)
	}
}
