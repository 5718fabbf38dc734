package rojo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
	"go.yaml.in/yaml/v4"
)

// becomeData makes a node a ModuleScript that returns what a data file holds.
func becomeData(node *Node, kind fileKind, path string, data []byte) error {
	var value any
	var err error
	switch kind {
	case kindTOML:
		value, err = parseTOML(path, data)
	case kindYAML:
		value, err = parseYAML(path, data)
	default:
		var file *jsonFile
		if file, err = parseJSON(path, data); err == nil {
			value = ordered(file.root)
		}
	}
	if err != nil {
		return err
	}
	node.ClassName = "ModuleScript"
	node.Source = &Source{
		Text: luauModule(value), File: filepath.ToSlash(path), Generated: true,
	}
	return nil
}

// table is an object or mapping in the order of its file.
type table []field

type field struct{ key, value any }

// ordered is plain, but with objects as tables.
func ordered(v hujson.Value) any {
	switch value := v.Value.(type) {
	case *hujson.Object:
		fields := make(table, len(value.Members))
		for i, m := range value.Members {
			fields[i] = field{m.Name.Value.(hujson.Literal).String(), ordered(m.Value)}
		}
		return fields
	case *hujson.Array:
		list := make([]any, len(value.Elements))
		for i, element := range value.Elements {
			list[i] = ordered(element)
		}
		return list
	default:
		return scalar(value.(hujson.Literal))
	}
}

func parseTOML(path string, data []byte) (any, error) {
	var document map[string]any
	err := toml.Unmarshal(data, &document)
	var broken *toml.DecodeError
	if errors.As(err, &broken) {
		line, column := broken.Position()
		return nil, fmt.Errorf("%s:%d:%d: %w", path, line, column, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return fromTOML(document), nil
}

// fromTOML sorts tables and turns dates and times into strings, as Rojo does.
func fromTOML(value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(table, 0, len(value))
		for _, key := range slices.Sorted(maps.Keys(value)) {
			fields = append(fields, field{key, fromTOML(value[key])})
		}
		return fields
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = fromTOML(element)
		}
		return list
	case int64:
		return float64(value)
	case time.Time:
		return value.Format(time.RFC3339Nano)
	case fmt.Stringer: // local dates and times
		return value.String()
	default:
		return value
	}
}

func parseYAML(path string, data []byte) (any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:%d:1: got a second document, want one", path, second.Line)
	}
	return fromYAML(path, &document)
}

func fromYAML(path string, node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return fromYAML(path, node.Content[0])
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, element := range node.Content {
			value, err := fromYAML(path, element)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case yaml.MappingNode:
		fields := make(table, 0, len(node.Content)/2)
		for i := 0; i < len(node.Content); i += 2 {
			key, err := yamlKey(path, node.Content[i])
			if err != nil {
				return nil, err
			}
			value, err := fromYAML(path, node.Content[i+1])
			if err != nil {
				return nil, err
			}
			fields = append(fields, field{key, value})
		}
		return fields, nil
	case yaml.ScalarNode:
		return yamlScalar(path, node)
	default:
		return nil, yamlError(path, node, "got an alias, want the value itself")
	}
}

// yamlKey is a mapping's key: only a scalar can be one in Luau too.
func yamlKey(path string, node *yaml.Node) (any, error) {
	if node.Kind != yaml.ScalarNode || node.ShortTag() == "!!null" {
		return nil, yamlError(path, node, "got a key that is no string, number or bool, want one")
	}
	return yamlScalar(path, node)
}

func yamlScalar(path string, node *yaml.Node) (any, error) {
	switch node.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var value bool
		err := node.Decode(&value)
		return value, err
	case "!!int":
		const exact = 1 << 53
		var value int64
		if err := node.Decode(&value); err != nil || value > exact || value < -exact {
			return nil, yamlError(path, node,
				"got the integer "+node.Value+", want one that a double holds (up to 2^53)")
		}
		return float64(value), nil
	case "!!float":
		value := math.NaN()
		err := node.Decode(&value)
		return value, err
	default:
		return node.Value, nil
	}
}

func yamlError(path string, node *yaml.Node, complaint string) error {
	return fmt.Errorf("%s:%d:%d: %s", path, node.Line, node.Column, complaint)
}
