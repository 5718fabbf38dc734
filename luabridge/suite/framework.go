package suite

import (
	"fmt"
	"slices"
	"strings"

	"savestone/luabridge"
	"savestone/luabridge/rojo"
)

// Framework is who finds and runs the cases of a project.
type Framework string

// The frameworks. Those but Own and Script are the project's own, run as they are.
const (
	Auto   Framework = "auto"   // those that the project has files for
	Own    Framework = "own"    // this package, for modules named *.spec
	TestEZ Framework = "testez" // for modules named *.spec
	Jest   Framework = "jest"   // for what is below a jest.config
	Midori Framework = "midori" // for modules named *.test
	Script Framework = "script" // Scripts of ServerScriptService and TestService
)

// Frameworks lists what Options.Framework can be.
var Frameworks = []Framework{Auto, Own, TestEZ, Jest, Midori, Script}

// Title is how a framework is called in print.
func (f Framework) Title() string {
	switch f {
	case TestEZ:
		return "TestEZ"
	case Jest:
		return "Jest"
	case Midori:
		return "Midori"
	case Script:
		return "scripts"
	}
	return "savestone's runner"
}

// group is what one framework runs.
type group struct {
	framework Framework
	module    *rojo.Node   // of a framework that is the project's own
	projects  []*rojo.Node // Jest's: what a jest.config is in
	specs     []spec
}

// packageFolders hold what others wrote, with cases that are not this project's.
var packageFolders = []string{
	"Packages", "DevPackages", "ServerPackages", "_Index", "node_modules",
	"roblox_packages", "roblox_server_packages", "luau_packages", "lune_packages", ".pesde",
}

// sourceFolders are what the main module of an npm package is called.
var sourceFolders = []string{"src", "out", "lib"}

// survey is what there is in a tree that frameworks look for.
type survey struct {
	roots   []string // where cases are looked for, as full names with slashes; empty: everywhere
	modules map[Framework]*rojo.Node
	depth   map[Framework]int
	configs []spec // what a jest.config is in
	modular []spec // modules that may hold cases
	scripts []spec
}

// find groups the files of a place by the framework that runs them.
func find(place *luabridge.Place, o Options) ([]group, error) {
	roots, err := companionRoots(place)
	if err != nil {
		return nil, err
	}
	s := &survey{roots: roots, modules: map[Framework]*rojo.Node{}, depth: map[Framework]int{}}
	s.visit(place.Project.Root, nil, false)
	groups, err := s.groups(o.Framework)
	if err != nil {
		return nil, err
	}
	for i := range groups {
		groups[i].specs = slices.DeleteFunc(groups[i].specs, func(found spec) bool {
			return !matches(found.node, found.name, o.Files)
		})
		groups[i].specs = o.Shard.of(groups[i].specs)
	}
	all := len(o.Files) == 0 && o.Shard.Of == 0
	return slices.DeleteFunc(groups, func(g group) bool {
		// Jest's testMatch may name files that nobody else would take for tests.
		return len(g.specs) == 0 && !(all && g.framework == Jest)
	}), nil
}

func (s *survey) visit(node *rojo.Node, path []string, foreign bool) {
	for _, child := range node.Children {
		at := append(slices.Clip(path), child.Name)
		name := strings.Join(at, "/")
		if child.ClassName == "ModuleScript" && child.Source != nil {
			s.framework(child, at)
		}
		inPackage := foreign || slices.Contains(packageFolders, child.Name)
		if s.within(name) && (!inPackage || len(s.roots) > 0) {
			s.file(node, child, strings.Join(path, "/"), name)
		}
		s.visit(child, at, inPackage)
	}
}

// within reports whether cases are looked for at a place in the tree.
func (s *survey) within(name string) bool {
	return len(s.roots) == 0 || slices.ContainsFunc(s.roots, func(root string) bool {
		return name == root || strings.HasPrefix(name, root+"/")
	})
}

// framework notes a module that is a framework. What only a package needs, deep in a package
// manager's index, is not the project's choice; of several the one nearest to the root is.
func (s *survey) framework(node *rojo.Node, at []string) {
	if slices.Contains(at, "_Index") || slices.Contains(at, ".pesde") {
		return
	}
	name := node.Name
	if slices.Contains(sourceFolders, name) && len(at) > 1 {
		name = at[len(at)-2]
	}
	for _, f := range []Framework{TestEZ, Jest, Midori} {
		named := strings.EqualFold(name, string(f))
		if depth, found := s.depth[f]; named && (!found || len(at) < depth) {
			s.modules[f], s.depth[f] = node, len(at)
		}
	}
}

