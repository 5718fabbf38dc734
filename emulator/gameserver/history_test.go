package gameserver_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// keysOf turns all pages and names their items as ListKeys shows them (R126).
func keysOf(t *testing.T, pages *gameserver.Pages, err error) (keys []string) {
	t.Helper()
	for {
		require.NoError(t, err)
		for _, item := range pages.Current() {
			keys = append(keys, item.Scope+"/"+item.Key)
		}
		if pages.IsFinished() {
			return keys
		}
		err = pages.Advance(t.Context())
	}
}

// R116, R120, R121, R125 from a game server's side.
func TestVersionsAreReadFromTheBackend(t *testing.T) {
	w := newWorld(t, coins)
	ctx := t.Context()
	var written []string
	for i := range 3 {
		w.clock.now = start.Add(time.Duration(i) * time.Hour)
		info, err := w.store.Set(ctx, "k", json.RawMessage(strconv.Itoa(i)), nil, nil)
		require.NoError(t, err)
		written = append(written, info.Version)
	}
	list := func() (versions []string) {
		pages, err := w.store.ListVersions(ctx, "k", gameserver.VersionListing{Descending: true})
		require.NoError(t, err)
		require.True(t, pages.IsFinished())
		for _, item := range pages.Current() {
			versions = append(versions, item.Info.Version)
		}
		return versions
	}
	require.Equal(t, []string{written[2], written[1], written[0]}, list())
	first, err := w.store.GetVersion(ctx, "k", written[0])
	require.NoError(t, err)
	require.Equal(t, `0`, shown(first))
	then, err := w.store.GetVersionAt(ctx, "k", start.Add(90*time.Minute).UnixMilli())
	require.NoError(t, err)
	require.Equal(t, `1`, shown(then))
	require.NoError(t, w.store.RemoveVersion(ctx, "k", written[0]))
	require.Equal(t, []string{written[2], written[1]}, list())
	_, err = w.store.GetVersion(ctx, "k", written[0])
	require.ErrorContains(t, err, "not valid")
	require.Equal(t, `2`, get(t, w.store, true))
	require.NotContains(t, w.line.passed, "one get k", "versions did not touch the cache")
}

// R126, R127: a store lists its scope, an AllScopes store all of them.
func TestKeysAreListedByScope(t *testing.T) {
	w := newWorld(t, coins)
	all := allScopes(t, w.server, "Coins")
	for _, key := range []string{"global/a", "global/b/c", "mine/a", "mine/d"} {
		_, err := all.Set(t.Context(), key, json.RawMessage(`1`), nil, nil)
		require.NoError(t, err)
	}
	list := func(store *gameserver.Store, prefix string) []string {
		pages, err := store.ListKeys(t.Context(), gameserver.KeyListing{
			Prefix: prefix, PageSize: 1,
		})
		return keysOf(t, pages, err)
	}
	require.Equal(t, []string{"global/a", "global/b/c"}, list(w.store, ""))
	require.Equal(t, []string{"global/b/c"}, list(w.store, "b"))
	require.Equal(t, []string{"global/a", "global/b/c", "mine/a", "mine/d"}, list(all, ""))
	require.Equal(t, []string{"mine/a", "mine/d"}, list(all, "mi"))
}

// R133
func TestStoresAreListed(t *testing.T) {
	w := newWorld(t, coins)
	set(t, w.store, `1`)
	_, err := openStore(t, w.server, ranks).Set(t.Context(), "k", json.RawMessage(`1`), nil, nil)
	require.NoError(t, err)
	pages, err := w.server.ListStores(t.Context(), "", 0, "")
	require.NoError(t, err)
	require.Len(t, pages.Current(), 1)
	require.Equal(t, "Coins", pages.Current()[0].Store)
}

// R156, R165
func TestOrderedStoresAreSortedAndReadInBulk(t *testing.T) {
	w := newWorld(t, ranks)
	for key, value := range map[string]string{"a": `3`, "b": `1`, "c": `2`} {
		_, err := w.store.Set(t.Context(), key, json.RawMessage(value), nil, nil)
		require.NoError(t, err)
	}
	least := int64(2)
	pages, err := w.store.GetSorted(t.Context(), gameserver.SortedListing{
		Descending: true, PageSize: 1, Min: &least,
	})
	require.Equal(t, []string{"/a", "/c"}, keysOf(t, pages, err))
	items, err := w.store.GetMany(t.Context(), []string{"c", "nobody", "a"})
	require.NoError(t, err)
	require.Equal(t, []emulator.Item{
		{Key: "c", Value: json.RawMessage(`2`)}, {Key: "a", Value: json.RawMessage(`3`)},
	}, items)
}

// R26: bad listings cost nothing.
func TestBadListingsNeverLeaveTheServer(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	ctx := t.Context()
	least, most := int64(2), int64(1)
	_, err := l.ranks.GetSorted(ctx, gameserver.SortedListing{Min: &least, Max: &most})
	require.ErrorIs(t, err, emulator.ErrMinMaxOrder)
	_, err = l.ranks.GetSorted(ctx, gameserver.SortedListing{PageSize: 101})
	require.ErrorIs(t, err, emulator.ErrPageSizeGreater)
	_, err = l.coins.ListKeys(ctx, gameserver.KeyListing{PageSize: -1})
	require.Error(t, err)
	_, err = l.coins.GetVersionAt(ctx, "k", 0)
	require.ErrorIs(t, err, emulator.ErrTimestampInvalid)
	_, err = l.ranks.GetMany(ctx, nil)
	require.ErrorIs(t, err, emulator.ErrKeyCountInvalid)
	require.Equal(t, 10, l.server.Budget(emulator.OrderedList))
	require.Equal(t, 10, l.server.Budget(emulator.StandardList))
	require.Empty(t, l.sent)
}
