package gameserver_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// R141, R147: another server's write is not seen for 4 seconds.
func TestReadIsRememberedForFourSeconds(t *testing.T) {
	w := newWorld(t, coins)
	set(t, w.other, `"old"`)
	require.Equal(t, `"old"`, get(t, w.store, true))
	set(t, w.other, `"new"`)
	w.clock.now = start.Add(4*time.Second - 1)
	require.Equal(t, `"old"`, get(t, w.store, true))
	w.clock.now = start.Add(4 * time.Second)
	require.Equal(t, `"new"`, get(t, w.store, true))
	require.Equal(t, []string{"one get k", "one get k"}, w.line.passed)
}

// R66: a hit returns without yielding. R150: with its KeyInfo.
func TestCacheHitTakesNoTurnAndTellsTheSame(t *testing.T) {
	w := newWorld(t, coins)
	set(t, w.other, `1`)
	first, err := w.store.Get(t.Context(), "k", true)
	require.NoError(t, err)
	w.clock.sleeper = func() { t.Error("the call waited") }
	again, err := w.store.Get(t.Context(), "k", true)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.NotEmpty(t, again.Info.Version)
}

// R143
func TestCacheHitDoesNotRestartTheTimer(t *testing.T) {
	w := newWorld(t, coins)
	require.Equal(t, "nil", get(t, w.store, true))
	w.clock.now = start.Add(3 * time.Second)
	require.Equal(t, "nil", get(t, w.store, true))
	set(t, w.other, `1`)
	w.clock.now = start.Add(5 * time.Second)
	require.Equal(t, `1`, get(t, w.store, true))
}

// R67, R143
func TestReadWithoutCacheRefreshesItAndRestartsTheTimer(t *testing.T) {
	w := newWorld(t, coins)
	require.Equal(t, "nil", get(t, w.store, true))
	set(t, w.other, `1`)
	w.clock.now = start.Add(3 * time.Second)
	require.Equal(t, `1`, get(t, w.store, false))
	set(t, w.other, `2`)
	w.clock.now = start.Add(6 * time.Second)
	require.Equal(t, `1`, get(t, w.store, true))
	w.clock.now = start.Add(7 * time.Second)
	require.Equal(t, `2`, get(t, w.store, true))
}

// R149
func TestMissingKeysAreRememberedAsMissing(t *testing.T) {
	w := newWorld(t, coins)
	require.Equal(t, "nil", get(t, w.store, true))
	set(t, w.other, `1`)
	require.Equal(t, "nil", get(t, w.store, true))
}

// R144: each write puts its result into the cache and restarts the timer.
func TestOwnWritesAreSeenFromTheCache(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(t *testing.T, w *world)
		want  string
	}{
		{"set", func(t *testing.T, w *world) { set(t, w.store, `5`) }, `5`},
		{"increment", func(t *testing.T, w *world) {
			_, err := w.store.Increment(t.Context(), "k", 4, nil, nil)
			require.NoError(t, err)
		}, `5`},
		{"update", func(t *testing.T, w *world) {
			_, err := w.store.Update(t.Context(), "k", change(`5`))
			require.NoError(t, err)
		}, `5`},
		{"remove", func(t *testing.T, w *world) {
			_, err := w.store.Remove(t.Context(), "k")
			require.NoError(t, err)
		}, "nil"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, coins)
			set(t, w.other, `1`)
			require.Equal(t, `1`, get(t, w.store, true))
			w.clock.now = start.Add(3 * time.Second)
			c.write(t, w)
			set(t, w.other, `9`)
			w.line.passed = nil
			w.clock.now = start.Add(7*time.Second - 1)
			require.Equal(t, c.want, get(t, w.store, true))
			require.Empty(t, w.line.passed)
			w.clock.now = start.Add(7 * time.Second)
			require.Equal(t, `9`, get(t, w.store, true))
		})
	}
}

// R145, R186: after an error the cache holds the old value, whether or not the write took effect.
func TestFailedWriteLeavesTheCacheAsItWas(t *testing.T) {
	for _, applied := range []bool{false, true} {
		t.Run(fmt.Sprintf("applied=%t", applied), func(t *testing.T) {
			w := newWorld(t, coins)
			set(t, w.store, `1`)
			w.line.fault = func(emulator.Request) (bool, error) {
				return applied, emulator.ErrResponseFormat
			}
			_, err := w.store.Set(t.Context(), "k", []byte(`2`), nil, nil)
			require.ErrorIs(t, err, emulator.ErrResponseFormat)
			_, err = w.store.Remove(t.Context(), "k")
			require.ErrorIs(t, err, emulator.ErrResponseFormat)
			_, err = w.store.Get(t.Context(), "k", false)
			require.ErrorIs(t, err, emulator.ErrResponseFormat)
			w.line.fault = nil
			require.Equal(t, `1`, get(t, w.store, true))
			want := map[bool]string{false: `1`, true: "nil"}[applied]
			require.Equal(t, want, get(t, w.store, false))
		})
	}
}

// R142: one key reached by two stores is cached twice.
func TestCacheBelongsToTheStore(t *testing.T) {
	w := newWorld(t, coins)
	require.Equal(t, "nil", get(t, w.store, true))
	set(t, w.other, `1`)
	require.Equal(t, `1`, get(t, w.other, true))
	require.Equal(t, "nil", get(t, w.store, true))
	elsewhere := openStore(t, w.server, emulator.StoreID{Name: "Coins", Scope: "elsewhere"})
	set(t, elsewhere, `2`)
	require.Equal(t, "nil", get(t, w.store, true))
}

// Many keys over a long time: entries that are stale give way, fresh ones stay.
func TestStaleCacheEntriesAreDroppedFreshOnesKept(t *testing.T) {
	w := newWorld(t, coins)
	for i := range 500 {
		_, err := w.store.Get(t.Context(), fmt.Sprintf("key_%d", i), true)
		require.NoError(t, err)
		w.clock.now = w.clock.now.Add(100 * time.Millisecond)
	}
	w.line.passed = nil
	for i := range 500 {
		_, err := w.store.Get(t.Context(), fmt.Sprintf("key_%d", 499-i), true)
		require.NoError(t, err)
	}
	require.Len(t, w.line.passed, 500-39, "the last 39 were read less than 4 s ago")
}
