// Package universe is one experience as a running server keeps it: its data stores and memory
// stores, a clock of its own that can travel, and the game servers that play in it. It is apart
// from the core because the core has one of each and is told what they are; and apart from the
// front doors because both of them, Open Cloud and the control API, and the command line share what
// is here. It knows no HTTP.
//
//	all, err := universe.New(universe.Options{Path: "data.db", Only: 1})
//	defer all.Close()
//	u, err := all.Open(ctx, 1)
//	u.Clock.Freeze()
//	result, err := u.Service.Do(ctx, request)
//
// Universes share nothing: what one does to its time or its data, none of the others sees.
//
// Waiting on a clock that stands still lasts until it goes on. That goes for all waits of Roblox:
// a game server's queues, and updates of a key that wait for an earlier one.
package universe
