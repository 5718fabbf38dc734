// Package emulator keeps data stores as Roblox keeps them: entries with versions, tombstones, user
// ids and metadata, refused and answered in Roblox's words. It knows neither Lua nor HTTP; a caller
// sends a Request to a Service and gets a Result.
//
//	emu, err := emulator.Open(ctx, ":memory:", emulator.Options{})
//	defer emu.Close()
//	result, err := emu.Do(ctx, emulator.Request{
//		Op:    emulator.OpPut,
//		Store: emulator.StoreID{Name: "Coins", Scope: "global"},
//		Key:   "player_1",
//		Value: json.RawMessage(`5`),
//	})
//
// The data is one SQLite database, in memory or in a file. A write that was answered is committed;
// a request whose context was done, or that got an error, changed nothing. Time is the Clock's
// alone: version ids, the hour rule and expiry all follow it, so a test can travel (R115).
//
// Comments cite Roblox's rules as R1 to R258; what nobody outside of Roblox knows is marked
// assumed.
package emulator
