// Package stdlib is Luau's standard library for package vm: base functions, coroutine, string,
// table, math, bit32, utf8, buffer, vector, os and debug, with Luau's results and Luau's error
// texts. It has no print and no warn: where output goes is for the layer above to say.
//
//	world := vm.New(vm.Options{Sim: sim, Library: stdlib.Library()})
//
// Every function is one object for the whole process and keeps nothing between calls; what changes
// belongs to the VM that calls it. A compiled program may therefore hold "math.floor" as a constant
// and still be shared by VMs and goroutines.
package stdlib

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// library is a table of functions and constants; the one without a name is the globals.
type library struct {
	name    string
	entries []entry
}

type entry struct {
	name  string
	value lua.LValue
}

// builtin makes the function object that all VMs share.
func builtin(fn lua.LGFunction) *lua.LFunction { return &lua.LFunction{IsG: true, GFunction: fn} }

func function(name string, fn lua.LGFunction) entry { return entry{name, builtin(fn)} }

// fast makes a function that the machine knows a short way around.
func fast(name string, fn lua.LGFunction, short machine.Fast) entry {
	return entry{name, machine.NewFunction(fn, short, nil)}
}

func constant(name string, n float64) entry { return entry{name, lua.LNumber(n)} }

var libraries = []library{
	baseLibrary, bit32Library, bufferLibrary, coroutineLibrary, debugLibrary, mathLibrary,
	osLibrary, stringLibrary, tableLibrary, utf8Library, vectorLibrary,
}

// imports finds a function by its full name: "pcall", "math.floor".
var imports = func() map[string]lua.LValue {
	byName := map[string]lua.LValue{}
	for _, lib := range libraries {
		prefix := lib.name
		if prefix != "" {
			prefix += "."
		}
		for _, e := range lib.entries {
			byName[prefix+e.name] = e.value
		}
	}
	return byName
}()

// functionNames are the names of the functions, for debug.info.
var functionNames = func() map[*lua.LFunction]string {
	names := map[*lua.LFunction]string{}
	for _, lib := range libraries {
		for _, e := range lib.entries {
			if fn, ok := e.value.(*lua.LFunction); ok {
				names[fn] = e.name
			}
		}
	}
	return names
}()

// Library returns the standard library.
func Library() vm.Library {
	return vm.Library{
		Helper: func(h bytecode.Helper) *lua.LFunction { return helpers[h] },
		Import: func(name string) lua.LValue { return imports[name] },
		Name:   func(fn *lua.LFunction) string { return functionNames[fn] },
		Open:   open,
	}
}

func open(v *vm.VM) {
	for _, lib := range libraries {
		t := v.Globals
		if lib.name != "" {
			t = v.NewTable(0, len(lib.entries))
			machine.SetField(v.Globals, lib.name, t)
		}
		for _, e := range lib.entries {
			machine.SetField(t, e.name, e.value)
		}
	}
	machine.SetField(v.Globals, "_G", v.Globals)
	machine.SetField(v.Globals, "_VERSION", lua.LString("Luau"))
	openString(v)
	openRandom(v)
}

// anyArg returns an argument of any type, nil included, that must be there.
func anyArg(L *lua.LState, n int) lua.LValue {
	if n > L.GetTop() {
		vm.Errorf(L, "missing argument #%d", n)
	}
	return L.Get(n)
}

func returnNumber(L *lua.LState, n float64) int {
	L.Push(lua.LNumber(n))
	return 1
}

// bigStringBytes is from where on a string counts as work of its own.
const bigStringBytes = 1 << 12

func returnString(L *lua.LState, s string) int {
	if len(s) >= bigStringBytes {
		vm.Spend(L, len(s))
	}
	L.Push(lua.LString(s))
	return 1
}

func returnBool(L *lua.LState, b bool) int {
	L.Push(lua.LBool(b))
	return 1
}
