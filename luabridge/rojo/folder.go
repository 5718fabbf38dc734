package rojo

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// projectInits make a folder a nested project.
var projectInits = []string{"default.project.json", "default.project.jsonc"}

// inits make a folder what they are, the first that is there. They never become children.
var inits = []string{
	"init.luau", "init.lua",
	"init.server.luau", "init.server.lua",
	"init.client.luau", "init.client.lua",
	"init.plugin.lua", "init.plugin.luau",
	"init.csv",
}

// folder reads a folder as what its init file says, or as a Folder.
func (l *loader) folder(sc scope, path, name string) (*Node, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	if init := firstOf(projectInits, entries); init != "" {
		_, node, err := l.project(sc, filepath.Join(path, init), name)
		return node, err
	}
	node := &Node{Name: name, ClassName: "Folder", Files: []string{filepath.ToSlash(path)}}
	if name == "" {
		node.Name = filepath.Base(path)
	}
	if init := firstOf(inits, entries); init != "" {
		kind, _ := kindOf(nil, init)
		if err := l.become(sc, node, kind, filepath.Join(path, init)); err != nil {
			return nil, err
		}
	}
	if err := l.applyMeta(node, filepath.Join(path, "init"), true); err != nil {
		return nil, err
	}
	for _, entry := range entries {
		child, err := l.entry(sc, filepath.Join(path, entry.Name()), entry)
		if err != nil {
			return nil, err
		}
		if child != nil {
			node.Children = append(node.Children, child)
		}
	}
	return node, nil
}

// entry reads one entry of a folder's listing.
func (l *loader) entry(sc scope, path string, entry fs.DirEntry) (*Node, error) {
	if slices.Contains(inits, entry.Name()) || ignored(sc.ignore, path) {
		return nil, nil
	}
	if entry.Type()&fs.ModeSymlink != 0 {
		if _, err := os.Stat(path); err != nil {
			l.warn("%s: the link leads nowhere, so it is left out", filepath.ToSlash(path))
			return nil, nil
		}
		return l.path(sc, path, "")
	}
	if entry.IsDir() {
		return l.folder(sc, path, "")
	}
	return l.file(sc, path, "")
}

// firstOf is the first of names that is among the sorted entries, or nothing.
func firstOf(names []string, entries []fs.DirEntry) string {
	for _, name := range names {
		if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name }) {
			return name
		}
	}
	return ""
}

// file reads a single file as a node of its own, or as nothing.
func (l *loader) file(sc scope, path, name string) (*Node, error) {
	kind, named := kindOf(sc.sync, path)
	node := &Node{Name: name}
	if name == "" {
		node.Name = named
	}
	switch kind {
	case kindIgnore:
		return nil, nil
	case kindProject:
		_, node, err := l.project(sc, path, name)
		return node, err
	case kindBinaryModel:
		return l.binaryModel(path, node.Name)
	case kindJSONModel:
		return l.jsonModel(path, node.Name)
	case kindXMLModel:
		return l.xmlModel(path, node.Name)
	}
	if err := l.become(sc, node, kind, path); err != nil {
		return nil, err
	}
	return node, l.applyMeta(node, filepath.Join(filepath.Dir(path), named), false)
}

// become makes a node what a file of that kind is. Models and projects are not for this.
func (l *loader) become(sc scope, node *Node, kind fileKind, path string) error {
	data, err := l.read(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", kind, err)
	}
	node.Files = append([]string{filepath.ToSlash(path)}, node.Files...)
	switch kind {
	case kindText:
		node.ClassName = "StringValue"
		node.Properties = set(node.Properties, "Value", string(data))
		return nil
	case kindCSV:
		return becomeTable(node, path, data)
	case kindJSON, kindTOML, kindYAML:
		return becomeData(node, kind, path, data)
	default:
		becomeScript(node, kind, sc.legacy, path, data)
		return nil
	}
}
