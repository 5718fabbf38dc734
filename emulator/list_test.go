package emulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// pages lists everything, page by page, and returns each page's items as show tells them.
func pages(
	t testing.TB, emu *emulator.Emulator, req emulator.Request, show func(emulator.Item) string,
) [][]string {
	t.Helper()
	var all [][]string
	for range 10_000 {
		result := do(t, emu, req)
		page := []string{}
		for _, item := range result.Items {
			page = append(page, show(item))
		}
		all = append(all, page)
		if result.Cursor == "" {
			return all
		}
		req.Page.Cursor = result.Cursor
	}
	require.Fail(t, "the listing does not end")
	return nil
}

// keyName shows a key as an AllScopes store does, with a mark if it is removed.
func keyName(item emulator.Item) string {
	name := item.Scope + "/" + item.Key
	if item.Deleted {
		name += " removed"
	}
	return name
}

func listKeys(scope string, page emulator.Page) emulator.Request {
	return emulator.Request{
		Op: emulator.OpListKeys, Store: emulator.StoreID{Name: "Coins", Scope: scope}, Page: page,
	}
}

func seed(t testing.TB, emu *emulator.Emulator, store emulator.StoreID, keys ...string) {
	t.Helper()
	for _, key := range keys {
		_, err := emu.Seed(store, key, json.RawMessage(`1`))
		require.NoError(t, err)
	}
}

// R126, R127, R131
func TestKeysOfAScopeAreListedByTheirBytes(t *testing.T) {
	emu, _ := newEmulator(t)
	seed(t, emu, coins, "b", "ä", "a/c", "a", "B", "a!", "\x00")
	seed(t, emu, emulator.StoreID{Name: "Coins", Scope: "other"}, "hidden")
	seed(t, emu, emulator.StoreID{Name: "Coin", Scope: "global"}, "hidden")
	list := func(page emulator.Page) [][]string {
		return pages(t, emu, listKeys("global", page), func(i emulator.Item) string { return i.Key })
	}
	require.Equal(t, [][]string{{"\x00", "B", "a", "a!", "a/c", "b", "ä"}}, list(emulator.Page{}))
	require.Equal(t, [][]string{{"a", "a!"}, {"a/c"}}, list(emulator.Page{Size: 2, Prefix: "a"}))
	require.Equal(t, [][]string{{"ä"}}, list(emulator.Page{Prefix: "\xc3"}), "half a character")
	require.Equal(t, [][]string{{}}, list(emulator.Page{Prefix: "x"}))
}

// R126, R127, R131: the order is that of scope/key as one text.
func TestAllScopesAreListedByPath(t *testing.T) {
	emu, _ := newEmulator(t)
	for _, path := range [][2]string{
		{"a", "b"}, {"a", "b/c"}, {"a/b", "c"}, {"a/b", "d"}, {"a!", "x"}, {"a", "z"}, {"b", "k"},
	} {
		seed(t, emu, emulator.StoreID{Name: "Coins", Scope: path[0]}, path[1])
	}
	want := []string{"a!/x", "a/b", "a/b/c", "a/b/c", "a/b/d", "a/z", "b/k"}
	for size := 1; size <= 8; size++ {
		all := pages(t, emu, listKeys("", emulator.Page{Size: size}), keyName)
		require.Equal(t, want, slices.Concat(all...))
		require.Len(t, all, (len(want)+size-1)/size, "no page is empty or short")
	}
	require.Equal(t, [][]string{{"a/b/c", "a/b/c", "a/b/d"}},
		pages(t, emu, listKeys("", emulator.Page{Prefix: "a/b/"}), keyName))
}

// R100, R128, R129
func TestRemovedKeysAreListedUnlessExcluded(t *testing.T) {
	emu, clock := newEmulator(t)
	for i := range 120 {
		seed(t, emu, coins, fmt.Sprintf("k%03d", i))
	}
	for i := range 120 {
		if i != 3 && i != 119 {
			do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: fmt.Sprintf("k%03d", i)})
		}
	}
	all := pages(t, emu, listKeys("global", emulator.Page{}), keyName)
	require.Len(t, all, 3)
	require.Len(t, all[0], 50)
	require.Equal(t, "global/k000 removed", all[0][0])
	require.Equal(t, "global/k003", all[0][3])
	exclude := listKeys("global", emulator.Page{ExcludeDeleted: true})
	require.Equal(t, [][]string{{"global/k003", "global/k119"}}, pages(t, emu, exclude, keyName))
	exclude.Page.Size = 1
	require.Equal(t, [][]string{{"global/k003"}, {"global/k119"}}, pages(t, emu, exclude, keyName))
	clock.now = start.Add(emulator.TombstoneLifetime + time.Second)
	require.Equal(t, [][]string{{"global/k003", "global/k119"}},
		pages(t, emu, listKeys("global", emulator.Page{}), keyName), "purged")
}

// R129: of 1,200 keys only the last lives.
func TestAPageExaminesOnlySoManyKeys(t *testing.T) {
	for _, scope := range []string{"global", ""} {
		emu, _ := newEmulator(t)
		for i := range 1200 {
			seed(t, emu, coins, fmt.Sprintf("k%04d", i))
		}
		for i := range 1199 {
			do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: fmt.Sprintf("k%04d", i)})
		}
		all := pages(t, emu, listKeys(scope, emulator.Page{ExcludeDeleted: true}), keyName)
		require.Equal(t, [][]string{{}, {}, {"global/k1199"}}, all)
	}
}

