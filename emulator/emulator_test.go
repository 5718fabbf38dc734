package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// coins is the store that most tests use.
var coins = emulator.StoreID{Name: "Coins", Scope: "global"}

// ranks is an ordered store.
var ranks = emulator.StoreID{Kind: emulator.Ordered, Name: "Ranks", Scope: "global"}

// start is 02:50 of a day, as in the worked example of R108.
var start = time.Date(2026, 1, 1, 2, 50, 0, 0, time.UTC)

// handClock stands still until a test moves it.
type handClock struct{ now time.Time }

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

// newEmulator returns an Emulator with a clock that the test moves.
func newEmulator(t testing.TB) (*emulator.Emulator, *handClock) {
	clock := &handClock{now: start}
	return emulator.RunT(t, emulator.Options{Clock: clock}), clock
}

func do(t testing.TB, emu *emulator.Emulator, req emulator.Request) emulator.Result {
	t.Helper()
	if req.Store == (emulator.StoreID{}) {
		req.Store = coins
	}
	result, err := emu.Do(context.Background(), req)
	require.NoError(t, err)
	return result
}

func put(t testing.TB, emu *emulator.Emulator, key, value string) emulator.Result {
	t.Helper()
	return do(t, emu, emulator.Request{
		Op: emulator.OpPut, Key: key, Value: json.RawMessage(value),
	})
}

func get(t testing.TB, emu *emulator.Emulator, key string) emulator.Result {
	t.Helper()
	return do(t, emu, emulator.Request{Op: emulator.OpGet, Key: key})
}

func TestGetOfMissingKeyFindsNothing(t *testing.T) {
	emu, _ := newEmulator(t)
	require.Equal(t, emulator.Result{}, get(t, emu, "player_1"))
}

func TestPutAnswersWithTheEntryAndGetSeesIt(t *testing.T) {
	emu, _ := newEmulator(t)
	want := emulator.Result{
		Found: true,
		Value: json.RawMessage(`{"coins":5}`),
		Info: emulator.KeyInfo{
			Version:   emulator.NewVersion(start, 1, start),
			CreatedMS: start.UnixMilli(),
			UpdatedMS: start.UnixMilli(),
			UserIDs:   []int64{1, -2, 1},
			Metadata:  json.RawMessage(`{"level":3}`),
		},
	}
	wrote := do(t, emu, emulator.Request{
		Op: emulator.OpPut, Key: "player_1", Value: want.Value,
		UserIDs: want.Info.UserIDs, Metadata: want.Info.Metadata,
	})
	require.Equal(t, want, wrote)
	require.Equal(t, want, get(t, emu, "player_1"))
}

// R61: a write without user ids and metadata clears them.
func TestWritesReplaceAttributesAsAWhole(t *testing.T) {
	for _, op := range []emulator.Op{emulator.OpPut, emulator.OpIncrement} {
		t.Run(op.String(), func(t *testing.T) {
			emu, _ := newEmulator(t)
			do(t, emu, emulator.Request{
				Op: emulator.OpPut, Key: "k", Value: json.RawMessage(`1`),
				UserIDs: []int64{7}, Metadata: json.RawMessage(`{"a":1}`),
			})
			do(t, emu, emulator.Request{Op: op, Key: "k", Value: json.RawMessage(`2`)})
			info := get(t, emu, "k").Info
			require.Empty(t, info.UserIDs)
			require.Nil(t, info.Metadata)
		})
	}
}

func TestLaterPutKeepsCreatedTimeAndCountsOn(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `1`)
	clock.now = start.Add(time.Minute)
	info := put(t, emu, "k", `2`).Info
	require.Equal(t, emulator.NewVersion(start, 2, clock.now), info.Version)
	require.Equal(t, start.UnixMilli(), info.CreatedMS)
	require.Equal(t, clock.now.UnixMilli(), info.UpdatedMS)
}

// R106: also when the clock stands still or goes back.
func TestVersionsOfAKeyStrictlyIncrease(t *testing.T) {
	emu, clock := newEmulator(t)
	last := put(t, emu, "k", `0`).Info.Version
	for i := range 50 {
		if i%3 == 2 {
			clock.now = clock.now.Add(-time.Second)
		}
		var version string
		if i%5 == 4 {
			do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
			version = get(t, emu, "k").Info.Version
		} else {
			version = put(t, emu, "k", `1`).Info.Version
		}
		require.Greater(t, version, last)
		last = version
	}
}

