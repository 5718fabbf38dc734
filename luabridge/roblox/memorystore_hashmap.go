package roblox

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/memorystore"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// hashMapClass is the map whose items have no order (section 24.2).
func hashMapClass() *Class {
	return &Class{
		Name: "MemoryStoreHashMap", Super: "Instance",
		Methods: map[string]Method{
			"GetAsync": hashMapGet, "SetAsync": hashMapSet, "UpdateAsync": hashMapUpdate,
			"RemoveAsync": hashMapRemove, "ListItemsAsync": hashMapList,
		},
	}
}

func (c Call) hashMap() *memorystore.HashMap { return c.Self.Data.(*memorystore.HashMap) }

func hashMapGet(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	var item memorystore.Item
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		item, _, err = c.hashMap().Get(ctx, key)
		return err
	})
	return c.Return(c.fromMemory(item.Value))
}

func hashMapSet(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	write := memorystore.Write{Value: c.memoryValue(2), Expiration: wholeSeconds(c.Int(3))}
	replaced := false
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		_, replaced, err = c.hashMap().Set(ctx, key, write)
		return err
	})
	return c.Return(lua.LBool(replaced))
}

func hashMapUpdate(c Call) int {
	thread := vm.MustYield(c.L)
	key, fn, expiration := c.String(1), c.Function(2), wholeSeconds(c.Int(3))
	transform := func(current memorystore.Item, _ bool) (change memorystore.Change, err error) {
		value, _, err := c.memoryTransform(fn, c.fromMemory(current.Value))
		if err != nil || value == lua.LNil {
			return memorystore.Change{Cancel: true}, err
		}
		change.Value, err = c.memoryJSON(value)
		return change, err
	}
	var item memorystore.Item
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		item, _, err = c.hashMap().Update(ctx, key, expiration, transform)
		return err
	})
	return c.Return(c.fromMemory(item.Value))
}

func hashMapRemove(c Call) int {
	thread := vm.MustYield(c.L)
	key := c.String(1)
	c.memoryRequest(thread, func(ctx context.Context) error {
		_, err := c.hashMap().Remove(ctx, key)
		return err
	})
	return 0
}

// hashMapPages is a page of a hash map's items, and how to get the next.
type hashMapPages struct {
	hashMap *memorystore.HashMap
	count   int
	page    memorystore.Page
}

func (p *hashMapPages) load(ctx context.Context) error {
	page, err := p.hashMap.List(ctx, p.count, p.page.Cursor)
	if err == nil {
		p.page = page
	}
	return err
}

// hashMapList returns the items in pages, of which the first is there already (R135, R204).
func hashMapList(c Call) int {
	thread := vm.MustYield(c.L)
	pages := &hashMapPages{hashMap: c.hashMap(), count: int(c.Int(1))}
	c.memoryRequest(thread, pages.load)
	object := c.Server.NewInstance("MemoryStoreHashMapPages", "MemoryStoreHashMapPages", nil)
	object.Data = &listing{
		store:    c.Self.Name(),
		items:    func() []lua.LValue { return c.memoryItems(pages.page.Items) },
		finished: func() bool { return pages.page.Cursor == "" },
		advance:  pages.load,
	}
	return c.Return(object.Object())
}

// hashMapPagesClass is what ListItemsAsync returns: Pages with the errors of memory stores.
func hashMapPagesClass() *Class {
	return &Class{
		Name: "MemoryStoreHashMapPages", Super: "Pages",
		Methods: map[string]Method{
			"AdvanceToNextPageAsync": func(c Call) int {
				thread := vm.MustYield(c.L)
				pages := c.Self.Data.(*listing)
				if pages.finished() {
					c.Raise("No pages to advance to") // R138
				}
				c.memoryRequest(thread, pages.advance)
				return 0
			},
		},
	}
}

// memoryItems makes fresh tables of the items of a map.
func (c Call) memoryItems(items []memorystore.Item) []lua.LValue {
	tables := make([]lua.LValue, len(items))
	for i, item := range items {
		table := c.Server.VM.NewTable(0, 3)
		machine.SetField(table, "key", lua.LString(item.Key))
		machine.SetField(table, "value", c.fromMemory(item.Value))
		if key := sortKeyValue(item.SortKey); key != lua.LNil {
			machine.SetField(table, "sortKey", key)
		}
		tables[i] = table
	}
	return tables
}
