// Package luabridge hosts the server code of a Rojo project: files in, a running game server out.
//
//	place, err := luabridge.Open("game/default.project.json")
//	game, err := place.Start(luabridge.Options{Sim: sim, Service: emu, Seed: 1})
//	game.RunScripts()
//	outcome := game.Drain(ctx, luabridge.Horizon{})
//
// A Place is read and compiled once and may be started any number of times, from any goroutine. A
// Game is one game server with a Luau world of its own; several may share a simulation and a
// Service. The package knows no faults: whoever wants some puts them into the Service.
package luabridge
