package roblox

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// servicesAtStart are there before any script asks for them, in the order of the explorer.
var servicesAtStart = []string{
	"Workspace", "Players", "Lighting", "ReplicatedFirst", "ReplicatedStorage",
	"ServerScriptService", "ServerStorage", "StarterGui", "StarterPack", "StarterPlayer",
	"SoundService", "RunService", "LogService", "ScriptContext",
}

// serviceClasses are the services that need few words.
func serviceClasses() []*Class {
	classes := []*Class{
		collectionServiceClass(), workspaceClass(), testServiceClass(), marketplaceClass(),
		{Name: "LogService", Super: "Instance", Service: true, Events: []string{"MessageOut"},
			Methods: refused("LogService", "GetLogHistory", "ClearOutput")},
		{Name: "ScriptContext", Super: "Instance", Service: true, Events: []string{"Error"}},
		{Name: "ProcessService", Super: "Instance", Service: true,
			Methods: map[string]Method{
				"ExitAsync": exitAsync,
				"GetCommandLineArgs": func(c Call) int {
					return c.Return(c.Server.VM.NewTable(0, 0))
				},
			}},
		{Name: "Debris", Super: "Instance", Service: true,
			Methods: map[string]Method{"AddItem": debrisAddItem}},
	}
	for _, name := range []string{
		"Chat", "Lighting", "LocalizationService", "MaterialService", "ReplicatedFirst",
		"ReplicatedStorage", "ServerScriptService", "ServerStorage", "SoundService", "StarterPack",
		"StarterPlayer", "Teams", "TextChatService",
	} {
		classes = append(classes, &Class{Name: name, Super: "Instance", Service: true})
	}
	return append(classes,
		&Class{Name: "BasePlayerGui", Super: "Instance"},
		&Class{Name: "StarterGui", Super: "BasePlayerGui", Service: true},
		&Class{Name: "StarterPlayerScripts", Super: "Instance"},
		&Class{Name: "StarterCharacterScripts", Super: "StarterPlayerScripts"},
	)
}

func workspaceClass() *Class {
	return &Class{
		Name: "Workspace", Super: "WorldRoot", Service: true,
		Properties: map[string]*Property{
			"DistributedGameTime": {Type: numberType(), ReadOnly: true,
				Get: func(i *Instance) lua.LValue {
					return inSeconds(i.server.Uptime())
				}},
			"Gravity": {Type: numberType(), Default: lua.LNumber(196.2)},
			"SignalBehavior": {Type: enumType("SignalBehavior", "Deferred"), ReadOnly: true,
				Get: func(i *Instance) lua.LValue {
					if i.server.options.SignalsImmediate {
						return i.server.EnumItem("SignalBehavior", "Immediate").object
					}
					return i.server.EnumItem("SignalBehavior", "Deferred").object
				}},
			"StreamingEnabled": {Type: boolType()},
		},
		Methods: merge(map[string]Method{
			"GetServerTimeNow": func(c Call) int {
				return c.Return(lua.LNumber(unixSeconds(c.Server.VM.SlewedTime())))
			},
		}, refused("Workspace", "Raycast", "GetPartBoundsInBox", "GetPartBoundsInRadius",
			"GetPartsInPart", "Blockcast", "Spherecast")),
	}
}

// unixSeconds returns a time as scripts see it: seconds since 1970 with a fraction.
func unixSeconds(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())/float64(time.Second)
}

const debrisLifetime = 10 // seconds, if a script names none

func debrisAddItem(c Call) int {
	item, wait := c.Instance(1), c.OptNumber(2, debrisLifetime)
	if !forever(wait) {
		c.Server.later(seconds(wait), item.Destroy)
	}
	return 0
}

// exitAsync ends the process: the calling thread never goes on.
func exitAsync(c Call) int {
	code := int(c.OptInt(1, 0))
	thread := vm.MustYield(c.L)
	if c.Server.options.Exit == nil {
		c.Raise("savestone does not emulate ProcessService:ExitAsync here: nothing waits for it")
	}
	c.Server.options.Exit(code)
	for {
		thread.Yield(nil)
	}
}
