package scenarios

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"savestone/lua"
	"savestone/luabridge"
	"savestone/luabridge/rojo"
	"savestone/scenarios/library"
)

// ownProject names the library in lua/ as a system's project.
const ownProject = "@savestone"

// build is a system ready to be started on any number of servers: the user's project with the
// driver and an adapter in it.
type build struct {
	name    string
	place   *luabridge.Place
	boot    *rojo.Node
	config  json.RawMessage
	scripts bool
	hash    string // of all sources
}

// boot runs the adapter with what the world offers, and the driver with what the adapter returns.
const boot = `--!strict
local adapt = require(script.Parent.Adapter) :: any
local drive = require(script.Parent.Driver) :: any
return function(host: any): any
	if type(adapt) ~= "function" then
		error("the adapter returned " .. typeof(adapt) .. ", want a function", 0)
	end
	local system = adapt(host)
	if system == nil then
		return nil
	elseif type(system) ~= "table" then
		error("the adapter's function returned " .. typeof(system) .. ", want a table", 0)
	elseif type(system.path) ~= "table" then
		error("the adapter's path: got " .. typeof(system.path) .. ", want a table of texts", 0)
	end
	for _, name in { "key", "load", "save", "leave", "close" } do
		if type(system[name]) ~= "function" then
			local got = typeof(system[name])
			error("the adapter's " .. name .. ": got " .. got .. ", want a function", 0)
		end
	end
	return drive(system, host)
end
`

func adapterNames() string { return strings.Join(library.Adapters(), ", ") }

// builds makes the system and its other builds, by name; the system itself is "".
func (p *Plan) builds(f *File) (map[string]*build, error) {
	all := map[string]*build{}
	base, err := p.System.build(f, "")
	if err != nil {
		return nil, fmt.Errorf("system: %w", err)
	}
	all[""] = base
	for _, name := range sortedKeys(p.System.Builds) {
		other := p.System.over(p.System.Builds[name])
		if all[name], err = other.build(f, name); err != nil {
			return nil, fmt.Errorf("system.builds.%s: %w", name, err)
		}
	}
	if p.System.Build != "" && all[p.System.Build] == nil {
		return nil, fmt.Errorf("system.build: got %q, want one of system.builds", p.System.Build)
	}
	return all, nil
}

// over is the system with what another build says differently.
func (s System) over(other *System) System {
	built := s
	built.Builds = nil
	if other.Project != "" {
		built.Project = other.Project
	}
	if other.Adapter != "" {
		built.Adapter = other.Adapter
	}
	if other.Config != nil {
		built.Config = other.Config
	}
	built.Patches = slices.Concat(s.Patches, other.Patches)
	return built
}

func (s System) build(f *File, name string) (*build, error) {
	project, err := s.project(f)
	if err != nil {
		return nil, err
	}
	adapter, file, err := s.adapter(f)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(s.Config)
	if err != nil {
		return nil, err
	}
	b := &build{
		name: name, config: config, scripts: s.Scripts,
		boot: module("Boot", boot, "savestone/Boot.luau"),
	}
	service := serviceNode(project.Root, "ServerScriptService")
	service.Children = append(service.Children, &rojo.Node{
		Name: "Savestone", ClassName: "Folder", Children: []*rojo.Node{
			b.boot, module("Adapter", adapter, file),
			module("Driver", library.Driver(), "savestone/Driver.luau"),
		},
	})
	if err := s.patch(project.Root); err != nil {
		return nil, err
	}
	b.place = luabridge.NewPlace(project)
	b.hash = hashOf(sources(project.Root)...)
	return b, nil
}

func module(name, text, file string) *rojo.Node {
	return &rojo.Node{
		Name: name, ClassName: "ModuleScript", Source: &rojo.Source{Text: text, File: file},
		Files: []string{file},
	}
}

