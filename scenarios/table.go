package scenarios

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// function stands for a function in a table that was made plain.
type function struct{ name string }

// plain makes Go values of a Luau table: map[string]any, []any, float64, string, bool, function. An
// empty table is nil, since nothing tells a list from a map then.
func plain(value lua.LValue, at string) (any, error) { return plainBelow(value, at, 0) }

// nestingMax is more than any field of a scenario needs; a table that holds itself has no end.
const nestingMax = 32

func plainBelow(value lua.LValue, at string, depth int) (any, error) {
	if depth > nestingMax {
		return nil, fmt.Errorf("%s: got tables in more than %d tables, want fewer; does one hold "+
			"itself?", shortened(at), nestingMax)
	}
	switch v := value.(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(v), nil
	case lua.LNumber:
		if n := float64(v); math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, fmt.Errorf("%s: got the number %v, want a finite one", at, n)
		}
		return float64(v), nil
	case lua.LString:
		return string(v), nil
	case *lua.LFunction:
		return function{at}, nil
	case *lua.LTable:
		return plainTable(v, at, depth+1)
	}
	return nil, fmt.Errorf("%s: got a %s, want data", at, vm.TypeName(value))
}

func plainTable(t *lua.LTable, at string, depth int) (any, error) {
	if length := vm.Length(t); length > 0 {
		list := make([]any, 0, length)
		for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
			if n, ok := key.(lua.LNumber); !ok || int(n) != len(list)+1 {
				return nil, located(at, fmt.Errorf("got the key %s in a list, want either a list "+
					"or names", vm.Text(key)))
			}
			item, err := plainBelow(value, fmt.Sprintf("%s[%d]", at, len(list)+1), depth)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	}
	fields := map[string]any{}
	for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
		name, ok := key.(lua.LString)
		if !ok {
			return nil, located(at, fmt.Errorf("got the key %s, want a name", vm.Text(key)))
		}
		field, err := plainBelow(value, joined(at, string(name)), depth)
		if err != nil {
			return nil, err
		}
		fields[string(name)] = field
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return fields, nil
}

// located says where an error is, unless that is the whole.
func located(at string, err error) error {
	if at == "" {
		return err
	}
	return fmt.Errorf("%s: %w", at, err)
}

// functionIn finds the first function in data, "" if there is none.
func functionIn(value any) string {
	switch v := value.(type) {
	case function:
		return v.name
	case []any:
		for _, item := range v {
			if name := functionIn(item); name != "" {
				return name
			}
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			if found := functionIn(v[name]); found != "" {
				return found
			}
		}
	}
	return ""
}

func joined(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// patched lays one table over another: tables are merged, everything else is replaced.
func patched(base, patch any) any {
	over, ok := patch.(map[string]any)
	under, alsoOK := base.(map[string]any)
	if !ok || !alsoOK {
		return patch
	}
	merged := make(map[string]any, len(under)+len(over))
	for name, value := range under {
		merged[name] = value
	}
	for name, value := range over {
		merged[name] = patched(merged[name], value)
	}
	return merged
}
