package rojo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tailscale/hujson"
)

// jsonFile is a JSON file with comments and trailing commas, whose complaints tell the place.
type jsonFile struct {
	path string
	data []byte
	root hujson.Value
}

func parseJSON(path string, data []byte) (*jsonFile, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	root, err := hujson.Parse(data)
	if err != nil {
		return nil, placeOfSyntaxError(path, err)
	}
	return &jsonFile{path: path, data: data, root: root}, nil
}

// placeOfSyntaxError moves the place that hujson puts into its text to where it belongs.
func placeOfSyntaxError(path string, err error) error {
	var line, column int
	_, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column)
	cause := errors.Unwrap(err)
	if scanErr != nil || cause == nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return fmt.Errorf("%s:%d:%d: %w", path, line, column, cause)
}

// place is where v stands, as file:line:column.
func (f *jsonFile) place(v hujson.Value) string {
	before := f.data[:v.StartOffset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("%s:%d:%d", f.path, line, column)
}

func (f *jsonFile) errorf(v hujson.Value, format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{f.place(v)}, args...)...)
}

// mismatch complains that what is something else than it should be.
func (f *jsonFile) mismatch(what string, v hujson.Value, want string) error {
	return f.errorf(v, "%s: got %s, want %s", what, describe(v), want)
}

func describe(v hujson.Value) string {
	switch v.Value.Kind() {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return v.Value.(hujson.Literal).String() + " (a string)"
	default:
		return v.Value.(hujson.Literal).String()
	}
}

// member is a key of an object with its value.
type member struct {
	name       string
	key, value hujson.Value
}

func (f *jsonFile) members(what string, v hujson.Value) ([]member, error) {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		return nil, f.mismatch(what, v, "an object")
	}
	list := make([]member, len(object.Members))
	seen := make(map[string]bool, len(list))
	for i, m := range object.Members {
		name := m.Name.Value.(hujson.Literal).String()
		if seen[name] {
			return nil, f.errorf(m.Name, "%s: got the key %q twice, want it once", what, name)
		}
		seen[name] = true
		list[i] = member{name, m.Name, m.Value}
	}
	return list, nil
}

func (f *jsonFile) elements(what string, v hujson.Value) ([]hujson.Value, error) {
	array, ok := v.Value.(*hujson.Array)
	if !ok {
		return nil, f.mismatch(what, v, "an array")
	}
	return array.Elements, nil
}

func (f *jsonFile) text(what string, v hujson.Value) (string, error) {
	if v.Value.Kind() != '"' {
		return "", f.mismatch(what, v, "a string")
	}
	return v.Value.(hujson.Literal).String(), nil
}

func (f *jsonFile) flag(what string, v hujson.Value) (bool, error) {
	if kind := v.Value.Kind(); kind != 't' && kind != 'f' {
		return false, f.mismatch(what, v, "true or false")
	}
	return v.Value.(hujson.Literal).Bool(), nil
}

func (f *jsonFile) id(what string, v hujson.Value) (uint64, error) {
	if v.Value.Kind() == '0' {
		n, err := strconv.ParseUint(v.Value.(hujson.Literal).String(), 10, 64)
		if err == nil {
			return n, nil
		}
	}
	return 0, f.mismatch(what, v, "a whole number of 0 or more")
}

// plain is the value as Go has it: nil, bool, float64, string, []any or map[string]any.
func plain(v hujson.Value) any {
	switch value := v.Value.(type) {
	case *hujson.Object:
		fields := make(map[string]any, len(value.Members))
		for _, m := range value.Members {
			fields[m.Name.Value.(hujson.Literal).String()] = plain(m.Value)
		}
		return fields
	case *hujson.Array:
		list := make([]any, len(value.Elements))
		for i, element := range value.Elements {
			list[i] = plain(element)
		}
		return list
	default:
		return scalar(value.(hujson.Literal))
	}
}

func scalar(literal hujson.Literal) any {
	switch literal.Kind() {
	case 'n':
		return nil
	case 't', 'f':
		return literal.Bool()
	case '"':
		return literal.String()
	default:
		n, _ := json.Number(literal).Float64() // out of range is ±Inf, as in Luau
		return n
	}
}
