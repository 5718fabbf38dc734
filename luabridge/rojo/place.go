package rojo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Place is a project that can be run. One whose root is a DataModel is that already. Any other is a
// library, and is put into a new place: at ReplicatedStorage.<name>, with the packages that were
// installed beside its project file where their links expect them.
func Place(library *Project) (*Project, error) {
	if library.Root.ClassName == "DataModel" {
		return library, nil
	}
	place := *library
	place.Mounts, place.Warnings = nil, slices.Clone(library.Warnings)
	place.Files = slices.Clone(library.Files)
	place.Root = &Node{Name: library.Name, ClassName: "DataModel", Files: []string{library.File}}
	place.mount(library.Root, []string{"ReplicatedStorage", library.Name})

	folder := filepath.Dir(library.File)
	mounts, err := packageMounts(filepath.Join(folder, "wally.toml"))
	if err != nil {
		return nil, err
	}
	l := newLoader()
	for _, m := range mounts {
		node, err := l.path(scope{legacy: true}, filepath.Join(folder, m.folder), "")
		if err != nil {
			return nil, fmt.Errorf("read packages: %w", err)
		}
		if node != nil {
			place.mount(node, m.at)
		}
	}
	l.finish(&place)
	return &place, nil
}

// packageMount says where in a place a folder of packages belongs.
type packageMount struct {
	folder string
	at     []string
}

// packageMounts are the folders that Wally and pesde install to. Wally's links between realms say
// where they expect the others in wally.toml.
func packageMounts(wallyFile string) ([]packageMount, error) {
	var wally struct {
		Place struct {
			Shared string `toml:"shared-packages"`
			Server string `toml:"server-packages"`
		} `toml:"place"`
	}
	data, err := os.ReadFile(wallyFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := toml.Unmarshal(data, &wally); err != nil {
		return nil, fmt.Errorf("%s: %w", wallyFile, err)
	}
	return []packageMount{
		{"Packages", pathOr(wally.Place.Shared, "ReplicatedStorage", "Packages")},
		{"DevPackages", []string{"ReplicatedStorage", "DevPackages"}},
		{"ServerPackages", pathOr(wally.Place.Server, "ServerScriptService", "ServerPackages")},
		{"roblox_packages", []string{"ReplicatedStorage", "roblox_packages"}},
		{"luau_packages", []string{"ReplicatedStorage", "luau_packages"}},
		{"roblox_server_packages", []string{"ServerScriptService", "roblox_server_packages"}},
	}, nil
}

// pathOr splits a path such as game.ReplicatedStorage.Packages; without one it is the other.
func pathOr(path string, other ...string) []string {
	if path == "" {
		return other
	}
	return strings.Split(strings.TrimPrefix(path, "game."), ".")
}

// mount puts a node at a path below the root, and makes the services and folders on the way.
func (p *Project) mount(node *Node, at []string) {
	parent := p.Root
	for _, name := range at[:len(at)-1] {
		next := parent.Child(name)
		if next == nil {
			next = &Node{Name: name, ClassName: "Folder"}
			if class := inferClass(name, parent.ClassName); class != "" {
				next.ClassName = class
			}
			parent.Children = append(parent.Children, next)
		}
		parent = next
	}
	mounted := *node
	mounted.Name = at[len(at)-1]
	parent.Children = append(parent.Children, &mounted)
	p.Mounts = append(p.Mounts, fmt.Sprintf("%s at %s", node.Name, strings.Join(at, ".")))
}