// serviceNode finds a service of the tree, or makes it.
func serviceNode(root *rojo.Node, name string) *rojo.Node {
	if found := root.Child(name); found != nil {
		return found
	}
	made := &rojo.Node{Name: name, ClassName: name}
	root.Children = append(root.Children, made)
	return made
}

// project reads the user's project; without one the tree is empty.
func (s System) project(f *File) (*rojo.Project, error) {
	switch s.Project {
	case "":
		return &rojo.Project{Name: s.Name, Root: &rojo.Node{
			Name: "Game", ClassName: "DataModel",
		}}, nil
	case ownProject:
		services, err := folder(lua.Sources, "src", "DataServices")
		if err != nil {
			return nil, err
		}
		return &rojo.Project{Name: "DataServices", Root: &rojo.Node{
			Name: "Game", ClassName: "DataModel", Children: []*rojo.Node{{
				Name: "ReplicatedStorage", ClassName: "ReplicatedStorage",
				Children: []*rojo.Node{services},
			}},
		}}, nil
	}
	file := filepath.FromSlash(s.Project)
	if !filepath.IsAbs(file) {
		file = filepath.Join(f.Dir, file)
	}
	project, err := rojo.Load(file)
	if err != nil {
		return nil, err
	}
	return rojo.Place(project)
}

// folder makes nodes of embedded sources: a module for each file, init.luau for its folder.
func folder(from fs.FS, dir, name string) (*rojo.Node, error) {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		return nil, err
	}
	node := &rojo.Node{Name: name, ClassName: "Folder", Files: []string{path.Join("lua", dir)}}
	for _, entry := range entries {
		at := path.Join(dir, entry.Name())
		if entry.IsDir() {
			child, err := folder(from, at, entry.Name())
			if err != nil {
				return nil, err
			}
			node.Children = append(node.Children, child)
			continue
		}
		text, err := fs.ReadFile(from, at)
		if err != nil {
			return nil, err
		}
		child := module(strings.TrimSuffix(entry.Name(), ".luau"), string(text), "lua/"+at)
		if child.Name == "init" {
			node.ClassName, node.Source = child.ClassName, child.Source
			continue
		}
		node.Children = append(node.Children, child)
	}
	return node, nil
}

// adapter reads the adapter's source.
func (s System) adapter(f *File) (text, file string, err error) {
	if text, ok := library.Adapter(s.Adapter); ok {
		return text, "savestone/adapters/" + s.Adapter + ".luau", nil
	}
	if s.Adapter == "" {
		return "return function() return nil end\n", "savestone/none.luau", nil
	}
	text, err = f.read(s.Adapter)
	if os.IsNotExist(err) || f.Dir == "" && err != nil {
		err = fmt.Errorf("adapter: got %q, want a file or one of %s", s.Adapter, adapterNames())
	}
	return text, s.Adapter, err
}

// patch changes sources.
func (s System) patch(root *rojo.Node) error {
	for _, p := range s.Patches {
		found := 0
		visit(root, func(node *rojo.Node) {
			source := node.Source
			if source == nil || !strings.HasSuffix(filepath.ToSlash(source.File), p.File) {
				return
			}
			n := strings.Count(node.Source.Text, p.Find)
			found += n
			if n == 1 {
				changed := *node.Source
				changed.Text = strings.Replace(changed.Text, p.Find, p.Replace, 1)
				node.Source = &changed
			}
		})
		if found != 1 {
			return fmt.Errorf("patch of %s: found its text %d times, want once: %q",
				p.File, found, p.Find)
		}
	}
	return nil
}

func visit(node *rojo.Node, do func(*rojo.Node)) {
	do(node)
	for _, child := range node.Children {
		visit(child, do)
	}
}

// sources are the texts of all scripts with their names, in the order of the tree.
func sources(root *rojo.Node) []string {
	var texts []string
	visit(root, func(node *rojo.Node) {
		if node.Source != nil {
			texts = append(texts, node.Name, node.Source.Text)
		}
	})
	return texts
}
