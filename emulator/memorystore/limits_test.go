package memorystore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
)

// R202: what each request costs, measured by what the minute's budget has left.
func TestRequestsCostUnits(t *testing.T) {
	const budget = 100
	for name, c := range map[string]struct {
		call func(w *world) error
		cost int
	}{
		"get": {func(w *world) error { w.get("a"); return nil }, 1},
		"set": {func(w *world) error { return w.set("z", "1") }, 1},
		"hash map update": {func(w *world) error {
			_, _, err := w.HashMap("m").Update(w.ctx, "a", time.Hour, cancel)
			return err
		}, 2},
		"hash map list": {func(w *world) error {
			_, err := w.HashMap("m").List(w.ctx, 200, "")
			return err
		}, 1 + 3},
		"sorted map update": {func(w *world) error {
			_, _, err := w.SortedMap("m").Update(w.ctx, "a", time.Hour, one)
			return err
		}, 1},
		"range": {func(w *world) error {
			_, err := w.SortedMap("m").Range(w.ctx, memorystore.Ascending, 2, memorystore.Bounds{})
			return err
		}, 2},
		"empty range": {func(w *world) error {
			_, err := w.SortedMap("none").Range(w.ctx, memorystore.Ascending, 2, memorystore.Bounds{})
			return err
		}, 1},
		"sorted map size": {func(w *world) error {
			_, err := w.SortedMap("m").Size(w.ctx)
			return err
		}, 1},
		"remove": {func(w *world) error {
			_, err := w.SortedMap("m").Remove(w.ctx, "a")
			return err
		}, 1},
		"add":        {func(w *world) error { w.add(0, "1"); return nil }, 1},
		"read":       {func(w *world) error { w.read(100); return nil }, 3},
		"queue size": {func(w *world) error { w.size(true); return nil }, 1},
		"discard":    {func(w *world) error { return w.Queue("q").Remove(w.ctx, "x") }, 1},
		"read nothing": {func(w *world) error {
			_, err := w.Queue("none").Read(w.ctx, memorystore.Read{Count: 1})
			return err
		}, 1},
		"wait 5 s for nothing": {func(w *world) error {
			_, err := w.Queue("none").Read(w.ctx, memorystore.Read{Count: 1, Wait: 5 * time.Second})
			return err
		}, 1 + 2},
		"a refused argument": {func(w *world) error {
			require.Error(w.t, w.set("", "1"))
			return nil
		}, 0},
	} {
		w := newWorld(t, memorystore.Options{Limits: &memorystore.Limits{UnitsPerMinute: budget}})
		for _, key := range []string{"a", "b", "c"} {
			require.NoError(t, w.set(key, "1"))
			_, _, err := w.SortedMap("m").Set(w.ctx, key, write("1"))
			require.NoError(t, err)
			w.add(0, "1")
		}
		require.NoError(t, c.call(w), name)
		left := budget - 9 - c.cost
		for range left {
			w.get("a")
		}
		_, _, err := w.HashMap("m").Get(w.ctx, "a")
		require.ErrorIs(t, err, memorystore.ErrUnits, name)
	}
}

func cancel(memorystore.Item, bool) (memorystore.Change, error) {
	return memorystore.Change{Cancel: true}, nil
}

func one(memorystore.Item, bool) (memorystore.Change, error) {
	return memorystore.Change{Value: text("1")}, nil
}

func TestUnitsComeBackWithTheMinute(t *testing.T) {
	limits := memorystore.DefaultLimits()
	w := newWorld(t, memorystore.Options{Limits: &limits, Users: 2})
	w.pass(59 * time.Second)
	for range 1000 + 2*120 {
		w.get("k")
	}
	require.EqualError(t, w.set("k", "1"),
		"Code: 6, Error: The rate of requests exceeds the allowed limit.")
	w.universe.SetUsers(3)
	require.NoError(t, w.set("k", "1"), "a new user brings units at once")
	w.pass(time.Second)
	require.NoError(t, w.set("k", "1"))
	_, _, err := w.universe.Scope(memorystore.Test).HashMap("m").Get(w.ctx, "k")
	require.NoError(t, err)
}

// C10.
func TestSortedMapsAndQueuesHaveUnitsOfTheirOwn(t *testing.T) {
	w := newWorld(t, memorystore.Options{Limits: &memorystore.Limits{StructureUnitsPerMinute: 2}})
	for range 3 {
		require.NoError(t, w.set("k", "1"))
	}
	for range 2 {
		w.size(false)
		_, err := w.SortedMap("m").Size(w.ctx)
		require.NoError(t, err)
	}
	_, err := w.Queue("q").Size(w.ctx, false)
	require.ErrorIs(t, err, memorystore.ErrStructureUnits)
	_, err = w.SortedMap("m").Size(w.ctx)
	require.ErrorIs(t, err, memorystore.ErrStructureUnits)
	_, err = w.SortedMap("other").Size(w.ctx)
	require.NoError(t, err)
}

