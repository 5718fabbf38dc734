package roblox

import (
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// openDebug adds what Roblox's test runners find in the debug library.
func (s *Server) openDebug() {
	debug := s.VM.Globals.RawGetString("debug").(*lua.LTable)
	machine.SetField(debug, "loadmodule", s.VM.NewFunction("loadmodule", s.debugLoadModule))
}

// debugLoadModule compiles a module without running it, each time anew: it returns the function and
// one that frees what was loaded, which here has nothing to do; or nil and what is wrong with the
// source. Jest gives each test file its own modules by it.
func (s *Server) debugLoadModule(L *lua.LState) int {
	script := AsInstance(L.Get(1))
	if script == nil || script.ClassName() != "ModuleScript" {
		vm.Errorf(L, "invalid argument #1 to 'loadmodule' (ModuleScript expected, got %s)",
			vm.TypeName(L.Get(1)))
	}
	fn, err := s.load(script, true)
	if err != nil {
		return vm.Return(L, lua.LNil, lua.LString(err.Error()))
	}
	cleanUp := s.VM.NewFunction("", func(*lua.LState) int { return 0 })
	return vm.Return(L, fn, lua.LNil, cleanUp)
}
