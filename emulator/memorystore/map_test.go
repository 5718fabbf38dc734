package memorystore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
	"savestone/luabridge/sched"
)

// R196: names are those of the universe, and each kind has its own.
func TestStructuresOfOneNameAreApartByKind(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	require.NoError(t, w.set("k", "1"))
	_, _, err := w.SortedMap("m").Set(w.ctx, "k", write("2"))
	require.NoError(t, err)
	_, err = w.Queue("m").Add(w.ctx, text("3"), time.Hour, 0)
	require.NoError(t, err)
	require.Equal(t, "1", w.get("k"))
	item, _, err := w.SortedMap("m").Get(w.ctx, "k")
	require.NoError(t, err)
	require.Equal(t, "2", string(item.Value))
	size, err := w.Queue("m").Size(w.ctx, false)
	require.NoError(t, err)
	require.Equal(t, 1, size)
}

// R197.
func TestStudioHasItsOwnData(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	require.NoError(t, w.set("k", "1"))
	test := w.universe.Scope(memorystore.Test)
	_, found, err := test.HashMap("m").Get(w.ctx, "k")
	require.NoError(t, err)
	require.False(t, found)
	test.Flush()
	require.Equal(t, "1", w.get("k"))
	w.Flush()
	require.Empty(t, w.get("k"))
}

// R199.
func TestItemsAreAbsentFromTheirExpirationOn(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := w.SortedMap("m")
	item, replaced, err := m.Set(w.ctx, "k", write("1"))
	require.NoError(t, err)
	require.False(t, replaced)
	require.Equal(t, start.Add(time.Hour), item.Expires)
	w.pass(time.Hour - 1)
	_, found, err := m.Get(w.ctx, "k")
	require.NoError(t, err)
	require.True(t, found)
	w.pass(1)
	_, found, err = m.Get(w.ctx, "k")
	require.NoError(t, err)
	require.False(t, found)
	size, err := m.Size(w.ctx)
	require.NoError(t, err)
	require.Zero(t, size)
	_, replaced, err = m.Set(w.ctx, "k", memorystore.Write{Value: text("2")})
	require.NoError(t, err)
	require.False(t, replaced, "an expired item is not there to be replaced")
	_, found, err = m.Get(w.ctx, "k")
	require.NoError(t, err)
	require.False(t, found, "an expiration of 0 is over at once")
}

func TestSetReplacesTheExpirationToo(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	require.NoError(t, w.set("k", "1"))
	w.pass(40 * time.Minute)
	_, replaced, err := w.HashMap("m").Set(w.ctx, "k", write("2"))
	require.NoError(t, err)
	require.True(t, replaced)
	w.pass(40 * time.Minute)
	require.Equal(t, "2", w.get("k"))
}

// R199, R200, R211.
func TestArgumentsAreCheckedInRobloxsWords(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	const day = 24 * time.Hour
	long, fits := strings.Repeat("ä", 129), strings.Repeat("ä", 128)
	set := func(name, key, value string, expiration time.Duration) error {
		_, _, err := w.SortedMap(name).Set(w.ctx, key, memorystore.Write{
			Value: text(value), Expiration: expiration,
		})
		return err
	}
	sortKey := func(key memorystore.SortKey) error {
		_, _, err := w.SortedMap("m").Set(w.ctx, "k", write("1", key))
		return err
	}
	zero := 0.0
	for _, c := range []struct {
		err  error
		want string
	}{
		{set("", "k", "1", 0), "Code: 2, Error: The name field is required."},
		{set(" ", "k", "1", 0), "Code: 2, Error: The name field is required."},
		{set(long, "k", "1", 0), "Code: 2, Error: The provided sorted map name is not valid."},
		{set(fits, fits, "1", 0), ""},
		{set("m", "", "1", 0), "Code: 2, Error: The key field is required."},
		{set("m", long, "1", 0), "Code: 2, Error: The provided key is not valid."},
		{set("m", "a\x1fb", "1", 0), "Code: 2, Error: The provided key is not valid."},
		{set("m", "a\xffb", "1", 0), "Code: 2, Error: The provided key is not valid."},
		{set("", "", "1", 0), "Code: 1, Error: There is a problem with the request."},
		{set(long, "\n", "1", 0), "Code: 1, Error: There is a problem with the request."},
		{set("m", "k", "1", -1), "Code: 2, Error: The field expires must be between 0 and 3888000000."},
		{set("m", "k", "1", 45*day+1), "Code: 2, Error: The field expires must be between 0 and 3888000000."},
		{set("m", "k", "1", 45*day), ""},
		{set("m", "k", `"`+strings.Repeat("x", 32766)+`"`, 0), ""},
		{set("m", "k", `"`+strings.Repeat("x", 32767)+`"`, 0), "Code: 4, Error: The provided value is too long."},
		{set("m", "k", `{"a":}`, 0), "Unable to convert value to json."},
		{set("m", "k", "\"\xff\"", 0), "Unable to convert value to json."},
		{set("m", "k", "", 0), "Unable to convert value to json."},
		{sortKey(memorystore.StringKey(fits)), ""},
		{sortKey(memorystore.StringKey(long)), "Code: 2, Error: The provided sort key is not valid."},
		{sortKey(memorystore.StringKey("\x00")), "Code: 2, Error: The provided sort key is not valid."},
		{sortKey(memorystore.NumberKey(zero / zero)), "Code: 2, Error: The provided sort key is not valid."},
	} {
		requireText(t, c.want, c.err)
	}
}

