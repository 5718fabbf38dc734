package luabridge

import (
	"fmt"

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
	return nil
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
		value, ok := g.value(p.Value)
		if !ok {
			continue
		}
		if err := instance.Load(p.Name, value); err != nil {
			return fmt.Errorf("%s: property %s of %s: %w", where(node), p.Name, node.Name, err)
		}
	}
	for _, p := range node.Attributes {
		value, ok := g.value(p.Value)
		if !ok {
			continue
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

func where(node *rojo.Node) string {
	if len(node.Files) == 0 {
		return "the project"
	}
	return node.Files[0]
}

// value converts a property's value as far as scripts of a server can use it.
func (g *Game) value(v any) (lua.LValue, bool) {
	switch v := v.(type) {
	case bool:
		return lua.LBool(v), true
	case float64:
		return lua.LNumber(v), true
	case string:
		return lua.LString(v), true
	case rojo.Typed:
		switch v.Type {
		case "Bool", "String", "Float32", "Float64", "Int32", "Int64", "Enum", "BrickColor",
			"Content", "ProtectedString":
			return g.value(v.Value)
		}
	}
	return nil, false
}
