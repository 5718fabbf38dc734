package roblox

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/vm"
)

// storeClasses are the two kinds of data store and what they have in common.
func storeClasses() []*Class {
	return []*Class{
		{
			Name: "GlobalDataStore", Super: "Instance",
			Methods: map[string]Method{
				"GetAsync":       getAsync,
				"SetAsync":       setAsync,
				"UpdateAsync":    updateAsync,
				"IncrementAsync": incrementAsync,
				"RemoveAsync":    removeAsync,
				"BatchGetAsync":  batchGetAsync,
				"OnUpdate":       onUpdate,
			},
		},
		{
			Name: "DataStore", Super: "GlobalDataStore",
			Methods: map[string]Method{
				"GetVersionAsync":       getVersionAsync,
				"GetVersionAtTimeAsync": getVersionAtTimeAsync,
				"ListKeysAsync":         listKeysAsync,
				"ListVersionsAsync":     listVersionsAsync,
				"RemoveVersionAsync":    removeVersionAsync,
			},
		},
		{
			Name: "OrderedDataStore", Super: "GlobalDataStore",
			Methods: map[string]Method{"GetSortedAsync": getSortedAsync},
		},
	}
}

// entry is what a call on a store object is about.
type entry struct {
	store *gameserver.Store
	key   string
}

// entry reads the key that a call names, and refuses a wrong one before anything else is looked at
// (R26 to R31).
func (c Call) entry() entry {
	e := entry{store: c.Self.Data.(*gameserver.Store), key: c.key(1)}
	if err := e.store.CheckKey(e.key); err != nil {
		c.Raise("%s", err)
	}
	return e
}

// allScopes reports whether a store's keys are scope/key (R31).
func allScopes(store *gameserver.Store) bool { return store.ID().Scope == "" }

// key reads a key.
func (c Call) key(n int) string {
	key, ok := keyText(c.Required(n))
	if !ok {
		c.cannotCast(c.Value(n), "string")
	}
	return key
}

// keyText returns what a value means as a key: a number becomes its text (R28).
func keyText(value lua.LValue) (string, bool) {
	number, ok := value.(lua.LNumber)
	switch n := float64(number); {
	case !ok:
		text, ok := value.(lua.LString)
		return string(text), ok
	case math.IsNaN(n):
		return "NAN", true
	case math.IsInf(n, 1):
		return "INF", true
	case math.IsInf(n, -1):
		return "-INF", true
	default:
		return vm.FormatNumber(n), true
	}
}

func getAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	useCache := true
	if options := c.options(2, "DataStoreGetOptions"); options != nil {
		useCache = lua.LVAsBool(options.Value("UseCache"))
	}
	var result emulator.Result
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.Get(ctx, e.key, useCache)
		return err
	})
	return c.returnResult(e, result)
}

// returnResult returns a value and its KeyInfo, as fresh objects (R50, R150).
func (c Call) returnResult(e entry, result emulator.Result) int {
	if !result.Found {
		return c.Return(lua.LNil, lua.LNil) // R64
	}
	value, err := storedValue(c.Server.VM, result.Value)
	if err != nil {
		c.refuse(err)
	}
	return c.Return(value, c.Server.keyInfo(e.store.ID(), true, result.Info).Object())
}

func setAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	if c.Count() < 2 {
		c.Raise("Argument 2 missing or nil") // R54
	}
	value := c.json(e, c.Value(2))
	userIDs, metadata := c.attributes(e, 3, "DataStoreSetOptions")
	var info emulator.KeyInfo
	c.request(thread, func(ctx context.Context) (err error) {
		info, err = e.store.Set(ctx, e.key, value, userIDs, metadata)
		return err
	})
	if e.store.ID().Kind == emulator.Ordered {
		return c.Return(lua.LNil) // R70, assumed
	}
	return c.Return(lua.LString(info.Version))
}

func incrementAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	delta := roundHalfUp(c.OptNumber(2, 1)) // R91
	userIDs, metadata := c.attributes(e, 3, "DataStoreIncrementOptions")
	var result emulator.Result
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.Increment(ctx, e.key, delta, userIDs, metadata)
		return err
	})
	return c.returnResult(e, result)
}

func removeAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	var result emulator.Result
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.Remove(ctx, e.key)
		return err
	})
	return c.returnResult(e, result)
}

// json turns a value into what the store keeps of it, or raises why it cannot be kept.
func (c Call) json(e entry, value lua.LValue) json.RawMessage {
	text, err := c.tryJSON(e, value)
	if err != nil {
		c.refuse(err)
	}
	return text
}

func (c Call) tryJSON(e entry, value lua.LValue) (json.RawMessage, error) {
	if e.store.ID().Kind == emulator.Ordered {
		return orderedJSON(value)
	}
	text, diagnostics, err := storedJSON(value)
	for _, d := range diagnostics {
		d.Call = fmt.Sprintf("%s of %q in %q", c.Name, e.key, e.store.ID().Name)
		c.Server.diagnose(d)
	}
	if err == nil && len(diagnostics) > 0 && e.store.Strict() {
		return nil, emulator.ErrTableMixed // something would be lost
	}
	return text, err
}

// attributes reads the user ids and the options of a write, from argument n on.
func (c Call) attributes(e entry, n int, class string) ([]int64, json.RawMessage) {
	if e.store.ID().Kind == emulator.Ordered {
		c.refuseAttributes(n)
		return nil, nil
	}
	ids, err := userIDs(c.Value(n))
	if err != nil {
		c.refuse(err)
	}
	metadata, err := metadataOf(c.options(n+1, class))
	if err != nil {
		c.refuse(err)
	}
	return ids, metadata
}

// refuseAttributes raises an error if a call on an ordered store has attributes; no user ids at all
// are none (R154).
func (c Call) refuseAttributes(n int) {
	ids := c.Value(n)
	table, ok := ids.(*lua.LTable)
	if ids != lua.LNil && !(ok && isEmpty(table)) {
		c.refuse(emulator.ErrUserIDsNotAllowed)
	}
	if c.Value(n+1) != lua.LNil {
		c.refuse(emulator.ErrOptionsNotAllowed)
	}
}