func requireText(t *testing.T, want string, err error) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.EqualError(t, err, want)
}

// R211: arguments that only some requests have.
func TestCountsBoundsAndNamesAreCheckedInRobloxsWords(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	long := strings.Repeat("ä", 129)
	between := func(lower, upper memorystore.Bound, count int) error {
		_, err := w.SortedMap("m").Range(w.ctx, memorystore.Ascending, count,
			memorystore.Bounds{Lower: lower, Upper: upper})
		return err
	}
	of := func(do func() error) error { return do() }
	bound := func(key string) memorystore.Bound { return memorystore.Bound{Key: key} }
	none := memorystore.Bound{}
	for _, c := range []struct {
		err  error
		want string
	}{
		{between(none, none, 0), "Code: 2, Error: The field count must be between 1 and 200."},
		{between(none, none, 201), "Code: 2, Error: The field count must be between 1 and 200."},
		{between(none, none, 200), ""},
		{between(bound("\x01"), none, 1), "Code: 2, Error: The provided lower bound is not valid"},
		{between(none, bound(long), 1), "Code: 2, Error: The provided upper bound is not valid"},
		{between(bound("\x01"), bound("\x01"), 1), "Code: 1, Error: There is a problem with the request."},
		{of(func() error {
			_, _, err := w.HashMap(long).Get(w.ctx, "k")
			return err
		}), "Code: 2, Error: The provided hash map name is not valid."},
		{of(func() error {
			_, err := w.Queue(long).Add(w.ctx, text("1"), 0, 0)
			return err
		}), "Code: 2, Error: The provided queue name is not valid."},
		{of(func() error {
			_, err := w.HashMap("m").List(w.ctx, 201, "")
			return err
		}), "Code: 2, Error: The field count must be between 1 and 200."},
		{of(func() error {
			_, err := w.HashMap("m").List(w.ctx, 1, "1:")
			return err
		}), "Code: 2, Error: The provided cursor is not valid."},
		{of(func() error {
			_, _, err := w.HashMap("m").Set(w.ctx, "k", write("1", memorystore.NumberKey(1)))
			return err
		}), "Code: 2, Error: The provided sort key is not valid."},
	} {
		requireText(t, c.want, c.err)
	}
}

