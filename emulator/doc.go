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
// a request whose context was done, or that got an error, changed nothing. Writes to a file that
// wait at the same time share a commit; what was committed is copied from SQLite's log into the
// file beside the requests, and until then the log takes up to 64 MB. Time is the Clock's alone:
// version ids, the hour rule, expiry and limits all follow it, so a test can travel (R115).
//
// Limits are data: a Profile has those of one time in Roblox's history. The Emulator holds what all
// game servers share, a key's throughput and the budgets of the experience (the latter only if
// Options.CCU tells how many users there are); package gameserver holds a server's own. What was
// used is not stored, so two Emulators over one file count each for itself.
//
// An Emulator over a file takes some 40 MB of memory however much is stored, and some 400 bytes for
// each key that was used within the last two minutes; in memory, the data too.
//
// Export, Import, Backup, Restore and Reset carry the whole state; Seed, Peek and Dump are the back
// door for tests.
//
// Comments cite Roblox's rules as R1 to R258; what nobody outside of Roblox knows is marked
// assumed.
package emulator
