// Package roblox is one game server as its scripts see it: the data model with its Instances and
// services, signals, enums, the task library, and the globals that Roblox adds to Luau.
//
//	server := roblox.New(vm.Options{Sim: sim, Library: stdlib.Library()}, roblox.Options{
//		Output: func(m roblox.Message) { fmt.Println(m.Text) },
//		Module: compile,
//	})
//	script := server.NewInstance("Script", "Main", server.Service("ServerScriptService"))
//	server.RunScript(script)
//	sim.Run()
//
// A class is a table of data (Class): what is a property, a method, an event. Anything that is not
// in the tables does not exist, and says so with Roblox's own text; a service that Roblox has and
// this package has not says that instead.
package roblox