func TestConditionalPutHoldsOnlyOntoTheVersionItNames(t *testing.T) {
	emu, _ := newEmulator(t)
	putIf := func(version string) error {
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpPut, Store: coins, Key: "k",
			Value: json.RawMessage(`1`), IfVersion: &version,
		})
		return err
	}
	require.ErrorIs(t, putIf("no such version"), emulator.ErrVersionConflict)
	require.NoError(t, putIf(""))
	first := get(t, emu, "k").Info.Version
	require.ErrorIs(t, putIf(""), emulator.ErrVersionConflict)
	require.NoError(t, putIf(first))
	require.ErrorIs(t, putIf(first), emulator.ErrVersionConflict)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	tombstone := get(t, emu, "k").Info.Version
	require.NotEmpty(t, tombstone)
	require.NoError(t, putIf(tombstone), "the tombstone's own version")
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	require.NoError(t, putIf(""), "no live entry")
}

func TestIncrementStartsAtDeltaAndAdds(t *testing.T) {
	emu, _ := newEmulator(t)
	increment := func(delta int64) string {
		return string(do(t, emu, emulator.Request{
			Op: emulator.OpIncrement, Key: "k", Delta: delta,
		}).Value)
	}
	require.Equal(t, "5", increment(5))
	require.Equal(t, "3", increment(-2))
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	require.Equal(t, "4", increment(4))
	put(t, emu, "k", `1.0e1`)
	require.Equal(t, "11", increment(1))
}

// R95: what is stored and what is returned stop at the same place.
func TestIncrementIsClamped(t *testing.T) {
	for _, c := range []struct {
		store       emulator.StoreID
		delta       int64
		first, then string
	}{
		{coins, 1<<63 - 1, "9007199254740992", "9007199254740992"},
		{coins, -1 << 63, "-9007199254740992", "-9007199254740992"},
		{ranks, 1<<63 - 1, "9223372036854775807", "9223372036854775807"},
		{ranks, -1 << 63, "-9223372036854775808", "-9223372036854775808"},
	} {
		emu, _ := newEmulator(t)
		req := emulator.Request{
			Op: emulator.OpIncrement, Store: c.store, Key: "k", Delta: c.delta,
		}
		require.Equal(t, c.first, string(do(t, emu, req).Value))
		require.Equal(t, c.then, string(do(t, emu, req).Value))
		stored, err := emu.Peek(c.store, "k")
		require.NoError(t, err)
		require.Equal(t, c.then, string(stored.Value))
	}
}

// R92: nothing is written.
func TestIncrementOfWhatIsNoIntegerIsRefused(t *testing.T) {
	for _, value := range []string{`"5"`, `1.5`, `{}`, `null`, `true`, `1e300`} {
		emu, _ := newEmulator(t)
		before := put(t, emu, "k", value)
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpIncrement, Store: coins, Key: "k", Delta: 1,
		})
		require.EqualError(t, err, "502: API Services rejected request with error. "+
			"Error code: 24 Reason: Key value is not numeric.")
		require.Equal(t, before, get(t, emu, "k"))
	}
}

func TestRemoveAnswersWithWhatItRemovedAndLeavesATombstone(t *testing.T) {
	emu, clock := newEmulator(t)
	before := put(t, emu, "k", `1`)
	clock.now = start.Add(time.Second)
	remove := emulator.Request{Op: emulator.OpRemove, Key: "k"}
	require.Equal(t, before, do(t, emu, remove))
	tombstone := get(t, emu, "k")
	require.False(t, tombstone.Found)
	require.Nil(t, tombstone.Value)
	require.Equal(t, emulator.NewVersion(start, 2, clock.now), tombstone.Info.Version)
	again := do(t, emu, remove)
	require.Equal(t, tombstone, again, "a tombstone is not written over (R97)")
	require.Equal(t, tombstone, get(t, emu, "k"))
}

