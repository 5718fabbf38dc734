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
func plain(value lua.LValue, at string) (any, error) {
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
		return plainTable(v, at)
	}
	return nil, fmt.Errorf("%s: got a %s, want data", at, vm.TypeName(value))
}

func plainTable(t *lua.LTable, at string) (any, error) {
	if length := vm.Length(t); length > 0 {
		list := make([]any, 0, length)
		for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
			if n, ok := key.(lua.LNumber); !ok || int(n) != len(list)+1 {
				return nil, fmt.Errorf("%s: got the key %s in a list, want either a list or names",
					at, vm.Text(key))
			}
			item, err := plain(value, fmt.Sprintf("%s[%d]", at, len(list)+1))
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
			return nil, fmt.Errorf("%s: got the key %s, want a name", at, vm.Text(key))
		}
		field, err := plain(value, joined(at, string(name)))
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
