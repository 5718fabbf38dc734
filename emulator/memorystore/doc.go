// Package memorystore keeps MemoryStoreService's data as the servers of one universe share it
// (section 24): hash maps, sorted maps and queues, whose items expire, with Roblox's limits and
// texts. It knows neither Lua nor HTTP.
//
//	universe := memorystore.New(clock, memorystore.Options{})
//	leaders := universe.Scope(memorystore.Live).SortedMap("leaders")
//	_, _, err := leaders.Set(ctx, "player_1", memorystore.Write{
//		Value:      json.RawMessage(`{"wins":3}`),
//		SortKey:    memorystore.NumberKey(3),
//		Expiration: time.Hour,
//	})
//	top, err := leaders.Range(ctx, memorystore.Descending, 10, memorystore.Bounds{})
//
// A structure needs no creation: it is there as soon as it holds something. Each request takes a
// turn of the Clock before it looks at the data, and then happens at once; only Queue.Read waits,
// and no lock is held meanwhile. Order is never left to chance.
//
// Comments cite Roblox's rules as R196 to R211; what nobody outside of Roblox knows is marked
// assumed.
package memorystore