// R211.
func TestErrorsHaveTwoGenerationsOfTexts(t *testing.T) {
	for _, c := range []struct {
		err                  *memorystore.Error
		observed, documented string
	}{
		{memorystore.ErrExpirationInvalid,
			"Code: 2, Error: The field expires must be between 0 and 3888000000.",
			"InvalidExpirationTime: The field 'expiration' time must be between 0 and 3,888,000."},
		{memorystore.ErrUnits, "Code: 6, Error: The rate of requests exceeds the allowed limit.",
			"TotalRequestsOverLimit: Recent MemoryStores requests hit one or more limits."},
		{memorystore.ErrInternal, "Code: 18, Error: There was an internal server error.",
			"InternalError: There was an internal server error."},
		{memorystore.ErrTransform, "Failed to invoke transformation function",
			"TransformCallbackFailed: Failed to invoke transformation callback function."},
		{memorystore.ErrRetries, "Exceeded max number of retries.",
			"UpdateConflict: Exceeded max number of retries."},
		{memorystore.ErrRequestFailed, "Request Failed.", "InternalError: Request Failed."},
	} {
		require.Equal(t, c.observed, c.err.Error())
		require.Equal(t, c.observed, c.err.Text(memorystore.Observed))
		require.Equal(t, c.documented, c.err.Text(memorystore.Documented))
	}
	require.ErrorIs(t, memorystore.ErrKeyEmpty, &memorystore.Error{Code: 2})
	require.NotErrorIs(t, memorystore.ErrKeyEmpty, memorystore.ErrKeyInvalid)
	require.NotErrorIs(t, memorystore.ErrKeyEmpty, &memorystore.Error{})
}

// R203.
func TestUpdateWritesWhatTheTransformReturns(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := w.HashMap("m")
	plus := func(current memorystore.Item, found bool) (memorystore.Change, error) {
		return memorystore.Change{Value: text(string(current.Value) + "1")}, nil
	}
	for _, want := range []string{"1", "11"} {
		item, saved, err := m.Update(w.ctx, "k", time.Hour, plus)
		require.NoError(t, err)
		require.True(t, saved)
		require.Equal(t, want, string(item.Value))
		require.Equal(t, want, w.get("k"))
	}
	_, saved, err := m.Update(w.ctx, "k", time.Hour,
		func(current memorystore.Item, found bool) (memorystore.Change, error) {
			require.True(t, found)
			return memorystore.Change{Cancel: true, Value: text("2")}, nil
		})
	require.NoError(t, err)
	require.False(t, saved)
	boom := errors.New("boom")
	_, saved, err = m.Update(w.ctx, "k", time.Hour,
		func(memorystore.Item, bool) (memorystore.Change, error) {
			return memorystore.Change{Value: text("3")}, boom
		})
	require.ErrorIs(t, err, boom)
	require.False(t, saved)
	_, _, err = m.Update(w.ctx, "k", time.Hour,
		func(memorystore.Item, bool) (memorystore.Change, error) {
			return memorystore.Change{Value: text("nil")}, nil
		})
	require.ErrorIs(t, err, memorystore.ErrValueInvalid)
	require.Equal(t, "11", w.get("k"))
}

// R203: whoever writes between an Update's reading and writing makes it start over.
func TestUpdateStartsOverUntilItsRetriesAreSpent(t *testing.T) {
	for _, c := range []struct{ conflicts, calls int }{{0, 1}, {3, 4}, {10, 11}, {11, 11}} {
		var w *world
		conflicts := c.conflicts
		w = newWorld(t, memorystore.Options{
			Before: func(_ context.Context, call memorystore.Call) error {
				if call.Op == "Set" && conflicts > 0 {
					conflicts--
					left := conflicts
					conflicts = 0 // for the Set that follows
					require.NoError(t, w.set("k", fmt.Sprint(left)))
					conflicts = left
				}
				return nil
			},
		})
		calls := 0
		item, saved, err := w.HashMap("m").Update(w.ctx, "k", time.Hour,
			func(current memorystore.Item, _ bool) (memorystore.Change, error) {
				calls++
				return memorystore.Change{Value: text(`"` + string(current.Value) + `"`)}, nil
			})
		require.Equal(t, c.calls, calls)
		if c.conflicts == 11 {
			require.ErrorIs(t, err, memorystore.ErrRetries)
			require.False(t, saved)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.conflicts > 0, string(item.Value) == `"0"`)
	}
}

// An item that went away in between is a conflict like any other, also when it came back the same.
func TestUpdateNoticesThatItsItemWentAway(t *testing.T) {
	var w *world
	raced := false
	w = newWorld(t, memorystore.Options{
		Before: func(_ context.Context, call memorystore.Call) error {
			if call.Op == "Set" && !raced {
				raced = true
				_, err := w.HashMap("m").Remove(w.ctx, "k")
				require.NoError(t, err)
				require.NoError(t, w.set("k", "1"))
			}
			return nil
		},
	})
	_, _, err := w.HashMap("m").Set(w.ctx, "other", write("0"))
	require.NoError(t, err)
	raced = false
	calls := 0
	_, _, err = w.HashMap("m").Update(w.ctx, "k", time.Hour,
		func(memorystore.Item, bool) (memorystore.Change, error) {
			calls++
			return memorystore.Change{Value: text("2")}, nil
		})
	require.NoError(t, err)
	require.Equal(t, 2, calls)
}

