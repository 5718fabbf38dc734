package memorystore_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
	"savestone/luabridge/sched"
)

// add puts values into the queue called q, which live for an hour.
func (w *world) add(priority float64, values ...string) {
	for _, value := range values {
		_, err := w.Queue("q").Add(w.ctx, text(value), time.Hour, priority)
		require.NoError(w.t, err)
	}
}

// read takes up to count items, which are invisible for 30 s.
func (w *world) read(count int) memorystore.Reading {
	got, err := w.Queue("q").Read(w.ctx, memorystore.Read{
		Count: count, Invisible: memorystore.InvisibilityDefault,
	})
	require.NoError(w.t, err)
	return got
}

func (w *world) size(excludeInvisible bool) int {
	size, err := w.Queue("q").Size(w.ctx, excludeInvisible)
	require.NoError(w.t, err)
	return size
}

// R208.
func TestQueuesGoByPriorityThenByTime(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.add(0, "3", "4")
	w.add(-2.5, "7", "8")
	w.add(1e300, "1")
	w.add(math.Copysign(0, -1), "5")
	w.add(0, "5.5")
	w.add(1, "2")
	w.add(-2, "6")
	w.add(math.Inf(-1), "9")
	w.add(math.Inf(1), "0")
	require.Equal(t, "0 1 2 3 4 5 5.5 6 7 8 9", values(w.read(100)))
	_, err := w.Queue("q").Add(w.ctx, text("1"), 0, math.NaN())
	require.ErrorIs(t, err, memorystore.ErrPriorityInvalid)
}

func TestIDsOfItemsSortAsTheQueueDoes(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.add(0, "1", "2", "3")
	w.add(5, "4")
	w.add(-5, "5")
	got := w.read(5)
	require.Equal(t, "4 1 2 3 5", values(got))
	require.Equal(t, "7fffffffffffffff0000000000000003", got.Items[3].ID) // as Open Cloud shows it
	require.True(t, slices.IsSortedFunc(got.Items, func(a, b memorystore.QueueItem) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	}))
}

// R209.
func TestItemsThatWereReadAreInvisibleForATime(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.add(0, "1", "2", "3")
	require.Equal(t, "1 2", values(w.read(2)))
	require.Equal(t, 3, w.size(false))
	require.Equal(t, 1, w.size(true))
	w.pass(10 * time.Second)
	require.Equal(t, "3", values(w.read(2)))
	require.Equal(t, memorystore.Reading{}, w.read(2))
	w.pass(20*time.Second - 1)
	require.Empty(t, values(w.read(2)))
	w.pass(1)
	require.Equal(t, "1 2", values(w.read(5)), "the third comes back later")
	w.pass(10 * time.Second)
	require.Equal(t, "3", values(w.read(5)))
}

func TestItemsComeBackToTheirOldPlace(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.add(0, "2", "3")
	require.Equal(t, "2", values(w.read(1)))
	w.add(1, "1")
	w.pass(30 * time.Second)
	require.Equal(t, "1 2 3", values(w.read(5)))
}

// R210.
func TestRemoveTakesWhatIsStillInvisible(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	q := w.Queue("q")
	w.add(0, "1", "2", "3")
	first, second := w.read(1), w.read(1)
	require.NotEqual(t, first.ID, second.ID)
	require.NoError(t, q.Remove(w.ctx, first.ID))
	require.NoError(t, q.Remove(w.ctx, first.ID), "again")
	require.NoError(t, q.Remove(w.ctx, "unknown"))
	require.Equal(t, 2, w.size(false))
	w.pass(30 * time.Second)
	require.NoError(t, q.Remove(w.ctx, second.ID))
	require.Equal(t, "2 3", values(w.read(5)), "too late")
	require.NoError(t, q.Remove(w.ctx, second.ID))
	require.Equal(t, 2, w.size(false), "what another reading took stays")
}

func TestQueueItemsExpireWhetherVisibleOrNot(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	q := w.Queue("q")
	w.add(0, "1", "2")
	w.pass(time.Hour - 10*time.Second)
	got := w.read(1)
	w.pass(10 * time.Second)
	require.Equal(t, 0, w.size(false))
	require.NoError(t, q.Remove(w.ctx, got.ID))
	w.add(0, "3")
	w.pass(time.Minute)
	require.Equal(t, "3", values(w.read(5)))
}

