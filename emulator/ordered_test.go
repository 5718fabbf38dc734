package emulator_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// rank fills the ordered store.
func rank(t testing.TB, emu *emulator.Emulator, key string, n int64) {
	t.Helper()
	_, err := emu.Seed(ranks, key, json.RawMessage(strconv.FormatInt(n, 10)))
	require.NoError(t, err)
}

func ranked(item emulator.Item) string { return fmt.Sprintf("%s=%s", item.Key, item.Value) }

func sorted(page emulator.Page) emulator.Request {
	return emulator.Request{Op: emulator.OpListSorted, Store: ranks, Page: page}
}

// R156, R158, R161, R162
func TestOrderedStoresAreListedByValueThenKey(t *testing.T) {
	emu, _ := newEmulator(t)
	require.Equal(t, [][]string{{}}, pages(t, emu, sorted(emulator.Page{}), ranked), "R164")
	least, most := int64(-1<<63), int64(1<<63-1)
	rank(t, emu, "c", 5)
	rank(t, emu, "a", 5)
	rank(t, emu, "b", 5)
	rank(t, emu, "low", least)
	rank(t, emu, "high", most)
	rank(t, emu, "zero", 0)
	_, err := emu.Seed(emulator.StoreID{Kind: emulator.Ordered, Name: "Ranks", Scope: "s"}, "x",
		json.RawMessage(`5`))
	require.NoError(t, err)
	up := []string{
		"low=-9223372036854775808", "zero=0", "a=5", "b=5", "c=5", "high=9223372036854775807",
	}
	down := []string{
		"high=9223372036854775807", "a=5", "b=5", "c=5", "zero=0", "low=-9223372036854775808",
	}
	for size := 1; size <= 7; size++ {
		page := emulator.Page{Size: size}
		all := pages(t, emu, sorted(page), ranked)
		require.Equal(t, up, slices.Concat(all...))
		require.Len(t, all, (len(up)+size-1)/size)
		page.Min, page.Max = &least, &most
		require.Equal(t, up, slices.Concat(pages(t, emu, sorted(page), ranked)...))
		page.Descending = true
		require.Equal(t, down, slices.Concat(pages(t, emu, sorted(page), ranked)...))
		page.Min, page.Max = nil, nil
		require.Equal(t, down, slices.Concat(pages(t, emu, sorted(page), ranked)...))
	}
	zero, five := int64(0), int64(5)
	page := emulator.Page{Min: &zero, Max: &five, Size: 2}
	require.Equal(t, [][]string{{"zero=0", "a=5"}, {"b=5", "c=5"}},
		pages(t, emu, sorted(page), ranked))
	page.Descending = true
	require.Equal(t, [][]string{{"a=5", "b=5"}, {"c=5", "zero=0"}},
		pages(t, emu, sorted(page), ranked))
	page.Min = &five
	require.Equal(t, [][]string{{"a=5", "b=5"}, {"c=5"}}, pages(t, emu, sorted(page), ranked))
}

// R157, R160
func TestSortedPagesAreFiftyLongAndBoundsInOrder(t *testing.T) {
	emu, _ := newEmulator(t)
	for i := range 60 {
		rank(t, emu, fmt.Sprint(i), int64(i))
	}
	require.Len(t, do(t, emu, sorted(emulator.Page{})).Items, 50)
	one, two := int64(1), int64(2)
	_, err := emu.Do(t.Context(), sorted(emulator.Page{Min: &two, Max: &one}))
	require.EqualError(t, err, "107: MaxValue must be greater than or equal to MinValue.")
	require.Len(t, do(t, emu, sorted(emulator.Page{Min: &one, Max: &one})).Items, 1)
}

// R162: an entry that moves ahead of the cursor is seen again, one that moves behind it is not.
func TestSortedPagesContinueAfterTheLastValue(t *testing.T) {
	emu, _ := newEmulator(t)
	rank(t, emu, "a", 1)
	rank(t, emu, "b", 2)
	rank(t, emu, "c", 3)
	first := do(t, emu, sorted(emulator.Page{Size: 2}))
	rank(t, emu, "a", 9)
	rank(t, emu, "c", 0)
	second := do(t, emu, sorted(emulator.Page{Size: 2, Cursor: first.Cursor}))
	require.Equal(t, []emulator.Item{{Key: "a", Value: json.RawMessage(`9`)}}, second.Items)
}

// R165
func TestGetManyLeavesMissingKeysOut(t *testing.T) {
	emu, _ := newEmulator(t)
	get := emulator.Request{
		Op: emulator.OpGetMany, Store: ranks, Keys: []string{"b", "none", "a", "b"},
	}
	require.Empty(t, do(t, emu, get).Items)
	rank(t, emu, "a", 1)
	rank(t, emu, "b", 2)
	require.Equal(t, []emulator.Item{
		{Key: "b", Value: json.RawMessage(`2`)},
		{Key: "a", Value: json.RawMessage(`1`)},
		{Key: "b", Value: json.RawMessage(`2`)},
	}, do(t, emu, get).Items)
	get.Keys = []string{"a", ""}
	_, err := emu.Do(t.Context(), get)
	require.EqualError(t, err, "101: Key name can't be empty.")
}

// R113, R132, R165: what one kind of store has, the other has not.
func TestOperationsOfTheOtherKindAreRefused(t *testing.T) {
	emu, _ := newEmulator(t)
	for _, c := range []struct {
		store emulator.StoreID
		ops   []emulator.Op
	}{
		{ranks, []emulator.Op{
			emulator.OpGetVersion, emulator.OpGetVersionAt, emulator.OpListVersions,
			emulator.OpRemoveVersion, emulator.OpListKeys,
		}},
		{coins, []emulator.Op{emulator.OpListSorted, emulator.OpGetMany}},
	} {
		for _, op := range c.ops {
			_, err := emu.Do(t.Context(), emulator.Request{
				Op: op, Store: c.store, Key: "k", Keys: []string{"k"}, TimeMS: 1,
			})
			require.ErrorIs(t, err, emulator.ErrNotEmulated)
		}
	}
}
