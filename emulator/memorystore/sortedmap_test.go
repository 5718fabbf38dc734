package memorystore_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
)

var (
	number   = memorystore.NumberKey
	str      = memorystore.StringKey
	unsorted = memorystore.SortKey{}
)

// ranked is a sorted map with items of every group, named by their place.
func ranked(w *world) *memorystore.SortedMap {
	m := w.SortedMap("m")
	for _, item := range []struct {
		key     string
		sortKey memorystore.SortKey
	}{
		{"8z", unsorted}, {"2b", number(1)}, {"6", str("b")}, {"7a", unsorted}, {"1", number(-1.5)},
		{"5", str("a")}, {"4", str("")}, {"3", number(10)}, {"2a", number(1)}, {"0", number(math.Inf(-1))},
	} {
		_, _, err := m.Set(w.ctx, item.key, write("1", item.sortKey))
		require.NoError(w.t, err)
	}
	return m
}

// R205.
func TestRangesGoByNumberThenByStringThenByKey(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := ranked(w)
	up, err := m.Range(w.ctx, memorystore.Ascending, 200, memorystore.Bounds{})
	require.NoError(t, err)
	require.Equal(t, "0 1 2a 2b 3 4 5 6 7a 8z", keys(up))
	down, err := m.Range(w.ctx, memorystore.Descending, 4, memorystore.Bounds{})
	require.NoError(t, err)
	require.Equal(t, "8z 7a 6 5", keys(down))
	none, err := w.SortedMap("other").Range(w.ctx, memorystore.Descending, 4, memorystore.Bounds{})
	require.NoError(t, err)
	require.Empty(t, none)
}

// R206.
func TestBoundsAreExclusive(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := ranked(w)
	at := func(key string, sortKey memorystore.SortKey) memorystore.Bound {
		return memorystore.Bound{Key: key, SortKey: sortKey}
	}
	for _, c := range []struct {
		lower, upper memorystore.Bound
		want         string
	}{
		{at("2a", number(1)), at("5", str("a")), "2b 3 4"},
		{at("2", number(1)), at("3", number(10)), "2a 2b"},
		{at("", number(1)), at("", str("a")), "3 4"}, // all of the same sort key
		{at("", number(2)), at("", number(10)), ""},
		{at("", number(0)), at("", number(2)), "2a 2b"},
		{at("7a", unsorted), at("", unsorted), "8z"},
		{at("", unsorted), at("7b", unsorted), "0 1 2a 2b 3 4 5 6 7a"},
		{at("", str("a")), at("7a", unsorted), "6"},
		{at("", str("")), at("", number(1)), ""}, // the wrong way round
		{at("8z", unsorted), at("", unsorted), ""},
	} {
		bounds := memorystore.Bounds{Lower: c.lower, Upper: c.upper}
		up, err := m.Range(w.ctx, memorystore.Ascending, 200, bounds)
		require.NoError(t, err)
		require.Equal(t, c.want, keys(up), "%v", c)
		down, err := m.Range(w.ctx, memorystore.Descending, 200, bounds)
		require.NoError(t, err)
		for i := range down {
			require.Equal(t, up[len(up)-1-i], down[i])
		}
		require.Len(t, down, len(up))
	}
}

// What Open Cloud's pages and many scripts rely on.
func TestTheLastItemOfAPageBoundsTheNext(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := ranked(w)
	var bounds memorystore.Bounds
	var all []memorystore.Item
	for {
		page, err := m.Range(w.ctx, memorystore.Ascending, 3, bounds)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
		last := page[len(page)-1]
		bounds.Lower = memorystore.Bound{Key: last.Key, SortKey: last.SortKey}
	}
	require.Equal(t, "0 1 2a 2b 3 4 5 6 7a 8z", keys(all))
}

// R207, G33.
func TestWritesReplaceTheSortKey(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := ranked(w)
	_, replaced, err := m.Set(w.ctx, "1", write("2"))
	require.NoError(t, err)
	require.True(t, replaced)
	item, _, err := m.Get(w.ctx, "1")
	require.NoError(t, err)
	require.Equal(t, unsorted, item.SortKey)
	_, _, err = m.Update(w.ctx, "8z", 1e9,
		func(current memorystore.Item, _ bool) (memorystore.Change, error) {
			require.Equal(t, unsorted, current.SortKey)
			return memorystore.Change{Value: text("3"), SortKey: number(7)}, nil
		})
	require.NoError(t, err)
	up, err := m.Range(w.ctx, memorystore.Ascending, 200, memorystore.Bounds{})
	require.NoError(t, err)
	require.Equal(t, "0 2a 2b 8z 3 4 5 6 1 7a", keys(up))
	size, err := m.Size(w.ctx)
	require.NoError(t, err)
	require.Equal(t, 10, size)
}