func TestAllOrNothingLeavesTooFewItemsAlone(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.add(0, "1", "2")
	read := func(count int) string {
		got, err := w.Queue("q").Read(w.ctx, memorystore.Read{
			Count: count, AllOrNothing: true, Invisible: time.Second,
		})
		require.NoError(t, err)
		return values(got)
	}
	require.Empty(t, read(3))
	require.Equal(t, "1 2", read(2))
}

func TestReadsHaveLimits(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	for count, want := range map[int]error{
		0: memorystore.CountInvalid(200), 201: memorystore.CountInvalid(200), 200: nil,
	} {
		_, err := w.Queue("q").Read(w.ctx, memorystore.Read{Count: count})
		require.Equal(t, want, err)
	}
	_, err := w.Queue("q").Read(w.ctx, memorystore.Read{Count: 1, Invisible: -1})
	require.ErrorIs(t, err, memorystore.ErrInvisibilityInvalid)
	_, err = w.Queue("q").Read(w.ctx, memorystore.Read{Count: 1, Invisible: memorystore.ExpirationMax + 1})
	require.ErrorIs(t, err, memorystore.ErrInvisibilityInvalid)
}

// R209: a reader looks every two seconds; virtual time shows exactly when.
func TestReadersWaitByPolling(t *testing.T) {
	for _, c := range []struct {
		wait, added, want time.Duration // since the start
		got               string
	}{
		{0, time.Second, 0, ""},
		{4 * time.Second, 0, 0, "1"},
		{4 * time.Second, time.Second, 2 * time.Second, "1"},
		{4 * time.Second, 2 * time.Second, 2 * time.Second, "1"}, // added before the look
		{4 * time.Second, 3 * time.Second, 4 * time.Second, "1"},
		{4 * time.Second, 5 * time.Second, 4 * time.Second, ""},
		{3 * time.Second, 5 * time.Second, 3 * time.Second, ""},
		{3 * time.Second, 2500 * time.Millisecond, 3 * time.Second, ""},
		{time.Second, 500 * time.Millisecond, time.Second, ""},
		{-1, 2*time.Hour + time.Second, 2*time.Hour + 2*time.Second, "1"},
	} {
		sim := sched.New(start)
		universe := memorystore.New(sim, memorystore.Options{Limits: &memorystore.Limits{}})
		q := universe.Scope(memorystore.Live).Queue("q")
		var got memorystore.Reading
		var took time.Duration
		inTasks(sim, func() {
			if c.added > 0 {
				require.NoError(t, sim.Sleep(t.Context(), c.added))
			}
			_, err := q.Add(t.Context(), text("1"), time.Hour, 0)
			require.NoError(t, err)
		}, func() {
			var err error
			got, err = q.Read(t.Context(), memorystore.Read{Count: 1, Wait: c.wait})
			require.NoError(t, err)
			took = sim.Now().Sub(start)
		})
		require.Equal(t, c.got, values(got), "%v", c)
		require.Equal(t, c.want, took, "%v", c)
	}
}

func TestAWaitingReaderOfAllOrNothingTakesAllAtOnce(t *testing.T) {
	sim := sched.New(start)
	universe := memorystore.New(sim, memorystore.Options{Limits: &memorystore.Limits{}})
	q := universe.Scope(memorystore.Live).Queue("q")
	said := ""
	inTasks(sim, func() {
		for i := range 3 {
			_, err := q.Add(t.Context(), text(fmt.Sprint(i)), time.Hour, 0)
			require.NoError(t, err)
			require.NoError(t, sim.Sleep(t.Context(), 5*time.Second))
		}
	}, func() {
		got, err := q.Read(t.Context(), memorystore.Read{Count: 3, AllOrNothing: true, Wait: -1})
		require.NoError(t, err)
		said = fmt.Sprint(values(got), " at ", sim.Now().Sub(start))
	})
	require.Equal(t, "0 1 2 at 10s", said)
}

func TestAWaitingReaderLeavesWithItsContext(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	polls := 0
	w = newWorld(t, memorystore.Options{Before: func(context.Context, memorystore.Call) error {
		if polls++; polls == 3 {
			cancel()
		}
		return nil
	}})
	_, err := w.Queue("q").Read(ctx, memorystore.Read{Count: 1, Wait: -1})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, polls)
}
