package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"savestone/faults/suggest"
)

// decode makes a plan of plain data. A name that no field has is an error that says which one was
// perhaps meant.
func decode(tree map[string]any) (Plan, error) {
	plan := newPlan()
	if err := known(tree, reflect.TypeOf(plan), ""); err != nil {
		return plan, err
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return plan, err
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		return plan, plainError(err)
	}
	return plan, plan.validate()
}

// plainError says without Go's words what a field should have been.
func plainError(err error) error {
	wrong, ok := err.(*json.UnmarshalTypeError)
	if !ok {
		return err
	}
	want := wrong.Type.String()
	switch wrong.Type.Kind() {
	case reflect.Bool:
		want = "true or false"
	case reflect.String:
		want = "a text"
	case reflect.Int, reflect.Int64:
		want = "a whole number"
	case reflect.Float64:
		want = "a number"
	}
	got := map[string]string{
		"object": "a table", "array": "a list", "bool": "true or false", "string": "a text",
		"number": "a number",
	}[wrong.Value]
	if got == "" {
		got = strings.TrimPrefix(wrong.Value, "number ") // followed by the number
	}
	return fmt.Errorf("%s: got %s, want %s", wrong.Field, got, want)
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// known checks the names of all fields.
func known(value any, t reflect.Type, at string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return nil // faults.Parse reads it
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return readsItself(value, t, at)
	}
	switch t.Kind() {
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok && value != nil {
			return fmt.Errorf("%s: got %s, want a list", at, shape(value))
		}
		for i, item := range list {
			if err := known(item, t.Elem(), fmt.Sprintf("%s[%d]", at, i+1)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for name, item := range fieldsOf(value) {
			if err := known(item, t.Elem(), joined(at, name)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		fields, ok := value.(map[string]any)
		if !ok && value != nil {
			return fmt.Errorf("%s: got %s, want a table", at, shape(value))
		}
		return knownFields(fields, t, at)
	}
	return nil
}

// readsItself tries a type that reads itself, so that its error says which field it is about.
func readsItself(value any, t reflect.Type, at string) error {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, reflect.New(t).Interface())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

func fieldsOf(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

func knownFields(fields map[string]any, t reflect.Type, at string) error {
	types := map[string]reflect.Type{}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			types[name] = t.Field(i).Type
			names = append(names, name)
		}
	}
	for _, name := range sortedKeys(fields) {
		field, ok := types[name]
		if !ok {
			return fmt.Errorf("unknown key %q%s", joined(at, name), suggest.Hint(name, names))
		}
		if err := known(fields[name], field, joined(at, name)); err != nil {
			return err
		}
	}
	return nil
}

func shape(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	case function:
		return "a function"
	case nil:
		return "nothing"
	default:
		return fmt.Sprintf("%v", v)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
