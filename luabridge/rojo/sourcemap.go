package rojo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// mapped is one Instance of a sourcemap, as "rojo sourcemap" and tools like it write it. FilePaths
// are relative to the sourcemap's folder: the file that the Instance comes from and those that only
// adorn it, in no order to rely on.
type mapped struct {
	Name      string   `json:"name"`
	ClassName string   `json:"className"`
	FilePaths []string `json:"filePaths"`
	Children  []mapped `json:"children"`
}

// LoadSourcemap reads a tree from a sourcemap, for projects that another tool than Rojo keeps. What
// a sourcemap leaves out, such as values that no script is near, is not there.
func LoadSourcemap(file string) (*Project, error) {
	l := newLoader()
	file = filepath.Clean(file)
	text, err := l.read(file)
	if err != nil {
		return nil, fmt.Errorf("read sourcemap: %w", err)
	}
	var tree mapped
	if err := decodeSourcemap(file, text, &tree); err != nil {
		return nil, err
	}
	root, err := l.mapped(filepath.Dir(file), tree)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	project := &Project{Name: root.Name, File: file, Root: root}
	l.finish(project)
	return project, nil
}

func decodeSourcemap(file string, text []byte, tree *mapped) error {
	err := json.Unmarshal(text, tree)
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%s: %w", file, lineAt(text, syntax.Offset), err)
	case errors.As(err, &typed):
		return fmt.Errorf("%s:%s: got a %s for %s, want a %s", file, lineAt(text, typed.Offset),
			typed.Value, typed.Field, typed.Type)
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case tree.ClassName == "":
		return fmt.Errorf("%s: got no className at the root, want a sourcemap as written by "+
			"rojo sourcemap", file)
	}
	return nil
}

// lineAt is the line and column of an offset.
func lineAt(text []byte, offset int64) string {
	before := text[:min(int(offset), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("%d:%d", line, len(before)-bytes.LastIndexByte(before, '\n'))
}

// mapped makes a node of an Instance and of those below it.
func (l *loader) mapped(folder string, m mapped) (*Node, error) {
	node := &Node{Name: m.Name, ClassName: m.ClassName}
	for _, path := range m.FilePaths {
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, filepath.FromSlash(path))
		}
		if adorns(path) {
			node.Files = append(node.Files, filepath.ToSlash(path))
			continue
		}
		if err := l.adopt(node, path); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	for _, child := range m.Children {
		made, err := l.mapped(folder, child)
		if err != nil {
			return nil, err
		}
		node.Children = append(node.Children, made)
	}
	return node, nil
}

// adorns reports whether a file only adds to an Instance that another one is the source of.
func adorns(path string) bool {
	name := strings.TrimSuffix(filepath.Base(path), "c") // .jsonc
	return strings.HasSuffix(name, ".meta.json") || strings.HasSuffix(name, ".project.json")
}

// adopt gives a node what its file makes of it; name, class and children stay the sourcemap's.
func (l *loader) adopt(node *Node, path string) error {
	made, err := l.file(scope{legacy: true}, path, node.Name)
	if err != nil {
		return err
	}
	if made == nil {
		return fmt.Errorf("%s is not there, or is nothing that Rojo reads", path)
	}
	node.Source, node.Properties, node.Attributes = made.Source, made.Properties, made.Attributes
	node.Files = append([]string{filepath.ToSlash(path)}, node.Files...)
	return nil
}