// file notes what may hold cases.
func (s *survey) file(parent, node *rojo.Node, parentName, name string) {
	isModule := node.ClassName == "ModuleScript" && node.Source != nil
	switch {
	case isModule && node.Name == "jest.config":
		s.configs = append(s.configs, spec{node: parent, name: parentName})
	case isModule && (strings.HasSuffix(node.Name, ".spec") ||
		strings.HasSuffix(node.Name, ".test") || strings.Contains(name, "/__tests__/")):
		s.modular = append(s.modular, spec{node: node, name: name})
	case node.ClassName == "Script" && node.Source != nil && runsOnServer(node, name):
		s.scripts = append(s.scripts, spec{node: node, name: name})
	}
}

func runsOnServer(node *rojo.Node, name string) bool {
	service, _, _ := strings.Cut(name, "/")
	context := node.Property("RunContext")
	return (service == "ServerScriptService" || service == "TestService") &&
		context != "Client" && context != "Plugin"
}

// groups shares the files out. A file that none of the project's own frameworks runs is ours.
func (s *survey) groups(wanted Framework) ([]group, error) {
	isOf := func(f Framework) bool { return wanted == f || wanted == Auto || wanted == "" }
	var groups []group
	rest := s.modular
	take := func(f Framework, belongs func(spec) bool) {
		var mine, others []spec
		for _, found := range rest {
			if belongs(found) {
				mine = append(mine, found)
			} else {
				others = append(others, found)
			}
		}
		configured := f == Jest && s.modules[Jest] != nil && len(s.configs) > 0
		if isOf(f) && (len(mine) > 0 || configured) {
			g := group{framework: f, module: s.modules[f], specs: mine}
			for _, config := range s.configs {
				g.projects = append(g.projects, config.node)
			}
			groups = append(groups, g)
			rest = others
		}
	}
	if wanted != Own {
		take(Jest, func(found spec) bool { return s.modules[Jest] != nil && s.inJest(found) })
		take(TestEZ, func(found spec) bool { return s.modules[TestEZ] != nil && isSpec(found) })
		take(Midori, func(found spec) bool {
			return s.modules[Midori] != nil && strings.HasSuffix(found.node.Name, ".test")
		})
	}
	take(Own, isSpec)
	s.addInits(groups)
	if wanted == Script || len(groups) == 0 && isOf(Script) {
		groups = append(groups, group{framework: Script, specs: s.scripts})
	}
	return groups, s.missing(wanted)
}

// initName is a module whose hooks and marks are for all cases of the folder it is in.
const initName = "init.spec"

// addInits tells our own runner's files of the init.spec of each folder around them.
func (s *survey) addInits(groups []group) {
	for _, g := range groups {
		for i := range g.specs {
			mine := &g.specs[i]
			for _, other := range s.modular {
				folder := strings.TrimSuffix(other.name, initName)
				if g.framework == Own && other.node.Name == initName &&
					other.name != mine.name && strings.HasPrefix(mine.name, folder) {
					mine.inits = append(mine.inits, other)
				}
			}
			slices.SortFunc(mine.inits, func(a, b spec) int { return len(a.name) - len(b.name) })
		}
	}
}

// missing is the error for a framework that was asked for and is not there.
func (s *survey) missing(wanted Framework) error {
	switch wanted {
	case TestEZ, Jest, Midori:
		if s.modules[wanted] == nil {
			return fmt.Errorf("the framework is %s, but the place has no ModuleScript named %s",
				wanted, wanted.Title())
		}
		if wanted == Jest && len(s.configs) == 0 {
			return fmt.Errorf("the framework is jest, but the place has no jest.config; " +
				"Jest runs what is below one")
		}
	}
	return nil
}

func isSpec(found spec) bool { return strings.HasSuffix(found.node.Name, ".spec") }

// inJest reports whether a file is below a jest.config.
func (s *survey) inJest(found spec) bool {
	return slices.ContainsFunc(s.configs, func(config spec) bool {
		return config.name == "" || strings.HasPrefix(found.name, config.name+"/")
	})
}