// R201.
func TestMemoryHasAQuota(t *testing.T) {
	limits := memorystore.DefaultLimits()
	w := newWorld(t, memorystore.Options{Limits: &limits, Users: 10})
	quota := 64*1024 + 12*1024
	large := func(bytes int) string { return `"` + strings.Repeat("x", bytes-2) + `"` }
	require.NoError(t, w.set("a", large(32768)))
	require.NoError(t, w.set("b", large(32768)))
	rest := quota - 2*32769 - 1
	require.EqualError(t, w.set("c", large(rest+1)),
		"Code: 5, Error: Memory usage of 77825 bytes would exceed the quota of 77824 bytes")
	require.NoError(t, w.set("c", large(rest)), "just full")
	err := w.set("d", "1")
	require.ErrorIs(t, err, memorystore.ErrMemory)
	_, _, err = w.SortedMap("m").Set(w.ctx, "k", write("1"))
	require.ErrorIs(t, err, memorystore.ErrMemory, "all structures share it")
	_, err = w.Queue("q").Add(w.ctx, text("1"), time.Hour, 0)
	require.ErrorIs(t, err, memorystore.ErrMemory)
	require.Empty(t, w.get("d"), "a refused write changes nothing")
	require.NoError(t, w.set("a", large(32768)), "what does not grow may be written")
	require.NoError(t, w.set("a", "1"))
	require.NoError(t, w.set("d", large(32768-2)))
	w.pass(time.Hour)
	require.NoError(t, w.set("e", large(32768)), "what expired does not count")
}

// R201: the quota follows the users at once when they come, and 8 days late when they go.
func TestTheQuotaShrinksAfterEightDays(t *testing.T) {
	const day = 24 * time.Hour
	w := newWorld(t, memorystore.Options{Limits: &memorystore.Limits{MemoryBytesPerUser: 10}})
	full := func() int { // how many bytes fit
		w.Flush()
		err := w.set("k", `"`+strings.Repeat("x", 1000)+`"`)
		require.ErrorIs(t, err, memorystore.ErrMemory)
		var usage, quota int
		_, scanErr := fmt.Sscanf(err.Error(),
			"Code: 5, Error: Memory usage of %d bytes would exceed the quota of %d", &usage, &quota)
		require.NoError(t, scanErr)
		require.Equal(t, 1003, usage)
		return quota
	}
	w.universe.SetUsers(2)
	require.Equal(t, 20, full())
	w.universe.SetUsers(1)
	w.universe.SetUsers(9)
	w.universe.SetUsers(5)
	w.pass(day)
	w.universe.SetUsers(7)
	w.pass(day)
	w.universe.SetUsers(1)
	w.pass(6*day - 1)
	require.Equal(t, 90, full())
	w.pass(1)
	require.Equal(t, 70, full())
	w.pass(2*day - 1)
	require.Equal(t, 70, full())
	w.pass(1)
	require.Equal(t, 10, full())
}

// R201: where the quota came down below what is held, only growing is refused.
func TestOverTheQuotaAllThatDoesNotGrowWorks(t *testing.T) {
	w := newWorld(t, memorystore.Options{Limits: &memorystore.Limits{MemoryBytesPerUser: 10}, Users: 2})
	set := func(value string) error {
		_, _, err := w.HashMap("m").Set(w.ctx, "k", memorystore.Write{
			Value: text(value), Expiration: memorystore.ExpirationMax,
		})
		return err
	}
	require.NoError(t, set("1234567890"))
	w.universe.SetUsers(1)
	w.pass(8 * 24 * time.Hour)
	require.NoError(t, set("9876543210"))
	require.EqualError(t, set("12345678901"),
		"Code: 5, Error: Memory usage of 12 bytes would exceed the quota of 10 bytes")
	require.Equal(t, "9876543210", w.get("k"))
	removed, err := w.HashMap("m").Remove(w.ctx, "k")
	require.NoError(t, err)
	require.True(t, removed)
	require.NoError(t, set("1"))
}

// R200.
func TestSortedMapsAndQueuesHaveASize(t *testing.T) {
	w := newWorld(t, memorystore.Options{Limits: &memorystore.Limits{StructureItemsMax: 2}})
	m := w.SortedMap("m")
	for _, key := range []string{"a", "b"} {
		_, _, err := m.Set(w.ctx, key, write("1"))
		require.NoError(t, err)
		require.NoError(t, w.set(key, "1"))
		w.add(0, "1")
	}
	_, _, err := m.Set(w.ctx, "c", write("1"))
	require.ErrorIs(t, err, memorystore.ErrStructureItems)
	_, _, err = m.Set(w.ctx, "b", write("2"))
	require.NoError(t, err)
	w.read(2)
	_, err = w.Queue("q").Add(w.ctx, text("1"), time.Hour, 0)
	require.ErrorIs(t, err, memorystore.ErrStructureItems, "invisible items count")
	require.NoError(t, w.set("c", "1"), "hash maps have no such limit")

	w = newWorld(t, memorystore.Options{Limits: &memorystore.Limits{StructureBytesMax: 12}})
	m = w.SortedMap("m")
	_, _, err = m.Set(w.ctx, "key", write("1", number(1)))
	require.NoError(t, err, "3 of the key, 1 of the value, 8 of a number")
	_, _, err = m.Set(w.ctx, "key", write("12", number(1)))
	require.ErrorIs(t, err, memorystore.ErrStructureMemory)
	_, _, err = m.Set(w.ctx, "key", write("123", str("abcdef")))
	require.NoError(t, err)
	_, _, err = m.Set(w.ctx, "k", write("1"))
	require.ErrorIs(t, err, memorystore.ErrStructureMemory)
}

func TestBeforeCanRefuseARequest(t *testing.T) {
	var calls []memorystore.Call
	w := newWorld(t, memorystore.Options{
		Before: func(_ context.Context, call memorystore.Call) error {
			calls = append(calls, call)
			if call.Op == "Set" {
				return memorystore.ErrInternal
			}
			return nil
		},
	})
	require.ErrorIs(t, w.set("k", "1"), memorystore.ErrInternal)
	require.Empty(t, w.get("k"))
	w.size(false)
	require.Equal(t, []string{"{LIVE hash map m Set}", "{LIVE hash map m Get}", "{LIVE queue q Size}"},
		[]string{fmt.Sprint(calls[0]), fmt.Sprint(calls[1]), fmt.Sprint(calls[2])})
}
