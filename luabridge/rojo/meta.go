package rojo

import (
	"errors"
	"io/fs"
	"path/filepath"

	"savestone/faults/suggest"
)

var metaKeys = []string{
	"$schema", "className", "properties", "attributes", "id", "ignoreUnknownInstances",
}

// applyMeta lets the meta file beside a file, or inside a folder, change a node. The stem is the
// path without .meta.json.
func (l *loader) applyMeta(node *Node, stem string, ofFolder bool) error {
	for _, suffix := range []string{".meta.json", ".meta.jsonc"} {
		data, err := l.read(stem + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		file, err := parseJSON(stem+suffix, data)
		if err != nil {
			return err
		}
		node.Files = append(node.Files, filepath.ToSlash(stem+suffix))
		return l.readMeta(node, file, ofFolder)
	}
	return nil
}

func (l *loader) readMeta(node *Node, file *jsonFile, ofFolder bool) error {
	members, err := file.members("meta", file.root)
	if err != nil {
		return err
	}
	for _, m := range members {
		var list []Property
		switch m.name {
		case "className":
			err = setMetaClass(node, file, m, ofFolder)
		case "properties":
			list, err = l.properties(file, "properties", m.value)
			node.Properties = setAll(node.Properties, list)
		case "attributes":
			list, err = l.attributes(file, "attributes", m.value)
			node.Attributes = setAll(node.Attributes, list)
		case "id":
			node.ID, err = file.text("id", m.value)
		case "$schema", "ignoreUnknownInstances":
		default:
			l.warn("%s: the key %q is ignored%s",
				file.place(m.key), m.name, suggest.Hint(m.name, metaKeys))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setMetaClass lets a folder's meta file name its class, if nothing else has done so.
func setMetaClass(node *Node, file *jsonFile, m member, ofFolder bool) error {
	if !ofFolder || node.ClassName != "Folder" {
		return file.errorf(m.key, "className: got it for a %s, want it only in the "+
			"init.meta.json of a folder without init file", node.ClassName)
	}
	class, err := file.text("className", m.value)
	node.ClassName = class
	return err
}
