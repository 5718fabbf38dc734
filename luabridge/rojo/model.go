package rojo

import (
	"bytes"
	"fmt"
	"path/filepath"

	"github.com/tailscale/hujson"

	"savestone/faults/suggest"
)

var modelKeys = []string{
	"$schema", "ClassName", "Name", "Children", "Properties", "attributes", "id",
	"ignoreUnknownInstances",
}

// jsonModel reads a .model.json file: a tree of Instances. An empty file is none.
func (l *loader) jsonModel(path, name string) (*Node, error) {
	data, err := l.read(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	file, err := parseJSON(path, data)
	if err != nil {
		return nil, err
	}
	node, err := l.modelNode(file, file.root)
	if err != nil {
		return nil, err
	}
	if node.Name != "" && node.Name != name {
		l.warn("%s: Name is ignored, the file's name decides it", file.place(file.root))
	}
	node.Name = name
	node.Files = []string{filepath.ToSlash(path)}
	return node, nil
}

func (l *loader) modelNode(file *jsonFile, v hujson.Value) (*Node, error) {
	members, err := file.members("model", v)
	if err != nil {
		return nil, err
	}
	node := &Node{}
	for _, m := range members {
		switch m.name {
		case "ClassName", "className":
			node.ClassName, err = file.text("ClassName", m.value)
		case "Name", "name":
			node.Name, err = file.text("Name", m.value)
		case "Properties", "properties":
			node.Properties, err = l.properties(file, "Properties", m.value)
		case "Attributes", "attributes":
			node.Attributes, err = l.attributes(file, "Attributes", m.value)
		case "id":
			node.ID, err = file.text("id", m.value)
		case "Children", "children":
			node.Children, err = l.modelChildren(file, m.value)
		case "$schema", "ignoreUnknownInstances":
		default:
			l.warn("%s: the key %q is ignored%s",
				file.place(m.key), m.name, suggest.Hint(m.name, modelKeys))
		}
		if err != nil {
			return nil, err
		}
	}
	if node.ClassName == "" {
		return nil, file.errorf(v, "got a model without ClassName, want it set")
	}
	return node, nil
}

func (l *loader) modelChildren(file *jsonFile, v hujson.Value) ([]*Node, error) {
	elements, err := file.elements("Children", v)
	if err != nil {
		return nil, err
	}
	var children []*Node
	for _, element := range elements {
		child, err := l.modelNode(file, element)
		if err != nil {
			return nil, err
		}
		if child.Name == "" {
			child.Name = child.ClassName
		}
		child.Files = []string{filepath.ToSlash(file.path)}
		children = append(children, child)
	}
	return children, nil
}