// R107: the object lives on while its tombstone does.
func TestPutRevivesARemovedKeyWithItsHistory(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `1`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	clock.now = start.Add(24 * time.Hour)
	require.Equal(t, emulator.NewVersion(start, 3, clock.now), put(t, emu, "k", `2`).Info.Version)
}

// R99, R107
func TestTombstoneIsForgottenAfterThirtyDays(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `1`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	clock.now = start.Add(emulator.TombstoneLifetime - time.Second)
	require.NotEmpty(t, get(t, emu, "k").Info.Version)
	clock.now = start.Add(emulator.TombstoneLifetime + time.Second)
	require.Equal(t, emulator.Result{}, get(t, emu, "k"))
	version := put(t, emu, "k", `2`).Info.Version
	require.Equal(t, emulator.NewVersion(clock.now, 1, clock.now), version)
	require.Equal(t, []string{`2`}, dumpedVersions(t, emu))
}

func TestRemoveOfAMissingKeyMakesNoStore(t *testing.T) {
	emu, _ := newEmulator(t)
	removed := do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	require.Equal(t, emulator.Result{}, removed)
	require.Empty(t, dump(t, emu))
}

func TestNamesScopesKindsAndKeysAreApart(t *testing.T) {
	emu, _ := newEmulator(t)
	ids := []emulator.StoreID{
		{Name: "A", Scope: "s"}, {Name: "a", Scope: "s"}, {Name: "A", Scope: "S"},
		{Name: "A ", Scope: "s"}, {Kind: emulator.Ordered, Name: "A", Scope: "s"},
		emulator.GlobalStore(),
	}
	for i, id := range ids {
		value := json.RawMessage{byte('0' + i)}
		_, err := emu.Seed(id, "k", value)
		require.NoError(t, err)
	}
	for i, id := range ids {
		result, err := emu.Peek(id, "k")
		require.NoError(t, err)
		require.Equal(t, string(byte('0'+i)), string(result.Value))
		other, err := emu.Peek(id, "K")
		require.NoError(t, err)
		require.False(t, other.Found)
	}
}

func TestDoneContextWritesNothing(t *testing.T) {
	emu, _ := newEmulator(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := emu.Do(ctx, emulator.Request{
		Op: emulator.OpPut, Store: coins, Key: "k", Value: json.RawMessage(`1`),
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, dump(t, emu))
}

func TestClosedEmulatorSaysSo(t *testing.T) {
	emu, _ := newEmulator(t)
	require.NoError(t, emu.Close())
	require.NoError(t, emu.Close(), "closing twice is fine")
	_, err := emu.Peek(coins, "k")
	require.ErrorIs(t, err, emulator.ErrClosed)
	require.ErrorIs(t, emu.Dump(&strings.Builder{}), emulator.ErrClosed)
}

func TestUnknownOperationsAndKindsAreRefusedByName(t *testing.T) {
	emu, _ := newEmulator(t)
	_, err := emu.Do(t.Context(), emulator.Request{Op: 99, Store: coins, Key: "k"})
	require.ErrorIs(t, err, emulator.ErrNotEmulated)
	require.ErrorContains(t, err, `operation 99 "k": standard stores: not emulated`)
	odd := emulator.StoreID{Kind: 9, Name: "A", Scope: "s"}
	_, err = emu.Do(t.Context(), emulator.Request{Op: emulator.OpGet, Store: odd, Key: "k"})
	require.ErrorIs(t, err, emulator.ErrNotEmulated)
	require.ErrorContains(t, err, `get "k": kind 9 stores: not emulated`)
	put(t, emu, "k", `1`)
}

func TestErrorsNameTheOperationAndKeyOnlyWhenTheyAreNotRobloxs(t *testing.T) {
	emu, _ := newEmulator(t)
	_, err := emu.Do(t.Context(), emulator.Request{Op: emulator.OpGet, Store: coins})
	var named *emulator.Error
	require.True(t, errors.As(err, &named))
	require.Equal(t, "101: Key name can't be empty.", err.Error())
	require.NoError(t, emu.Close())
	_, err = emu.Do(t.Context(), emulator.Request{Op: emulator.OpGet, Store: coins, Key: "k"})
	require.EqualError(t, err, "the emulator is closed")
}
