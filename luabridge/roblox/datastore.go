package roblox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

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
			Methods: merge(map[string]Method{
				"GetAsync":       getAsync,
				"SetAsync":       setAsync,
				"UpdateAsync":    updateAsync,
				"IncrementAsync": incrementAsync,
				"RemoveAsync":    removeAsync,
			}, refused("GlobalDataStore", "OnUpdate")),
		},
		{
			Name: "DataStore", Super: "GlobalDataStore",
			Methods: refused("DataStore", "GetVersionAsync", "GetVersionAtTimeAsync",
				"ListKeysAsync", "ListVersionsAsync", "RemoveVersionAsync"),
		},
		{
			Name: "OrderedDataStore", Super: "GlobalDataStore",
			Methods: refused("OrderedDataStore", "BatchGetAsync", "GetSortedAsync"),
		},
	}
}

// entry is what a call on a store object is about.
type entry struct {
	store *gameserver.Store
	key   string
}

// entry reads the key that a call names, and checks it (R27 to R31).
func (c Call) entry() entry {
	name := c.Self.Data.(storeName)
	id, key := name.id, c.key(1)
	if name.allScopes {
		scope, rest, found := strings.Cut(key, "/") // R31; the text is assumed
		if !found {
			c.Raise("Key must be in the format scope/key")
		}
		c.checkKey(emulator.StoreID{Name: id.Name, Scope: "global"}, scope)
		id.Scope, key = scope, rest
	}
	c.checkKey(id, key)
	open := c.Server.options.Stores.Store
	if name.allScopes {
		open = c.Server.options.Stores.AllScopesStore
	}
	store, err := open(id)
	if err != nil {
		c.Raise("%s", err)
	}
	return entry{store: store, key: key}
}

// checkKey refuses a key at once, before anything else is looked at (R26).
func (c Call) checkKey(id emulator.StoreID, key string) {
	request := emulator.Request{Op: emulator.OpGet, Store: id, Key: key}
	if err := request.Check(); err != nil {
		c.Raise("%s", err)
	}
}

// key reads a key; a number becomes its text (R28).
func (c Call) key(n int) string {
	number, ok := c.Required(n).(lua.LNumber)
	switch value := float64(number); {
	case !ok:
		return c.String(n)
	case math.IsNaN(value):
		return "NAN"
	case math.IsInf(value, 1):
		return "INF"
	case math.IsInf(value, -1):
		return "-INF"
	}
	return c.String(n)
}

// request lets time pass while do asks the game server, and raises what it is refused.
func (c Call) request(thread *vm.Thread, do func(ctx context.Context) error) {
	if c.Server.Closed() {
		c.Raise("%s", emulator.ErrDataModelClosed) // R228
	}
	var err error
	thread.Block(func() { err = do(c.Server.Context()) })
	if err != nil {
		c.refuse(err)
	}
}

// backendCodeMin is the least code of errors that are not the server's own refusals.
const backendCodeMin = 400

// refuse raises an error of a data store. One of the backend's also shows in the console (R188). An
// error that Roblox has no name for is no business of a script: it must not get lost in a pcall.
func (c Call) refuse(err error) {
	var refusal *emulator.Error
	switch {
	case !errors.As(err, &refusal):
		c.Server.fail(Message{Text: fmt.Sprintf("savestone: %s: %s", c.Name, err)})
	case refusal.Code >= backendCodeMin:
		c.Server.Print(Message{Kind: Warning, Text: fmt.Sprintf(
			"DataStoreService: %s: %s API: %s, Data Store: %s",
			refusal.Name, refusal.Message, c.Name, c.Self.Name())})
	}
	c.Raise("%s", err)
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
	if ids != lua.LNil && !(ok && isEmpty(vm.Content(table))) {
		c.refuse(emulator.ErrUserIDsNotAllowed)
	}
	if c.Value(n+1) != lua.LNil {
		c.refuse(emulator.ErrOptionsNotAllowed)
	}
}
