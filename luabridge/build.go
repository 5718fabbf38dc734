package luabridge

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/roblox"
	"savestone/luabridge/rojo"
)

// build makes Instances of the project's nodes. Services become the servers' own.
func (g *Game) build() error {
	root := g.Place.Project.Root
	g.nodes[g.Game()] = root
	for _, child := range root.Children {
		if err := g.grow(child, g.Game()); err != nil {
			return err
		}
	}
	return g.refer(root)
}

// targetPrefix begins the attributes that name a property and the $id of what it refers to.
const targetPrefix = "Rojo_Target_"

// refer sets the properties that are other Instances, once all are there.
func (g *Game) refer(root *rojo.Node) error {
	named := map[string]*rojo.Node{}
	walk(root, func(node *rojo.Node) {
		if node.ID != "" {
			named[node.ID] = node
		}
	})
	var failed error
	refer := func(node *rojo.Node, property string, target *rojo.Node) {
		instance := g.instances[node]
		if err := instance.Load(property, g.instances[target].Object()); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: property %s of %s: %w",
				where(node), property, node.Name, err))
		}
	}
	walk(root, func(node *rojo.Node) {
		for _, p := range node.Properties {
			if ref, ok := p.Value.(rojo.Ref); ok && g.instances[ref.Target] != nil {
				refer(node, p.Name, ref.Target)
			}
		}
		for _, p := range node.Attributes {
			property, ok := strings.CutPrefix(p.Name, targetPrefix)
			id, isText := p.Value.(string)
			if ok && isText && named[id] != nil {
				refer(node, property, named[id])
			}
		}
	})
	return failed
}

func (g *Game) grow(node *rojo.Node, parent *roblox.Instance) error {
	return g.fill(g.instance(node, parent), node)
}

// fill makes an Instance what its node says, with everything below it.
func (g *Game) fill(instance *roblox.Instance, node *rojo.Node) error {
	g.nodes[instance], g.instances[node] = node, instance
	if err := g.dress(instance, node); err != nil {
		return err
	}
	for _, child := range node.Children {
		if err := g.grow(child, instance); err != nil {
			return err
		}
	}
	return nil
}

// instance finds or makes what a node stands for. Like a service, the containers that Roblox puts
// into StarterPlayer are there already.
func (g *Game) instance(node *rojo.Node, parent *roblox.Instance) *roblox.Instance {
	if parent == g.Game() && g.HasService(node.ClassName) {
		service := g.Service(node.ClassName)
		service.SetName(node.Name)
		return service
	}
	if there := parent.FindFirstChild(node.Name); there != nil &&
		there.ClassName() == node.ClassName && g.nodes[there] == nil {
		return there
	}
	return g.NewInstance(node.ClassName, node.Name, parent)
}

// dress gives an Instance its properties and attributes. What the value of a property means is
// decided by the class; a value that no class here has a use for is left out, and reading it later
// says so.
func (g *Game) dress(instance *roblox.Instance, node *rojo.Node) error {
	for _, p := range node.Properties {
		if p.Name == "Tags" {
			addTags(instance, p.Value)
			continue
		}
		value, ok := g.value(instance.PropertyType(p.Name), p.Value)
		if !ok {
			continue
		}
		if err := instance.Load(p.Name, value); err != nil {
			return fmt.Errorf("%s: property %s of %s: %w", where(node), p.Name, node.Name, err)
		}
	}
	for _, p := range node.Attributes {
		value, ok := g.value("", p.Value)
		if !ok {
			return fmt.Errorf("%s: attribute %s of %s: savestone does not emulate values of %s",
				where(node), p.Name, node.Name, typeName(p.Value))
		}
		if err := instance.SetAttribute(p.Name, value); err != nil {
			return fmt.Errorf("%s: attribute %s of %s: %w", where(node), p.Name, node.Name, err)
		}
	}
	if node.Source != nil {
		return instance.Load("Source", lua.LString(node.Source.Text))
	}
	return nil
}

// addTags reads the property Tags, a list of names.
func addTags(instance *roblox.Instance, value any) {
	if typed, ok := value.(rojo.Typed); ok {
		value = typed.Value
	}
	list, _ := value.([]any)
	for _, tag := range list {
		if name, ok := tag.(string); ok {
			instance.AddTag(name)
		}
	}
}

func where(node *rojo.Node) string {
	if len(node.Files) == 0 {
		return "the project"
	}
	return node.Files[0]
}

// value converts a property's value. Kind is the type of the property, for values whose file leaves
// it to the class.
func (g *Game) value(kind string, v any) (lua.LValue, bool) {
	if typed, ok := v.(rojo.Typed); ok {
		return g.FileValue(typed.Type, typed.Value)
	}
	return g.FileValue(kind, v)
}

func typeName(v any) string {
	if typed, ok := v.(rojo.Typed); ok {
		return "the type " + typed.Type
	}
	return fmt.Sprintf("this form (%v)", v)
}
