package stdlib

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/syntax"
	"savestone/luabridge/vm"
)

// functionAt returns the Luau function at a level of the call stack; 1 is the caller.
func functionAt(L *lua.LState, level int, name string) *lua.LFunction {
	if level < 0 {
		vm.ArgError(L, 1, name, "level must be non-negative")
	}
	frames := vm.Of(L).Current().Frames()
	if level >= len(frames) {
		vm.ArgError(L, 1, name, "invalid level")
	}
	return frames[level].Func
}

func getEnvironment(L *lua.LState) int {
	fn, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		level := vm.OptInt(L, 1, "getfenv", 1)
		if level == 0 {
			level = 1 // a script's thread has the globals of the script
		}
		fn = functionAt(L, level, "getfenv")
	}
	if fn.IsG || fn.Env == nil {
		L.Push(vm.Of(L).Globals)
	} else {
		L.Push(fn.Env)
	}
	return 1
}

func setEnvironment(L *lua.LState) int {
	env := vm.ArgTable(L, 2, "setfenv")
	fn, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		fn = functionAt(L, vm.ArgInt(L, 1, "setfenv"), "setfenv")
	}
	if fn.IsG {
		vm.Errorf(L, "'setfenv' cannot change environment of given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}

// loadString compiles a chunk whose globals are the caller's.
func loadString(L *lua.LState) int {
	source := vm.ArgString(L, 1, "loadstring")
	chunk := chunkName(vm.OptString(L, 2, "loadstring", source))
	v := vm.Of(L)
	env := v.Globals
	if caller := functionAt(L, 1, "loadstring"); !caller.IsG && caller.Env != nil {
		env = caller.Env
	}
	fn, err := v.LoadDynamic(source, chunk, env)
	if err != nil {
		return vm.Return(L, lua.LNil, lua.LString(compileErrorText(chunk, err)))
	}
	L.Push(fn)
	return 1
}

// compileErrorText puts the chunk's name and the line before the message.
func compileErrorText(chunk string, err error) string {
	var grammar *syntax.Error
	if errors.As(err, &grammar) {
		return fmt.Sprintf("%s:%d: %s", chunk, grammar.Line, grammar.Message)
	}
	return chunk + ":" + err.Error() // "line: message"
}

const chunkShownMax = 255

// chunkName is how messages show a chunk: a name that begins with "=" or "@" as it stands, as far
// as there is room, and a source by its first line.
func chunkName(name string) string {
	const ellipsis = "..."
	switch {
	case strings.HasPrefix(name, "="):
		return name[1:min(len(name), chunkShownMax+1)]
	case strings.HasPrefix(name, "@") && len(name) > chunkShownMax+1:
		return ellipsis + name[len(name)-chunkShownMax+len(ellipsis):]
	case strings.HasPrefix(name, "@"):
		return name[1:]
	}
	line, _, cut := strings.Cut(name, "\n")
	if most := chunkShownMax - len(`[string "..."]`); len(line) > most {
		line, cut = line[:most], true
	}
	if cut {
		line += ellipsis
	}
	return `[string "` + line + `"]`
}
