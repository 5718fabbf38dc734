package gameserver_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

// watched is a store whose key "k" is watched, on an emulator that another server uses too.
type watched struct {
	sim   *sched.Sim
	store *gameserver.Store
	other *gameserver.Store
	watch *gameserver.Watch
	seen  []string // when which value was told
	sent  int
}

func newWatched(t *testing.T) *watched {
	w := &watched{sim: sched.New(start)}
	t.Cleanup(w.sim.Close)
	emu := emulator.RunT(t, emulator.Options{Clock: w.sim})
	counted := scripted(func(req emulator.Request) (emulator.Result, error) {
		w.sent++
		return emu.Do(t.Context(), req)
	})
	server := gameserver.New(counted, w.sim, gameserver.Options{})
	w.store = openStore(t, server, coins)
	w.other = openStore(t, gameserver.New(emu, w.sim, gameserver.Options{}), coins)
	var err error
	w.watch, err = w.store.Watch("k", func(now emulator.Result) {
		w.seen = append(w.seen, fmt.Sprintf("%s %s", w.sim.Now().Sub(start), shown(now)))
	})
	require.NoError(t, err)
	w.sim.Go(func() { require.NoError(t, w.watch.Poll(t.Context())) })
	return w
}

// at has a task do something at a time.
func (w *watched) at(d time.Duration, do func()) { w.sim.RunUntil(start.Add(d)); w.sim.Go(do) }

// R167: other servers' writes are found once a minute, this one's told at once.
func TestWatchTellsOfNewValues(t *testing.T) {
	w := newWatched(t)
	w.at(10*time.Second, func() { set(t, w.other, `1`) })
	w.at(70*time.Second, func() { set(t, w.store, `2`) })
	w.at(130*time.Second, func() { set(t, w.other, `3`); set(t, w.other, `4`) })
	w.at(200*time.Second, func() { require.NoError(t, removeK(t, w.other)) })
	w.at(250*time.Second, func() { set(t, w.store, `5`); require.NoError(t, removeK(t, w.store)) })
	w.sim.RunUntil(start.Add(10 * time.Minute))
	require.Equal(t, []string{
		"1m0s 1", "1m10s 2", "3m0s 4", "4m0s nil", "4m10s 5", "4m10s nil",
	}, w.seen)
}

func removeK(t *testing.T, store *gameserver.Store) error {
	_, err := store.Remove(t.Context(), "k")
	return err
}

// What was there when the watch began is not news.
func TestWatchSaysNothingOfWhatWasThere(t *testing.T) {
	w := newWatched(t)
	w.sim.Go(func() { set(t, w.other, `1`) })
	w.sim.RunUntil(start.Add(10 * time.Minute))
	require.Equal(t, []string{"1m0s 1"}, w.seen)
	w.watch.Stop()
	w.seen = nil
	second, err := w.store.Watch("k", func(emulator.Result) { w.seen = append(w.seen, "told") })
	require.NoError(t, err)
	w.sim.Go(func() { require.NoError(t, second.Poll(t.Context())) })
	w.sim.RunUntil(start.Add(20 * time.Minute))
	require.Empty(t, w.seen)
}

func TestStoppedWatchIsSilentAndEndsItsPoll(t *testing.T) {
	w := newWatched(t)
	w.at(90*time.Second, func() { w.watch.Stop() })
	w.at(100*time.Second, func() { set(t, w.store, `1`); set(t, w.other, `2`) })
	w.sim.Run()
	require.Empty(t, w.seen)
	require.Equal(t, start.Add(2*time.Minute), w.sim.Now())
	require.Zero(t, w.sim.Tasks())
}

func TestWatchStoppedByAnotherIsSilent(t *testing.T) {
	w := newWatched(t)
	var second *gameserver.Watch
	_, err := w.store.Watch("k", func(emulator.Result) { second.Stop() })
	require.NoError(t, err)
	second, err = w.store.Watch("k", func(emulator.Result) { t.Error("told after Stop") })
	require.NoError(t, err)
	w.at(time.Second, func() { set(t, w.store, `1`) })
	w.sim.RunUntil(start.Add(2 * time.Second))
	require.Equal(t, []string{"1s 1"}, w.seen)
}

// R167, R170: a poll takes from the budget of OnUpdate, and is left out when there is none.
func TestPollsTakeFromTheBudgetOfOnUpdate(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	var watches []*gameserver.Watch
	for range 31 {
		watch, err := l.coins.Watch("k", nil)
		require.NoError(t, err)
		watches = append(watches, watch)
		l.sim.Go(func() { require.NoError(t, watch.Poll(t.Context())) })
	}
	l.sim.RunUntil(start)
	require.Zero(t, l.server.Budget(emulator.OnUpdate))
	require.Len(t, l.sent, 30)
	l.sim.RunUntil(start.Add(59 * time.Second))
	require.Equal(t, 29, l.server.Budget(emulator.OnUpdate))
	for _, watch := range watches {
		watch.Stop()
	}
	l.sim.Run()
	require.Len(t, l.sent, 30)
}

// A poll that failed, or that this server's own write overtook, tells nothing.
func TestPollsThatSayNothingReliableAreLeftOut(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	version := "1"
	var seen []string
	watch, err := l.coins.Watch("k", func(now emulator.Result) {
		seen = append(seen, fmt.Sprintf("%s %s", l.elapsed(), now.Info.Version))
	})
	require.NoError(t, err)
	l.backend = func(req emulator.Request) (emulator.Result, error) {
		if req.Op == emulator.OpPut {
			version = "own"
			return entryOfVersion(version), nil
		}
		switch l.elapsed() {
		case time.Minute:
			return emulator.Result{}, emulator.ErrInternal
		case 2 * time.Minute:
			l.sim.Go(func() { require.NoError(t, setKey(t, l.coins, "k")) })
			old := entryOfVersion("2")
			return old, l.sim.Sleep(t.Context(), time.Second)
		}
		return entryOfVersion(version), nil
	}
	l.sim.Go(func() { require.NoError(t, watch.Poll(t.Context())) })
	l.sim.RunUntil(start.Add(5 * time.Minute))
	require.Equal(t, []string{"2m0s own"}, seen)
}

func entryOfVersion(version string) emulator.Result {
	return emulator.Result{Found: true, Info: emulator.KeyInfo{Version: version}}
}
