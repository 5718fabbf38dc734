package rojo

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"savestone/faults/suggest"
)

// treeKeys are the keys of an Instance in a project's tree that are not children.
var treeKeys = []string{
	"$className", "$path", "$properties", "$attributes", "$id", "$ignoreUnknownInstances",
}

// treeReader turns a project's tree into Nodes.
type treeReader struct {
	*loader
	*projectFile
	scope
}

// treeNode is what a tree says about one Instance.
type treeNode struct {
	name      string
	value     hujson.Value
	className *member
	path      *member
	children  []member
}

// node reads one Instance of the tree. It is nil if only an optional path stood for it, in vain.
func (r *treeReader) node(name string, v hujson.Value, parentClass string) (*Node, error) {
	node := &Node{Name: name}
	said, err := r.keys(node, v)
	if err != nil {
		return nil, err
	}
	fromPath, err := r.follow(said)
	if err != nil {
		return nil, err
	}
	if fromPath != nil {
		fromPath.Properties = setAll(fromPath.Properties, node.Properties)
		fromPath.Attributes = setAll(fromPath.Attributes, node.Attributes)
		if node.ID != "" {
			fromPath.ID = node.ID
		}
		fromPath.Name = name
		node = fromPath
	}
	node.ClassName, err = r.class(said, node.ClassName, inferClass(name, parentClass))
	if err != nil || node.ClassName == "" {
		return nil, err
	}
	node.Files = append(node.Files, filepath.ToSlash(r.projectFile.path))
	for _, m := range said.children {
		child, err := r.node(m.name, m.value, node.ClassName)
		if err != nil {
			return nil, err
		}
		if child != nil {
			node.Children = append(node.Children, child)
		}
	}
	return node, nil
}

// keys sorts out what stands in an Instance's object.
func (r *treeReader) keys(node *Node, v hujson.Value) (said treeNode, err error) {
	said = treeNode{name: node.Name, value: v}
	members, err := r.members("tree."+node.Name, v)
	if err != nil {
		return said, err
	}
	for _, m := range members {
		switch m.name {
		case "$className":
			_, err = r.text("$className", m.value)
			said.className = &m
		case "$path":
			said.path = &m
		case "$properties":
			node.Properties, err = r.properties(r.jsonFile, "$properties", m.value)
		case "$attributes":
			node.Attributes, err = r.attributes(r.jsonFile, "$attributes", m.value)
		case "$id":
			node.ID, err = r.text("$id", m.value)
		case "$ignoreUnknownInstances": // matters only to live sync
		default:
			if strings.HasPrefix(m.name, "$") {
				r.warn("%s: %q is taken as a child, but keys with $ are reserved%s",
					r.place(m.key), m.name, suggest.Hint(m.name, treeKeys))
			}
			said.children = append(said.children, m)
		}
		if err != nil {
			return said, err
		}
	}
	// Rojo keeps the children sorted, and so does not their order in the file.
	slices.SortFunc(said.children, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return said, nil
}

// follow reads what $path refers to; nil if that is nothing.
func (r *treeReader) follow(said treeNode) (*Node, error) {
	if said.path == nil {
		return nil, nil
	}
	path, _, err := r.pathOf(said.path.value)
	if err != nil {
		return nil, err
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(r.projectFile.path), path)
	}
	node, err := r.loader.path(r.scope, path, said.name)
	if err != nil {
		return nil, err
	}
	return node, nil
}

// pathOf reads $path: a text, or {"optional": text}.
func (r *treeReader) pathOf(v hujson.Value) (path string, optional bool, err error) {
	if v.Value.Kind() == '{' {
		members, err := r.members("$path", v)
		if err != nil {
			return "", false, err
		}
		if len(members) != 1 || members[0].name != "optional" {
			return "", false, r.errorf(v, `$path: got other keys, want {"optional": "path"}`)
		}
		v, optional = members[0].value, true
	}
	path, err = r.text("$path", v)
	return filepath.FromSlash(path), optional, err
}

// class decides between the class that the tree names, the one that the path has, and the one that
// the name implies. It is empty if there is to be no Instance.
func (r *treeReader) class(said treeNode, fromPath, inferred string) (string, error) {
	named := ""
	if said.className != nil {
		named, _ = r.text("$className", said.className.value)
	}
	switch {
	case named != "" && fromPath != "" && fromPath != "Folder":
		return "", r.errorf(said.className.value,
			"%s: got the class %q, but its $path is a %s already; want only one of both",
			said.name, named, fromPath)
	case named != "":
		return named, nil
	case inferred != "" && (fromPath == "" || fromPath == "Folder"):
		return inferred, nil
	case fromPath != "":
		return fromPath, nil
	case said.path == nil:
		return "", r.errorf(said.value,
			"%s: got neither $className nor $path, and its name implies no class; want one of them",
			said.name)
	}
	path, optional, err := r.pathOf(said.path.value)
	if optional || err != nil {
		return "", err
	}
	return "", r.errorf(said.path.value,
		"%s: got the $path %q, which is missing or no file that becomes an Instance; "+
			"want one that is there", said.name, filepath.ToSlash(path))
}
