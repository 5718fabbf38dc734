package roblox

import (
	"maps"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// setGlobals puts what Roblox adds to Luau's library in place (R245).
func (s *Server) setGlobals() {
	values := map[string]lua.LValue{
		"game": s.game.object, "Game": s.game.object,
		"workspace": s.Service("Workspace").object, "Workspace": s.Service("Workspace").object,
		"Instance": s.instanceGlobal(),
		"Enum":     s.enums.object,
		"DateTime": s.dateTimeGlobal(),
		"task":     s.taskLibrary(),
		"shared":   s.VM.NewTable(0, 0),
		"_G":       s.VM.NewTable(0, 0),
	}
	values["CFrame"], values["Color3"] = s.cframeGlobal(), s.colorGlobal()
	values["Random"], values["TweenInfo"] = s.randomGlobal(), s.tweenInfoGlobal()
	maps.Copy(values, s.vectorGlobals())
	maps.Copy(values, s.udimGlobals())
	maps.Copy(values, s.recordGlobals())
	values["BrickColor"] = s.brickColorGlobal()
	functions := s.legacyGlobals()
	functions["print"] = s.printer(Print)
	functions["warn"] = s.printer(Warning)
	functions["require"] = s.require
	functions["tick"] = func(L *lua.LState) int {
		return vm.Return(L, lua.LNumber(unixSeconds(s.VM.Time())))
	}
	uptime := func(L *lua.LState) int { return vm.Return(L, inSeconds(s.Uptime())) }
	functions["time"], functions["elapsedTime"], functions["ElapsedTime"] = uptime, uptime, uptime
	for name, fn := range functions {
		values[name] = s.VM.NewFunction(name, fn)
	}
	for _, name := range sortedKeys(values) {
		machine.SetField(s.VM.Globals, name, values[name])
	}
	s.openDebug()
}

// printer makes print or warn.
func (s *Server) printer(kind MessageKind) lua.LGFunction {
	return func(L *lua.LState) int {
		parts := make([]string, L.GetTop())
		for i := range parts {
			parts[i] = vm.ToString(L, L.Get(i+1))
		}
		m := Message{Kind: kind, Text: strings.Join(parts, " ")}
		if script, _, found := strings.Cut(vm.Where(L, 1), ":"); found {
			m.Script = script
		}
		s.Print(m)
		return 0
	}
}
