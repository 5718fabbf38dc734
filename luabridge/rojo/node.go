package rojo

import (
	"slices"
	"strings"
)

// Project is a project file with everything that its tree refers to.
type Project struct {
	Name    string
	File    string // the project file, or the path, that was loaded
	Root    *Node
	PlaceID uint64 // placeId, or 0
	GameID  uint64 // gameId, or 0

	// Mounts tells what Place has put where, as in "Packages at ReplicatedStorage.Packages".
	Mounts []string
	// Warnings are complaints that did not keep the project from loading, in order of reading.
	Warnings []string
	// Files are all files that were read, sorted.
	Files []string
}

// Node describes one Instance to be.
type Node struct {
	Name       string
	ClassName  string
	ID         string // what $id calls it, for attributes that refer to it
	Properties []Property
	Attributes []Property
	Source     *Source // for scripts
	Children   []*Node

	// Files are the files that the node was made from: the one that decides first, then its meta
	// file and the project file that mounts it. For a folder the first is the folder.
	Files []string
}

// Source is the text of a script.
type Source struct {
	Text string // with lines that end in \n only
	File string
	// Generated means that Text was made from a data file, so that its lines are not File's.
	Generated bool
}

// Property is a property or an attribute; a Node has them sorted by name. The value is a bool,
// float64, string, Typed or Ref, or []any and map[string]any of them where the file leaves the type
// to the class of the Instance.
type Property struct {
	Name  string
	Value any
}

// Typed is a value whose type the file names, as in {"Vector3": [1, 2, 3]}. Value has the form that
// Rojo's JSON gives that type.
type Typed struct {
	Type  string // of Rojo's: Vector3, Color3, Enum, Float32, ...
	Value any
}

// Ref is a property's value that is another Instance of the same model.
type Ref struct{ Target *Node }

// GoString names the target.
func (r Ref) GoString() string { return "rojo.Ref(" + r.Target.Name + ")" }

// Property returns the value of a property that a file sets, or nil.
func (n *Node) Property(name string) any {
	if i, found := slices.BinarySearchFunc(n.Properties, name, byName); found {
		return n.Properties[i].Value
	}
	return nil
}

// Child returns the first child of that name, or nil.
func (n *Node) Child(name string) *Node {
	for _, child := range n.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

func byName(p Property, name string) int { return strings.Compare(p.Name, name) }

// set puts a property in its place, or replaces it.
func set(list []Property, name string, value any) []Property {
	i, found := slices.BinarySearchFunc(list, name, byName)
	if found {
		list[i].Value = value
		return list
	}
	return slices.Insert(list, i, Property{name, value})
}

func setAll(list, news []Property) []Property {
	for _, p := range news {
		list = set(list, p.Name, p.Value)
	}
	return list
}