// R136: a page that is exactly full is the last.
func TestAFullLastPageHasNoCursor(t *testing.T) {
	emu, _ := newEmulator(t)
	seed(t, emu, coins, "a", "b", "c", "d")
	require.Len(t, pages(t, emu, listKeys("global", emulator.Page{Size: 2}), keyName), 2)
	require.Len(t, pages(t, emu, listKeys("", emulator.Page{Size: 2}), keyName), 2)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "d"})
	require.Len(t, pages(t, emu,
		listKeys("global", emulator.Page{Size: 3, ExcludeDeleted: true}), keyName), 1)
}

// R133
func TestStoresAreListedByNameWithTheirTimes(t *testing.T) {
	emu, clock := newEmulator(t)
	seed(t, emu, coins, "k")
	seed(t, emu, ranks, "k")
	seed(t, emu, emulator.GlobalStore(), "k")
	clock.now = start.Add(time.Hour)
	seed(t, emu, emulator.StoreID{Name: "Cats", Scope: "s"}, "k")
	seed(t, emu, emulator.StoreID{Name: "Coins", Scope: "s"}, "k")
	seed(t, emu, emulator.StoreID{Name: "cats", Scope: "s"}, "k")
	list := emulator.Request{Op: emulator.OpListStores}
	want := []emulator.Item{
		{Store: "Cats", Info: emulator.KeyInfo{
			CreatedMS: clock.now.UnixMilli(), UpdatedMS: clock.now.UnixMilli(),
		}},
		{Store: "Coins", Info: emulator.KeyInfo{
			CreatedMS: start.UnixMilli(), UpdatedMS: clock.now.UnixMilli(),
		}},
		{Store: "cats", Info: emulator.KeyInfo{
			CreatedMS: clock.now.UnixMilli(), UpdatedMS: clock.now.UnixMilli(),
		}},
	}
	require.Equal(t, want, do(t, emu, list).Items)
	name := func(i emulator.Item) string { return i.Store }
	list.Page = emulator.Page{Prefix: "C", Size: 1}
	require.Equal(t, [][]string{{"Cats"}, {"Coins"}}, pages(t, emu, list, name))

	remove := emulator.Request{
		Op: emulator.OpRemove, Store: emulator.StoreID{Name: "Cats", Scope: "s"}, Key: "k",
	}
	do(t, emu, remove)
	require.Len(t, do(t, emu, list).Items, 1, "a tombstone counts")
	clock.now = clock.now.Add(emulator.TombstoneLifetime + time.Second)
	require.Equal(t, [][]string{{"Coins"}}, pages(t, emu, list, name))
}

// R123, R128, R157, R165
func TestPagesOfImpossibleSizeAreRefused(t *testing.T) {
	const badRequest = "502: API Services rejected request with error. HTTP 400 (Bad Request)"
	emu, _ := newEmulator(t)
	for _, c := range []struct {
		op    emulator.Op
		store emulator.StoreID
		most  int
		want  string
	}{
		{emulator.OpListKeys, coins, 100, badRequest},
		{emulator.OpListStores, coins, 100, badRequest},
		{emulator.OpListVersions, coins, 1024, badRequest},
		{emulator.OpListSorted, ranks, 100, "106: PageSize must be within predefined range."},
	} {
		req := emulator.Request{Op: c.op, Store: c.store, Key: "k"}
		for _, size := range []int{-1, c.most + 1} {
			req.Page.Size = size
			_, err := emu.Do(t.Context(), req)
			require.EqualError(t, err, c.want)
		}
		req.Page.Size = c.most
		require.Empty(t, do(t, emu, req).Items)
	}
	for _, count := range []int{0, 101} {
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpGetMany, Store: ranks, Keys: slices.Repeat([]string{"k"}, count),
		})
		require.EqualError(t, err, badRequest)
	}
}

// R130: and a cursor fits only the listing that it came from.
func TestCursorsThatNoPageReturnedAreRefused(t *testing.T) {
	emu, _ := newEmulator(t)
	seed(t, emu, coins, "a", "b", "c")
	list := listKeys("global", emulator.Page{Size: 1})
	good := do(t, emu, list).Cursor
	require.NotEmpty(t, good)
	refuse := func(req emulator.Request) {
		t.Helper()
		_, err := emu.Do(t.Context(), req)
		require.EqualError(t, err, "502: API Services rejected request with error. "+
			"Error code: 0 Reason: The provided exclusive start key is not valid.")
	}
	flipped := "A"
	if strings.HasSuffix(good, "A") {
		flipped = "Q"
	}
	for _, bad := range []string{
		"x", "?", strings.Repeat("A", 30), good + "AAAA", good[:len(good)-1] + flipped,
	} {
		list.Page.Cursor = bad
		refuse(list)
	}
	list.Page.Cursor = good
	other := list
	other.Page.Prefix = "a"
	refuse(other)
	other = list
	other.Store.Scope = ""
	refuse(other)
	refuse(emulator.Request{Op: emulator.OpListStores, Page: list.Page})
	list.Page.Size = 2
	require.Len(t, do(t, emu, list).Items, 2, "the size may change")
}
