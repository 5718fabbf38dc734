package gameserver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

// R168, R173, R175: what the budget does not cover waits, in order, and leaves as it accrues.
func TestCallsBeyondTheBudgetLeaveInOrderAsItAccrues(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardRead)
	for i := range 30 {
		l.get(fmt.Sprintf("k%d", i))
	}
	l.sim.Run()
	var want []string
	for i := range 30 {
		want = append(want, fmt.Sprintf("%ds get k%d: done", i+1, i))
	}
	require.Equal(t, want, l.log)
}

// R174
func TestEnteringAQueueWarns(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardWrite)
	l.set("a")
	l.set("b")
	l.sim.Run()
	const text = "DataStore request was added to queue. If request queue fills, further requests " +
		"will be dropped. Try sending fewer requests."
	require.Equal(t, []string{text + "Key = a", text + "Key = b"}, l.warnings)
	l.drained(emulator.OrderedList)
	l.call("sorted", l.getSorted)
	l.sim.Run()
	require.Equal(t, []string{text}, l.warnings[2:])
}

// drained is drain in a test that already had warnings.
func (l *limited) drained(t emulator.RequestType) {
	warnings := l.warnings
	l.warnings = nil
	l.drain(t)
	l.warnings = warnings
}

// fill lets so many calls of writes or reads on one kind of store wait that its queue is full.
func (l *limited) fill(kind emulator.RequestType) (waiting []*sched.Task) {
	store := l.coins
	if kind == emulator.OrderedRead || kind == emulator.OrderedWrite {
		store = l.ranks
	}
	l.drained(kind)
	for i := range 30 {
		key := fmt.Sprintf("fill%d", i)
		waiting = append(waiting, l.call(key, func() error {
			if kind == emulator.StandardWrite || kind == emulator.OrderedWrite {
				return setKey(l.t, store, key)
			}
			_, err := store.Get(l.t.Context(), key, false)
			return err
		}))
	}
	l.sim.RunUntil(l.sim.Now())
	require.Empty(l.t, l.log)
	return waiting
}

// R173, R176, R177: the 31st waiter is turned away at once.
func TestFullQueueDropsCalls(t *testing.T) {
	const tail = " request dropped. Request was throttled, but throttled request queue was full."
	ctx := t.Context()
	for _, c := range []struct {
		fill emulator.RequestType
		want string
		call func(l *limited) error
	}{
		{emulator.StandardRead, "301: GetAsync" + tail,
			func(l *limited) error { return l.readKey(l.coins) }},
		{emulator.OrderedRead, "301: GetAsync" + tail,
			func(l *limited) error { return l.readKey(l.ranks) }},
		{emulator.StandardWrite, "302: SetAsync" + tail,
			func(l *limited) error { return setKey(t, l.coins, "k") }},
		{emulator.OrderedWrite, "302: SetAsync" + tail,
			func(l *limited) error { return setKey(t, l.ranks, "k") }},
		{emulator.StandardWrite, "303: IncrementAsync" + tail,
			func(l *limited) error {
				_, err := l.coins.Increment(ctx, "k", 1, nil, nil)
				return err
			}},
		{emulator.StandardRead, "304: UpdateAsync" + tail,
			func(l *limited) error { _, err := l.coins.Update(ctx, "k", change("1")); return err }},
		{emulator.StandardWrite, "304: UpdateAsync" + tail,
			func(l *limited) error { _, err := l.coins.Update(ctx, "k", change("1")); return err }},
		{emulator.OrderedRead, "305: GetSortedAsync" + tail,
			func(l *limited) error { return l.getSorted() }},
		{emulator.StandardWrite, "306: RemoveAsync" + tail,
			func(l *limited) error { return removeKey(t, l.coins) }},
		{emulator.OrderedRead, "`OrderedRead` request was throttled by game server limits " +
			"or the request queue was full.",
			func(l *limited) error { _, err := l.ranks.GetMany(ctx, []string{"k"}); return err }},
	} {
		t.Run(c.want, func(t *testing.T) {
			l := newLimited(t, gameserver.Options{})
			l.drain(emulator.OrderedList)
			l.drain(emulator.StandardRemove)
			l.fill(c.fill)
			l.warnings = nil
			l.call("it", func() error { return c.call(l) })
			l.sim.RunUntil(start)
			require.Equal(t, []string{"0s it: " + c.want}, l.log)
			require.Empty(t, l.warnings)
		})
	}
}

// R173: a full queue does not concern the other three.
func TestQueuesAreIndependent(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	for _, kind := range []emulator.RequestType{
		emulator.StandardRead, emulator.StandardWrite,
		emulator.OrderedRead, emulator.OrderedWrite,
	} {
		l.fill(kind)
	}
	require.Len(t, l.warnings, 4*30)
}

