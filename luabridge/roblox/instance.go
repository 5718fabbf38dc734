package roblox

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Instance is one object of the data model.
type Instance struct {
	// Data is what the Instance's class keeps in Go; Class.Init puts it there.
	Data any

	server     *Server
	class      *Class
	object     *lua.LUserData // stands for the Instance in Luau
	name       string
	parent     *Instance
	children   []*Instance
	values     map[string]lua.LValue // properties that were assigned, and callbacks
	attributes attributes
	tags       []string
	signals    map[string]*Signal
	waiting    []*childWaiter
	locked     bool // the parent may not change any more
	hidden     bool // not Archivable: Clone leaves it out
	destroyed  bool
}

// LuauType implements vm.Typed.
func (*Instance) LuauType() string { return "Instance" }

// String returns the name, as tostring does.
func (i *Instance) String() string { return i.name }

// AsInstance returns the Instance that a Luau value is, or nil.
func AsInstance(value lua.LValue) *Instance {
	if object, ok := value.(*lua.LUserData); ok {
		instance, _ := object.Value.(*Instance)
		return instance
	}
	return nil
}

// NewInstance makes an Instance of any class, also of those that scripts cannot create. Of a class
// that this package does not emulate it makes a plain container, as file formats need it.
func (s *Server) NewInstance(class, name string, parent *Instance) *Instance {
	c := s.classOf(class)
	i := &Instance{server: s, class: c, name: name}
	i.object = s.userdata(i)
	c.init(i)
	if parent != nil {
		i.place(parent)
	}
	return i
}

// classOf returns a class, made for the occasion if this package does not emulate it.
func (s *Server) classOf(name string) *Class {
	if c, ok := s.classes[name]; ok {
		return c
	}
	c := &Class{Name: name, Super: "Instance", plain: true}
	if known, ok := robloxClasses()[name]; ok {
		c.Super = known.super
	}
	c.super = s.classOf(c.Super)
	s.classes[name] = c
	return c
}

// Object returns the value that stands for the Instance in Luau, LNil for a nil Instance.
func (i *Instance) Object() lua.LValue {
	if i == nil {
		return lua.LNil
	}
	return i.object
}

// Server returns the server whose data model the Instance belongs to.
func (i *Instance) Server() *Server { return i.server }

// ClassName returns the name of the Instance's class.
func (i *Instance) ClassName() string { return i.class.Name }

// IsA reports whether the Instance is of a class or of one that inherits from it.
func (i *Instance) IsA(class string) bool { return i.class.is(class) }

// Name returns the Instance's name.
func (i *Instance) Name() string { return i.name }

// SetName renames the Instance.
func (i *Instance) SetName(name string) {
	if i.name == name {
		return
	}
	i.name = name
	i.changed("Name")
	if i.parent != nil {
		i.parent.childAppeared(i)
	}
}

// Parent returns the Instance's parent, or nil.
func (i *Instance) Parent() *Instance { return i.parent }

// Children returns the children in the order they came.
func (i *Instance) Children() []*Instance { return append([]*Instance(nil), i.children...) }

// Descendants returns everything below the Instance, parents before their children.
func (i *Instance) Descendants() []*Instance {
	var all []*Instance
	i.walk(func(d *Instance) { all = append(all, d) })
	return all[1:]
}

// walk visits the Instance and everything below it.
func (i *Instance) walk(visit func(*Instance)) {
	visit(i)
	for _, child := range i.Children() {
		child.walk(visit)
	}
}

// FindFirstChild returns the first child of a name, or nil.
func (i *Instance) FindFirstChild(name string) *Instance {
	return i.findChild(func(c *Instance) bool { return c.name == name })
}

func (i *Instance) findChild(matches func(*Instance) bool) *Instance {
	for _, child := range i.children {
		if matches(child) {
			return child
		}
	}
	return nil
}

func (i *Instance) findDescendant(matches func(*Instance) bool) *Instance {
	for _, child := range i.children {
		if matches(child) {
			return child
		}
		if found := child.findDescendant(matches); found != nil {
			return found
		}
	}
	return nil
}

func (i *Instance) findAncestor(matches func(*Instance) bool) *Instance {
	for a := i.parent; a != nil; a = a.parent {
		if matches(a) {
			return a
		}
	}
	return nil
}

// IsDescendantOf reports whether the Instance is somewhere below another.
func (i *Instance) IsDescendantOf(ancestor *Instance) bool {
	return i.findAncestor(func(a *Instance) bool { return a == ancestor }) != nil
}

// InGame reports whether the Instance is part of the server's data model.
func (i *Instance) InGame() bool { return i == i.server.game || i.IsDescendantOf(i.server.game) }

// FullName returns the names from the service down to the Instance, joined by dots, which is also
// what error positions call a script (R246).
func (i *Instance) FullName() string {
	if i.parent == nil {
		return i.name
	}
	var names []string
	for a := i; a != nil && a != i.server.game; a = a.parent {
		names = append(names, a.name)
	}
	for from, to := 0, len(names)-1; from < to; from, to = from+1, to-1 {
		names[from], names[to] = names[to], names[from]
	}
	return strings.Join(names, ".")
}

