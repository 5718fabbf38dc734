package roblox

import (
	"context"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// getSortedAsync lists an ordered store by value (R156 to R160).
func getSortedAsync(c Call) int {
	thread := vm.MustYield(c.L)
	store := c.Self.Data.(*gameserver.Store)
	l := gameserver.SortedListing{
		Descending: !c.Bool(1),
		PageSize:   int(c.OptInt(2, emulator.SortedPageDefault)),
	}
	if l.PageSize == 0 { // means the default below
		c.refuse(emulator.ErrPageSizeLesser)
	}
	l.Min = c.bound(3, emulator.ErrMinValueInvalid)
	l.Max = c.bound(4, emulator.ErrMaxValueInvalid)
	return c.list(thread, "DataStorePages",
		func(ctx context.Context) (*gameserver.Pages, error) { return store.GetSorted(ctx, l) },
		func(item emulator.Item) lua.LValue {
			entry := c.Server.VM.NewTable(0, 2)
			machine.SetField(entry, "key", lua.LString(item.Key))
			machine.SetField(entry, "value", c.number(item))
			return entry
		})
}

// bound reads an end of the range of values, nil for none; invalid refuses what is no integer
// (R158, R159).
func (c Call) bound(n int, invalid *emulator.Error) *int64 {
	if c.Value(n) == lua.LNil {
		return nil
	}
	number := c.Number(n)
	if number != math.Trunc(number) || math.IsInf(number, 0) {
		c.refuse(invalid)
	}
	bound := toInt(number)
	return &bound
}

// number returns the integer that an item of an ordered store holds.
func (c Call) number(item emulator.Item) lua.LValue {
	value, err := storedValue(c.Server.VM, item.Value)
	if err != nil {
		c.refuse(emulator.ErrOrderedResponseFormat)
	}
	return value
}

// batchGetAsync reads many keys of an ordered store at once (R165). Its options are ignored; the
// text for standard stores is assumed.
func batchGetAsync(c Call) int {
	thread := vm.MustYield(c.L)
	store := c.Self.Data.(*gameserver.Store)
	if store.ID().Kind != emulator.Ordered {
		c.Raise("BatchGetAsync is only supported by OrderedDataStore")
	}
	keys := c.keys(1)
	var items []emulator.Item
	c.request(thread, func(ctx context.Context) (err error) {
		items, err = store.GetMany(ctx, keys)
		return err
	})
	found := c.Server.VM.NewTable(0, len(items))
	for _, item := range items {
		entry := c.Server.VM.NewTable(0, 1)
		machine.SetField(entry, "value", c.number(item))
		machine.SetField(found, item.Key, entry)
	}
	return c.Return(found)
}

// keys reads a list of keys.
func (c Call) keys(n int) []string {
	list := c.Table(n)
	keys := make([]string, vm.Length(list))
	for i := range keys {
		key, ok := keyText(machine.Item(list, i+1))
		if !ok {
			c.cannotCast(machine.Item(list, i+1), "string")
		}
		keys[i] = key
	}
	return keys
}