// R173: methods without a queue fail at once, each with its own text.
func TestCallsWithoutAQueueAreDroppedAtOnce(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		method string
		budget emulator.RequestType
		call   func(l *limited) error
	}{
		{"GetVersionAsync", emulator.StandardRead, func(l *limited) error {
			_, err := l.coins.GetVersion(ctx, "k", "v")
			return err
		}},
		{"GetVersionAtTimeAsync", emulator.StandardRead, func(l *limited) error {
			_, err := l.coins.GetVersionAt(ctx, "k", start.UnixMilli())
			return err
		}},
		{"ListVersionsAsync", emulator.StandardList, func(l *limited) error {
			_, err := l.coins.ListVersions(ctx, "k", gameserver.VersionListing{})
			return err
		}},
		{"ListKeysAsync", emulator.StandardList, func(l *limited) error {
			_, err := l.coins.ListKeys(ctx, gameserver.KeyListing{})
			return err
		}},
		{"ListDataStoresAsync", emulator.StandardList, (*limited).listStores},
		{"RemoveVersionAsync", emulator.RemoveVersionAsync, func(l *limited) error {
			return l.coins.RemoveVersion(ctx, "k", "v")
		}},
	} {
		t.Run(c.method, func(t *testing.T) {
			l := newLimited(t, gameserver.Options{})
			var err error
			calls := 0
			l.call("calls", func() error {
				for err == nil {
					err = c.call(l)
					calls++
				}
				return nil
			})
			had := l.server.Budget(c.budget)
			l.sim.RunUntil(start)
			require.EqualError(t, err,
				c.method+" request dropped. Request was throttled.")
			require.Equal(t, had+1, calls)
			require.Len(t, l.sent, had)
			require.Empty(t, l.warnings)
		})
	}
}

// Updates wait twice: for their read and for their write (R74).
func TestUpdateWaitsForItsReadAndItsWrite(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardRead)
	l.drain(emulator.StandardWrite)
	l.get("a")
	l.set("b")
	l.set("c")
	l.set("d")
	l.call("update", func() error {
		_, err := l.coins.Update(t.Context(), "k", change("1"))
		return err
	})
	l.sim.Run()
	require.Equal(t, []string{
		"1s get a", "1s put b", "2s put c", "2s get k", "3s put d", "4s put k",
	}, l.sent)
}

// Waiting calls do not hold up those of another budget in their queue, unless these are about the
// same key (assumed).
func TestCallsOfAnotherBudgetPassInTheSameQueue(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardWrite)
	l.set("a")
	l.set("b")
	l.call("remove c", func() error { _, err := l.coins.Remove(t.Context(), "c"); return err })
	l.call("remove b", func() error { _, err := l.coins.Remove(t.Context(), "b"); return err })
	l.sim.Run()
	require.Equal(t, []string{
		"0s remove c", "1s put a", "2s put b", "2.016666586s remove b",
	}, l.sent)
}

// A killed task leaves its queue at once, and those behind it move up when they look again.
func TestKilledCallsLeaveTheQueue(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardRead)
	first, second := l.get("first"), l.get("second")
	l.get("third")
	l.sim.RunUntil(start.Add(500 * time.Millisecond))
	first.Kill()
	second.Kill()
	l.sim.Run()
	require.Equal(t, []string{"1s get third: done"}, l.log)

	l = newLimited(t, gameserver.Options{})
	waiting := l.fill(emulator.StandardRead)
	waiting[7].Kill()
	l.get("one more")
	l.get("too many")
	l.sim.RunUntil(start)
	require.Len(t, l.log, 1)
	require.Contains(t, l.log[0], "0s get too many: 301:")
}

func TestWaitingCallEndsWithItsContext(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardRead)
	ctx, cancel := context.WithCancel(t.Context())
	l.call("first", func() error { _, err := l.coins.Get(ctx, "first", false); return err })
	l.get("second")
	cancel()
	l.sim.Run()
	require.Equal(t, []string{
		`0s first: GetAsync "first" waits in the queue: context canceled`, "1s get second: done",
	}, l.log)
}

// A budget that comes to be sooner is noticed within a second.
func TestWaitingCallsNoticeWhenTheRateRises(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	require.NoError(t, l.server.SetRateLimit(emulator.StandardRead, 0, 0))
	l.get("a")
	l.get("b")
	l.sim.RunUntil(start.Add(10*time.Second + 300*time.Millisecond))
	l.server.SetPlayers(10)
	require.NoError(t, l.server.SetRateLimit(emulator.StandardRead, 0, 60)) // 10 a second
	l.sim.Run()
	require.Equal(t, []string{"11s get a: done", "11s get b: done"}, l.log)
}

// R165: N keys are N requests; more than the cap can never be had (assumed).
func TestGetManyWaitsForAllOfItsKeys(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	keys := make([]string, 100)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%d", i)
	}
	many := func(n int) func() error {
		return func() error { _, err := l.ranks.GetMany(t.Context(), keys[:n]); return err }
	}
	l.call("100", many(100))
	l.call("7", many(7))
	l.call("1", many(1))
	l.sim.Run()
	require.Equal(t, []string{"0s 100: done", "7s 7: done", "8s 1: done"}, l.log)
	require.NoError(t, l.server.SetRateLimit(emulator.OrderedRead, 2, 0))
	l.log = nil
	l.call("7", many(7))
	l.call("6", many(6))
	l.sim.Run()
	require.Equal(t, []string{
		"8s 7: `OrderedRead` request was throttled by game server limits " +
			"or the request queue was full.",
		"3m8s 6: done",
	}, l.log)
}
