package suite

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/faults"
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

func (r *fileRun) luaFault(L *lua.LState) int {
	rule, err := faultRule(vm.ArgTable(L, 1, "fault"))
	if err != nil {
		vm.Errorf(L, "emulator.fault: %v", err)
	}
	l, err := r.board.add(rule)
	if err != nil {
		vm.Errorf(L, "emulator.fault: %v", err)
	}
	v := r.game.VM
	handle := v.NewTable(0, 1)
	machine.SetField(handle, "clear", v.NewFunction("clear", func(*lua.LState) int {
		l.cleared = true
		return 0
	}))
	return vm.Return(L, handle)
}

var faultKinds = map[string]faults.Kind{
	"requestLost": faults.LostRequest, "replyLost": faults.LostReply, "latency": faults.Latency,
}

// faultOps are the operations by their names; "*" is all of them.
var faultOps = func() map[string][]emulator.Op {
	ops := map[string][]emulator.Op{"*": nil}
	for op := emulator.OpGet; op <= emulator.OpGetMany; op++ {
		ops[op.String()] = []emulator.Op{op}
	}
	return ops
}()

// faultRule reads a rule as a script writes it.
func faultRule(t *lua.LTable) (faults.Rule, error) {
	rule := faults.Rule{Chance: 1}
	seconds := 0.0
	fields := map[string]func(lua.LValue) error{
		"kind":    func(v lua.LValue) error { return choose(v, faultKinds, &rule.Kind) },
		"op":      func(v lua.LValue) error { return choose(v, faultOps, &rule.Ops) },
		"store":   text(&rule.Store),
		"key":     text(&rule.Key),
		"scope":   text(&rule.Scope),
		"chance":  number(&rule.Chance),
		"seconds": number(&seconds),
		"limit": func(v lua.LValue) error {
			n := 0.0
			err := number(&n)(v)
			rule.Limit = int(n)
			return err
		},
	}
	for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
		set, known := fields[vm.Text(key)]
		if !known {
			return rule, fmt.Errorf("got the field %q, want one of %s", vm.Text(key), names(fields))
		}
		if err := set(value); err != nil {
			return rule, fmt.Errorf("%s: %w", vm.Text(key), err)
		}
	}
	if !(0 <= seconds && seconds <= advanceSecondsMax) {
		return rule, fmt.Errorf("got %g seconds, want 0 to %g", seconds, advanceSecondsMax)
	}
	span := time.Duration(seconds * float64(time.Second))
	switch {
	case rule.Kind == "":
		return rule, fmt.Errorf("got no kind, want one of %s", names(faultKinds))
	case rule.Kind == faults.Latency && span <= 0:
		return rule, fmt.Errorf("a latency wants seconds above 0, got %g", seconds)
	case rule.Kind == faults.Latency:
		rule.Delay = faults.Constant(span)
	default:
		rule.To = span
	}
	return rule, nil
}

func choose[T any](v lua.LValue, among map[string]T, to *T) error {
	chosen, known := among[vm.Text(v)]
	if !known {
		return fmt.Errorf("got %q, want one of %s", vm.Text(v), names(among))
	}
	*to = chosen
	return nil
}

func text(to *string) func(lua.LValue) error {
	return func(v lua.LValue) error {
		s, ok := v.(lua.LString)
		if !ok {
			return fmt.Errorf("got a %s, want a string", vm.TypeName(v))
		}
		*to = string(s)
		return nil
	}
}

func number(to *float64) func(lua.LValue) error {
	return func(v lua.LValue) error {
		n, ok := v.(lua.LNumber)
		if !ok {
			return fmt.Errorf("got a %s, want a number", vm.TypeName(v))
		}
		*to = float64(n)
		return nil
	}
}
