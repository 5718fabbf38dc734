package roblox

import (
	"context"
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/memorystore"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// sortedMapClass is the map whose items are in the order of their sort keys (section 24.3).
func sortedMapClass() *Class {
	return &Class{
		Name: "MemoryStoreSortedMap", Super: "Instance",
		Methods: map[string]Method{
			"GetAsync": sortedMapGet, "SetAsync": sortedMapSet, "UpdateAsync": sortedMapUpdate,
			"RemoveAsync": sortedMapRemove, "GetRangeAsync": sortedMapRange,
			"GetSizeAsync": sortedMapSize,
		},
	}
}

func (c Call) sortedMap() *memorystore.SortedMap { return c.Self.Data.(*memorystore.SortedMap) }

// sortKey reads a sort key; nil is none (R207).
func sortKey(value lua.LValue) (memorystore.SortKey, error) {
	switch value := value.(type) {
	case *lua.LNilType:
		return memorystore.SortKey{}, nil
	case lua.LString:
		return memorystore.StringKey(string(value)), nil
	case lua.LNumber:
		if !math.IsNaN(float64(value)) {
			return memorystore.NumberKey(float64(value)), nil
		}
	}
	return memorystore.SortKey{}, memorystore.ErrSortKeyType
}

func sortKeyValue(key memorystore.SortKey) lua.LValue {
	if number, ok := key.Number(); ok {
		return lua.LNumber(number)
	}
	if text, ok := key.Text(); ok {
		return lua.LString(text)
	}
	return lua.LNil
}

// returnItem returns an item's value and sort key, nil and nil if there is none.
func (c Call) returnItem(item memorystore.Item) int {
	return c.Return(c.fromMemory(item.Value), sortKeyValue(item.SortKey))
}

func sortedMapGet(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	var item memorystore.Item
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		item, _, err = c.sortedMap().Get(ctx, key)
		return err
	})
	return c.returnItem(item)
}

func sortedMapSet(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	write := memorystore.Write{Value: c.memoryValue(2), Expiration: wholeSeconds(c.Int(3))}
	var err error
	if write.SortKey, err = sortKey(c.Value(4)); err != nil {
		c.refuseMemory(err)
	}
	replaced := false
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		_, replaced, err = c.sortedMap().Set(ctx, key, write)
		return err
	})
	return c.Return(lua.LBool(replaced))
}

func sortedMapUpdate(c Call) int {
	thread := vm.MustYield(c.L)
	key, fn, expiration := c.String(1), c.Function(2), wholeSeconds(c.Int(3))
	transform := func(current memorystore.Item, _ bool) (change memorystore.Change, err error) {
		value, rank, err := c.memoryTransform(fn,
			c.fromMemory(current.Value), sortKeyValue(current.SortKey))
		if err != nil || value == lua.LNil {
			return memorystore.Change{Cancel: true}, err
		}
		if change.SortKey, err = sortKey(rank); err != nil {
			return change, err
		}
		change.Value, err = c.memoryJSON(value)
		return change, err
	}
	var item memorystore.Item
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		item, _, err = c.sortedMap().Update(ctx, key, expiration, transform)
		return err
	})
	return c.returnItem(item)
}

func sortedMapRemove(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	c.memoryRequest(thread, func(ctx context.Context) error {
		_, err := c.sortedMap().Remove(ctx, key)
		return err
	})
	return 0
}

func sortedMapRange(c Call) int {
	thread := vm.MustYield(c.L)
	direction := memorystore.Ascending
	if c.Enum(1, "SortDirection").Name == "Descending" {
		direction = memorystore.Descending
	}
	count := int(c.Int(2))
	bounds := memorystore.Bounds{
		Lower: c.rangeBound(3, memorystore.ErrLowerInvalid),
		Upper: c.rangeBound(4, memorystore.ErrUpperInvalid),
	}
	var items []memorystore.Item
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		items, err = c.sortedMap().Range(ctx, direction, count, bounds)
		return err
	})
	list := c.Server.VM.NewTable(len(items), 0)
	for _, item := range c.memoryItems(items) {
		machine.Append(list, item)
	}
	return c.Return(list)
}

// rangeBound reads one end of a range: nothing, a table of key and sortKey, or a key alone (R206).
// A key that is no text gets the refusal of its side, assumed.
func (c Call) rangeBound(n int, refusal error) memorystore.Bound {
	var bound memorystore.Bound
	key := c.Value(n)
	if key == lua.LNil {
		return bound
	}
	if _, isKey := acceptString(nil, key); !isKey {
		table := c.Table(n)
		key = table.RawGetString("key")
		var err error
		if bound.SortKey, err = sortKey(table.RawGetString("sortKey")); err != nil {
			c.refuseMemory(err)
		}
	}
	if key != lua.LNil {
		text, ok := acceptString(nil, key)
		if !ok {
			c.refuseMemory(refusal)
		}
		bound.Key = string(text.(lua.LString))
	}
	return bound
}

func sortedMapSize(c Call) int {
	thread := vm.MustYield(c.L)
	size := 0
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		size, err = c.sortedMap().Size(ctx)
		return err
	})
	return c.Return(lua.LNumber(size))
}
