package gameserver_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

// throttle makes the backend refuse a key until a time.
func (l *limited) throttle(key string, until time.Duration) {
	l.backend = func(req emulator.Request) (emulator.Result, error) {
		if req.Key == key && l.elapsed() < until {
			return emulator.Result{}, emulator.ErrKeyThrottled
		}
		return emulator.Result{}, nil
	}
}

// R175, R184: calls for a throttled key step aside for a second at a time, in order, at no further
// charge, and the others pass them by.
func TestThrottledKeysArePassedBy(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.throttle("hot", 2500*time.Millisecond)
	l.set("hot")
	l.sim.RunUntil(start.Add(100 * time.Millisecond))
	l.call("hot again", func() error { return setKey(t, l.coins, "hot") })
	l.set("cold")
	l.get("hot")
	l.sim.RunUntil(start.Add(100 * time.Millisecond))
	require.Equal(t, []string{"0s put hot", "100ms put cold", "100ms get hot"}, l.sent)
	l.sim.Run()
	require.Equal(t, []string{
		"100ms set cold: done", "3s set hot: done", "3.016666666s hot again: done",
		"3.1s get hot: done",
	}, l.log)
	require.Len(t, l.warnings, 3)
	require.Equal(t, 100, l.server.Budget(emulator.StandardWrite), "97 + 3 earned")
}

// A call that tries its throttled key again has paid: it takes no budget from those behind it.
func TestThrottledCallHoldsNoBudgetUp(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.throttle("hot", time.Hour)
	l.set("hot")
	l.sim.RunUntil(start)
	l.drained(emulator.StandardWrite)
	l.set("cold")
	l.sim.RunUntil(start.Add(time.Second))
	require.Equal(t, []string{"1s set cold: done"}, l.log)
}

// A call whose key was throttled goes back to its place in the queue, before later calls.
func TestThrottledCallKeepsItsPlace(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardWrite)
	l.backend = func(emulator.Request) (emulator.Result, error) {
		late := l.elapsed() > 2*time.Second
		if err := l.sim.Sleep(t.Context(), 500*time.Millisecond); err != nil || late {
			return emulator.Result{}, err
		}
		return emulator.Result{}, emulator.ErrKeyThrottled
	}
	l.set("hot")
	l.sim.RunUntil(start.Add(time.Second))
	l.call("later", func() error { return setKey(t, l.coins, "hot") })
	l.sim.Run()
	require.Equal(t, []string{
		"3s set hot: done", "3.516666646s later: done",
	}, l.log)
	require.Equal(t, []string{"1s put hot", "2.5s put hot", "3.016666646s put hot"}, l.sent)
}

// After a minute the caller is told (assumed).
func TestCallGivesUpOnAKeyThatStaysThrottled(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.throttle("hot", time.Hour)
	l.set("hot")
	l.sim.Run()
	require.Equal(t, []string{"1m0s set hot: 502: API Services rejected request with error. " +
		"Error code: 0 Reason: The request rate exceeds the allowed maximum for the key."}, l.log)
	require.Len(t, l.sent, 61)
	l.throttle("hot", 0)
	l.set("hot")
	l.sim.Run()
	require.Equal(t, "1m0s set hot: done", l.log[1], "its place in the queue is free")
}

func TestThrottledKeyFindsTheQueueFull(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.throttle("hot", time.Hour)
	for i := range 31 {
		l.call(fmt.Sprint(i), func() error { return setKey(t, l.coins, "hot") })
	}
	l.sim.RunUntil(start)
	require.Equal(t, []string{"0s 30: 302: SetAsync request dropped. " +
		"Request was throttled, but throttled request queue was full."}, l.log)
}

// R182, R184: a key takes 4 MB a minute from all servers; what is beyond waits until it may.
func TestWritesBeyondAKeysThroughputWait(t *testing.T) {
	sim := sched.New(start)
	t.Cleanup(sim.Close)
	emu := emulator.RunT(t, emulator.Options{Clock: sim})
	value := json.RawMessage(`"` + strings.Repeat("x", 3<<20) + `"`)
	var log []string
	for _, name := range []string{"one", "two"} {
		store := openStore(t, gameserver.New(emu, sim, gameserver.Options{JobID: name}), coins)
		sim.Go(func() {
			_, err := store.Set(t.Context(), "k", value, nil, nil)
			log = append(log, fmt.Sprintf("%s %s: %v", sim.Now().Sub(start), name, err))
		})
	}
	sim.Run()
	require.Equal(t, []string{"0s one: <nil>", "1m0s two: <nil>"}, log)
}

// R173
func TestThrottledKeyOfACallWithoutAQueueIsAnError(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.throttle("hot", time.Hour)
	var err error
	l.call("it", func() error {
		_, err = l.coins.GetVersion(t.Context(), "hot", "v")
		return nil
	})
	l.sim.Run()
	require.ErrorIs(t, err, emulator.ErrKeyThrottled)
	require.Len(t, l.sent, 1)
}

// A fault may throttle a key even where nothing is limited.
func TestThrottledKeyWaitsInTheUnlimitedProfileToo(t *testing.T) {
	l := newLimited(t, gameserver.Options{Profile: profile(t, "unlimited")})
	l.throttle("hot", time.Second)
	l.set("hot")
	l.set("cold")
	l.sim.Run()
	require.Equal(t, []string{"0s set cold: done", "1s set hot: done"}, l.log)
}

// R178: until June 2023 writes of one server to one key were six seconds apart; other keys and
// reads do not wait for them.
func TestWritesToOneKeyWereSixSecondsApart(t *testing.T) {
	l := newLimited(t, gameserver.Options{Profile: profile(t, "pre-2023-06")})
	l.set("k")
	l.call("increment k", func() error {
		_, err := l.coins.Increment(t.Context(), "k", 1, nil, nil)
		return err
	})
	l.call("update k", func() error {
		_, err := l.coins.Update(t.Context(), "k", change("1"))
		return err
	})
	l.call("remove k", func() error { _, err := l.coins.Remove(t.Context(), "k"); return err })
	l.call("ordered set k", func() error { return setKey(t, l.ranks, "k") })
	l.set("other")
	l.get("k")
	l.sim.Run()
	require.Equal(t, []string{
		"0s put k", "0s get k", "0s put k", "0s put other", "0s get k",
		"6s increment k", "12s remove k", "18s put k",
	}, l.sent)
	require.Len(t, l.warnings, 3)

	l = newLimited(t, gameserver.Options{Profile: profile(t, "pre-2024-07")})
	l.set("k")
	l.set("k")
	l.sim.Run()
	require.Equal(t, []string{"0s put k", "0s put k"}, l.sent)
}
