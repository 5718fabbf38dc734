package roblox

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/vm"
)

// getVersionAsync reads one version (R116). That of a removal is nil with a KeyInfo (R118,
// assumed).
func getVersionAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	version := c.String(2)
	var result emulator.Result
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.GetVersion(ctx, e.key, version)
		return err
	})
	if !result.Found {
		return c.Return(lua.LNil, c.Server.keyInfo(e.store.ID(), true, result.Info).Object())
	}
	return c.returnResult(e, result)
}

// getVersionAtTimeAsync reads the version that was current at a time in Unix milliseconds (R119,
// R120).
func getVersionAtTimeAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	at := c.Int(2)
	var result emulator.Result
	c.request(thread, func(ctx context.Context) (err error) {
		result, err = e.store.GetVersionAt(ctx, e.key, at)
		return err
	})
	return c.returnResult(e, result)
}

// listVersionsAsync lists the versions of a key (R121 to R124).
func listVersionsAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	l := gameserver.VersionListing{
		Descending: c.OptEnum(2, "SortDirection", "Ascending").Name == "Descending",
		FromMS:     c.OptInt(3, 0),
		ToMS:       c.OptInt(4, 0),
		PageSize:   int(c.OptInt(5, 0)),
	}
	return c.list(thread, "DataStoreVersionPages",
		func(ctx context.Context) (*gameserver.Pages, error) {
			return e.store.ListVersions(ctx, e.key, l)
		},
		func(item emulator.Item) lua.LValue {
			return c.Server.item("DataStoreObjectVersionInfo", item)
		})
}

// removeVersionAsync deletes a version for good (R125).
func removeVersionAsync(c Call) int {
	thread := vm.MustYield(c.L)
	e := c.entry()
	version := c.String(2)
	c.request(thread, func(ctx context.Context) error {
		return e.store.RemoveVersion(ctx, e.key, version)
	})
	return 0
}

// listKeysAsync lists the keys of a store; those of an AllScopes store have their scope before them
// (R126 to R130).
func listKeysAsync(c Call) int {
	thread := vm.MustYield(c.L)
	store := c.Self.Data.(*gameserver.Store)
	l := gameserver.KeyListing{
		Prefix:         c.OptString(1, ""),
		PageSize:       int(c.OptInt(2, 0)),
		Cursor:         c.OptString(3, ""),
		ExcludeDeleted: c.OptBool(4, false),
	}
	return c.list(thread, "DataStoreKeyPages",
		func(ctx context.Context) (*gameserver.Pages, error) { return store.ListKeys(ctx, l) },
		func(item emulator.Item) lua.LValue {
			if allScopes(store) {
				item.Key = item.Scope + "/" + item.Key
			}
			return c.Server.item("DataStoreKey", item)
		})
}

// listDataStoresAsync lists the universe's standard stores (R133).
func listDataStoresAsync(c Call) int {
	thread := vm.MustYield(c.L)
	prefix, size, cursor := c.OptString(1, ""), int(c.OptInt(2, 0)), c.OptString(3, "")
	stores := c.gameServer()
	return c.list(thread, "DataStoreListingPages",
		func(ctx context.Context) (*gameserver.Pages, error) {
			return stores.ListStores(ctx, prefix, size, cursor)
		},
		func(item emulator.Item) lua.LValue { return c.Server.item("DataStoreInfo", item) })
}