// SetParent moves the Instance, or takes it out of the tree for nil.
func (i *Instance) SetParent(parent *Instance) error {
	switch {
	case parent == i.parent:
		return nil
	case i.locked:
		return fmt.Errorf(
			"The Parent property of %s is locked, current parent: %s, new parent %s",
			i.name, parentName(i.parent), parentName(parent))
	case parent == i:
		return fmt.Errorf("Attempt to set %s as its own parent", i.FullName())
	case parent != nil && parent.IsDescendantOf(i):
		return fmt.Errorf("Attempt to set parent of %s to %s would result in circular reference",
			i.FullName(), parent.FullName())
	case parent != nil && parent.destroyed && parent.locked:
		return fmt.Errorf("Attempt to set parent of %s to %s, which is destroyed",
			i.FullName(), parent.FullName())
	}
	i.place(parent)
	return nil
}

func parentName(i *Instance) string {
	if i == nil {
		return "NULL"
	}
	return i.name
}

// place does what SetParent decided, and tells everyone.
func (i *Instance) place(parent *Instance) {
	wasInGame := i.InGame()
	if old := i.parent; old != nil {
		i.tellAncestors("DescendantRemoving")
		old.children = without(old.children, i)
		i.parent = nil
		old.fire("ChildRemoved", i.object)
	}
	i.parent = parent
	if parent != nil {
		parent.children = append(parent.children, i)
		parent.fire("ChildAdded", i.object)
		i.tellAncestors("DescendantAdded")
		parent.childAppeared(i)
	}
	i.walk(func(d *Instance) { d.fire("AncestryChanged", i.object, parent.Object()) })
	i.changed("Parent")
	if inGame := i.InGame(); inGame != wasInGame {
		i.walk(func(d *Instance) { i.server.tagged.moved(d, inGame) })
	}
	i.walk((*Instance).placed)
}

// placed tells the server's owner of a script that may have to run now.
func (i *Instance) placed() {
	if tell := i.server.options.Placed; tell != nil && i.IsA("BaseScript") && i.InGame() {
		tell(i)
	}
}

// tellAncestors fires a signal of every ancestor for the Instance and all below it.
func (i *Instance) tellAncestors(event string) {
	for a := i.parent; a != nil; a = a.parent {
		if a.signals[event] != nil {
			i.walk(func(d *Instance) { a.fire(event, d.object) })
		}
	}
}

func without[T comparable](list []T, gone T) []T {
	kept := make([]T, 0, len(list))
	for _, item := range list {
		if item != gone {
			kept = append(kept, item)
		}
	}
	return kept
}

// Signal returns one of the Instance's events; the class must have it.
func (i *Instance) Signal(event string) *Signal {
	signal, ok := i.signals[event]
	if !ok {
		if i.signals == nil {
			i.signals = map[string]*Signal{}
		}
		signal = i.server.NewSignal(event)
		signal.owner = i
		i.signals[event] = signal
	}
	return signal
}

// fire fires an event that nobody may have asked for yet.
func (i *Instance) fire(event string, args ...lua.LValue) {
	if signal, ok := i.signals[event]; ok {
		signal.Fire(args...)
	}
}

// propertySignal is the event of one property's changes; attributes have theirs under another
// prefix, so that no name of one can be that of the other or of an event.
func propertySignal(name string) string  { return "property " + name }
func attributeSignal(name string) string { return "attribute " + name }

// changed tells that a property has a new value. The Changed event of a value object is about its
// Value alone, and carries it.
func (i *Instance) changed(property string) {
	i.fire(propertySignal(property))
	if i.class.is("ValueBase") {
		if property == "Value" {
			i.fire("Changed", i.values[property])
		}
		return
	}
	i.fire("Changed", lua.LString(property))
}

// Destroy takes the Instance and everything below it out of the game for good (R250).
func (i *Instance) Destroy() {
	if i.destroyed {
		return
	}
	i.destroyed = true
	i.fire("Destroying")
	if i.parent != nil && !i.locked {
		i.place(nil)
	}
	i.locked = true
	for _, child := range i.Children() {
		child.Destroy()
	}
	for _, name := range sortedKeys(i.signals) {
		i.signals[name].sever()
	}
}

// Clone copies the Instance with all below it that is Archivable; it returns nil if the Instance
// itself is not. References among the copied Instances point to the copies.
func (i *Instance) Clone() *Instance {
	if i.hidden {
		return nil
	}
	copies := map[*Instance]*Instance{}
	root := i.clone(nil, copies)
	for original, copied := range copies {
		for name, value := range original.values {
			if inner := copies[AsInstance(value)]; inner != nil && AsInstance(value) != nil {
				copied.values[name] = inner.object
			}
		}
	}
	return root
}

func (i *Instance) clone(parent *Instance, copies map[*Instance]*Instance) *Instance {
	c := i.server.NewInstance(i.class.Name, i.name, nil)
	copies[i] = c
	for name, value := range i.values {
		if m := i.member(name); m == nil || m.kind == propertyMember {
			c.keep(name, value)
		}
	}
	c.attributes = i.attributes.copy()
	for _, tag := range i.tags {
		c.AddTag(tag)
	}
	if parent != nil {
		c.place(parent)
	}
	for _, child := range i.children {
		if !child.hidden {
			child.clone(c, copies)
		}
	}
	return c
}

// keep stores a property's value as it is.
func (i *Instance) keep(name string, value lua.LValue) {
	if i.values == nil {
		i.values = map[string]lua.LValue{}
	}
	i.values[name] = value
}

// copyAlone copies the Instance without its children.
func (i *Instance) copyAlone() *Instance {
	children := i.children
	i.children = nil
	defer func() { i.children = children }()
	return i.clone(nil, map[*Instance]*Instance{})
}
