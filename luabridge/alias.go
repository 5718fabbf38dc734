package luabridge

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"savestone/luabridge/roblox"
	"savestone/luabridge/rojo"
)

// alias finds what require("@alias/rest") begins at in a script: the Instance made of the file or
// folder that as much of the path as possible stands for. What no Instance was made of is loaded
// beside the tree.
func (g *Game) alias(
	script *roblox.Instance, alias string, rest []string,
) (at *roblox.Instance, used int, err error) {
	node := g.nodes[script]
	if node == nil || node.Source == nil {
		return nil, 0, fmt.Errorf("@%s is not a valid alias: %s comes from no file",
			alias, script.FullName())
	}
	file, err := filepath.Abs(node.Source.File)
	if err != nil {
		return nil, 0, fmt.Errorf("@%s: %w", alias, err)
	}
	g.Place.configMu.Lock()
	path, err := g.Place.configs.resolve(file, alias)
	g.Place.configMu.Unlock()
	if err != nil {
		return nil, 0, err
	}
	if g.paths == nil {
		g.mapPaths()
	}
	for used := len(rest); used >= 0; used-- {
		below := filepath.Join(rest[:used]...)
		if instance := g.paths[filepath.Join(path, below)]; instance != nil {
			return instance, used, nil
		}
	}
	at, err = g.detached(alias, path)
	return at, 0, err
}

// mapPaths notes which file or folder each Instance was made of; scripts also without extension, as
// require names them.
func (g *Game) mapPaths() {
	g.paths = map[string]*roblox.Instance{}
	walk(g.Place.Project.Root, func(node *rojo.Node) {
		if instance := g.instances[node]; instance != nil {
			g.mapNode(node, instance)
		}
	})
}

func (g *Game) mapNode(node *rojo.Node, instance *roblox.Instance) {
	if len(node.Files) == 0 {
		return
	}
	path, err := filepath.Abs(node.Files[0])
	if err != nil {
		return // there is no working folder, and so no path to ask for either
	}
	g.paths[path] = instance
	if node.Source == nil {
		return
	}
	name := filepath.Base(path)
	for _, suffix := range []string{".luau", ".lua"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			g.paths[filepath.Join(filepath.Dir(path), stem)] = instance
			if stem == "init" {
				g.paths[filepath.Dir(path)] = instance
			}
		}
	}
}

// detached loads a file or folder that the project does not mount.
func (g *Game) detached(alias, path string) (*roblox.Instance, error) {
	var project *rojo.Project
	var err error
	for _, suffix := range []string{"", ".luau", ".lua"} {
		var failed error
		if project, failed = rojo.LoadPath(path + suffix); failed == nil {
			err = nil
			break
		}
		err = errors.Join(err, failed)
	}
	if err != nil {
		return nil, fmt.Errorf("@%s stands for %s: %w", alias, path, err)
	}
	instance := g.NewInstance(project.Root.ClassName, project.Root.Name, nil)
	if err := g.fill(instance, project.Root); err != nil {
		return nil, err
	}
	if err := g.refer(project.Root); err != nil {
		return nil, err
	}
	walk(project.Root, func(node *rojo.Node) { g.mapNode(node, g.instances[node]) })
	g.paths[path] = instance
	g.Print(roblox.Message{Kind: roblox.Warning, Text: fmt.Sprintf(
		"savestone: @%s stands for %s, which the project does not mount; loaded beside the tree",
		alias, path)})
	return instance, nil
}