func TestConditionalWritesAskForTheEtag(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	m := w.SortedMap("m")
	put := func(etag string) (memorystore.Item, error) {
		conditional := write("1")
		conditional.IfEtag = &etag
		item, _, err := m.Set(w.ctx, "k", conditional)
		return item, err
	}
	_, err := put("1")
	require.ErrorIs(t, err, memorystore.ErrConflict)
	first, err := put("")
	require.NoError(t, err)
	_, err = put("")
	require.ErrorIs(t, err, memorystore.ErrConflict)
	second, err := put(first.Etag)
	require.NoError(t, err)
	require.NotEqual(t, first.Etag, second.Etag)
	_, err = put(first.Etag)
	require.ErrorIs(t, err, memorystore.ErrConflict)
	removed, err := m.Remove(w.ctx, "k")
	require.NoError(t, err)
	require.True(t, removed)
	removed, err = m.Remove(w.ctx, "k")
	require.NoError(t, err)
	require.False(t, removed)
	third, err := put("")
	require.NoError(t, err)
	require.NotContains(t, []string{first.Etag, second.Etag}, third.Etag)
}

// Tasks of virtual time share one goroutine: a lock held across a wait would hang them.
func TestUpdatesOfConcurrentTasksLoseNothing(t *testing.T) {
	sim := sched.New(start)
	universe := memorystore.New(sim, memorystore.Options{Limits: &memorystore.Limits{}})
	m := universe.Scope(memorystore.Live).HashMap("m")
	calls := 0
	add := func() {
		_, _, err := m.Update(t.Context(), "k", time.Hour,
			func(current memorystore.Item, _ bool) (memorystore.Change, error) {
				calls++
				return memorystore.Change{Value: text("1" + string(current.Value))}, nil
			})
		require.NoError(t, err)
	}
	inTasks(sim, add, add, add, add)
	require.Equal(t, 10, calls, "each round one of those left succeeds")
	inTasks(sim, func() {
		item, _, err := m.Get(t.Context(), "k")
		require.NoError(t, err)
		require.Equal(t, "1111", string(item.Value))
	})
}

// R204.
func TestListingPagesHoldEveryItemOnce(t *testing.T) {
	for _, partitions := range []int{0, 1, 3, 16} {
		w := newWorld(t, memorystore.Options{Partitions: partitions})
		want := map[string]bool{}
		for i := range 50 {
			key := fmt.Sprintf("key %d:", i)
			require.NoError(t, w.set(key, "1"))
			want[key] = true
		}
		cursor, pages, seen := "", 0, map[string]bool{}
		for {
			page, err := w.HashMap("m").List(w.ctx, 10, cursor)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Items), 10)
			for _, item := range page.Items {
				require.False(t, seen[item.Key])
				seen[item.Key] = true
			}
			pages++
			if cursor = page.Cursor; cursor == "" {
				break
			}
		}
		require.Equal(t, want, seen)
		if partitions < 2 {
			require.Equal(t, 5, pages, "a last page that is full ends the listing")
		} else {
			require.GreaterOrEqual(t, pages, partitions)
		}
	}
}

func TestAListingGoesOnWhereItsLastItemWas(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	for i := range 4 {
		require.NoError(t, w.set(fmt.Sprint(i), "1"))
	}
	first, err := w.HashMap("m").List(w.ctx, 2, "")
	require.NoError(t, err)
	all, err := w.HashMap("m").List(w.ctx, 4, "")
	require.NoError(t, err)
	_, err = w.HashMap("m").Remove(w.ctx, first.Items[1].Key)
	require.NoError(t, err)
	rest, err := w.HashMap("m").List(w.ctx, 2, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, keys(all.Items[2:]), keys(rest.Items))
	require.Empty(t, rest.Cursor)
}
