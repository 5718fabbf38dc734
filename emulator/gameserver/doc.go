// Package gameserver is one game server as a client of data stores: what happens between a script's
// call and the request that leaves for Roblox. It knows no Lua; luabridge turns a script's call
// into one of these, and the answer into Lua values.
//
//	server := gameserver.New(svc, clock, gameserver.Options{JobID: "server-1"})
//	coins, err := server.Store(emulator.StoreID{Name: "Coins", Scope: "global"})
//	info, err := coins.Set(ctx, "player_1", json.RawMessage(`5`), nil, nil)
//
// A call checks its arguments first (no time passes, R26), then whether the server may reach data
// stores at all (section 22), then asks the cache (R141 to R150). If that does not help it is
// charged to a budget of the server, for which it may have to wait in a queue (section 20), and
// leaves through Server.do, the one way out. Expected failures are *emulator.Error; a Transform's
// own error comes back as it is.
//
// Everything waits through the Clock alone and no lock is held while it does, so a Server serves
// tasks that share one goroutine in virtual time as well as goroutines in real time. Results may
// share memory with the cache: read them, do not change them (R50).
package gameserver
