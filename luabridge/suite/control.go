package suite

import (
	"context"
	"maps"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
)

// openControl puts the table named emulator into the globals of a spec module: what a suite may do
// to the world around the code it tests.
//
//	emulator.fault(rule) → handle   a fault; handle:clear() or the end of the case ends it
//	emulator.clearFaults()          ends all faults
//	emulator.advance(seconds)       lets virtual time pass
//	emulator.calls() → number       data store requests so far
//	emulator.peek(store, key, scope?) → {value, json, version, userIds, metadata} or nil
//	emulator.seed(store, key, value, scope?)
//	emulator.join(userId, name?) → Player
//	emulator.leave(player)
//	emulator.shutdown(reason?) → seconds, unfinished   closes the server; nothing works after it
//	emulator.purchase(userId, productId, purchaseId) → decision   asks ProcessReceipt
//	emulator.server(options?) → server   another game server of the universe; see luaServer
//	emulator.output() → {string}         what the case has brought to the console so far
//
// peek and seed go past game server, cache and faults.
func (r *fileRun) openControl(env *lua.LTable) {
	v := r.game.VM
	machine.SetField(env, "emulator", functions(v, map[string]lua.LGFunction{
		"fault": r.luaFault, "clearFaults": r.luaClearFaults, "advance": r.luaAdvance,
		"calls": r.luaCalls, "peek": r.luaPeek, "seed": r.luaSeed,
		"join": r.luaJoin, "leave": r.luaLeave, "shutdown": r.luaShutdown,
		"purchase": r.luaPurchase,
		"server":   r.luaServer, "output": r.luaOutput,
	}))
}

// functions makes a frozen table of functions, in the order of their names: scripts can see it.
func functions(v *vm.VM, all map[string]lua.LGFunction) *lua.LTable {
	table := v.NewTable(0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		machine.SetField(table, name, v.NewFunction(name, all[name]))
	}
	vm.Freeze(table)
	return table
}

func (r *fileRun) luaClearFaults(*lua.LState) int {
	r.board.clear()
	return 0
}

func (r *fileRun) luaOutput(L *lua.LState) int {
	list := r.game.VM.NewTable(len(r.output), 0)
	for _, text := range r.output {
		machine.Append(list, lua.LString(text))
	}
	return vm.Return(L, list)
}

func (r *fileRun) luaCalls(L *lua.LState) int {
	return vm.Return(L, lua.LNumber(r.recorder.calls.Requests))
}

// advanceSecondsMax is some 30 years: more than the clock can tell from less.
const advanceSecondsMax = 1e9

func (r *fileRun) luaAdvance(L *lua.LState) int {
	seconds := vm.ArgNumber(L, 1, "advance")
	if !(0 <= seconds && seconds <= advanceSecondsMax) {
		vm.ArgError(L, 1, "advance", "0 to "+vm.FormatNumber(advanceSecondsMax)+
			" seconds expected, got "+vm.FormatNumber(seconds))
	}
	thread := vm.MustYield(L)
	thread.Block(func() {
		wait := time.Duration(seconds * float64(time.Second))
		if err := r.sim.Sleep(context.Background(), wait); err != nil {
			vm.Errorf(L, "%v", err)
		}
	})
	return 0
}

func (r *fileRun) luaPeek(L *lua.LState) int {
	store, key := storeArgs(L, "peek", 3)
	result, err := r.emulator.Peek(store, key)
	if err != nil {
		vm.Errorf(L, "%v", err)
	}
	if !result.Found {
		return vm.Return(L, lua.LNil)
	}
	v := r.game.VM
	entry := v.NewTable(0, 5)
	machine.SetField(entry, "value", roblox.DecodeValue(v, result.Value))
	machine.SetField(entry, "json", lua.LString(result.Value))
	machine.SetField(entry, "version", lua.LString(result.Info.Version))
	users := v.NewTable(len(result.Info.UserIDs), 0)
	for _, id := range result.Info.UserIDs {
		machine.Append(users, lua.LNumber(id))
	}
	machine.SetField(entry, "userIds", users)
	metadata := lua.LValue(v.NewTable(0, 0))
	if len(result.Info.Metadata) > 0 {
		metadata = roblox.DecodeValue(v, result.Info.Metadata)
	}
	machine.SetField(entry, "metadata", metadata)
	return vm.Return(L, entry)
}

func (r *fileRun) luaSeed(L *lua.LState) int {
	store, key := storeArgs(L, "seed", 4)
	value, err := roblox.EncodeValue(vm.ArgAny(L, 3, "seed"))
	if err == nil {
		_, err = r.emulator.Seed(store, key, value)
	}
	if err != nil {
		vm.Errorf(L, "%v", err)
	}
	return 0
}

// storeArgs reads a store's name, a key, and at another place the scope.
func storeArgs(L *lua.LState, name string, scopeAt int) (emulator.StoreID, string) {
	store := emulator.StoreID{
		Name: vm.ArgString(L, 1, name), Scope: vm.OptString(L, scopeAt, name, "global"),
	}
	return store, vm.ArgString(L, 2, name)
}
