package gameserver_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// both runs a test on a standard and on an ordered store.
func both(t *testing.T, run func(t *testing.T, w *world)) {
	for _, kind := range []emulator.Kind{emulator.Standard, emulator.Ordered} {
		t.Run(kind.String(), func(t *testing.T) {
			run(t, newWorld(t, emulator.StoreID{Kind: kind, Name: "Coins", Scope: "global"}))
		})
	}
}

// R74, R78
func TestUpdateReadsTransformsAndWrites(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		set(t, w.other, `4`)
		result, err := w.store.Update(t.Context(), "k", addOne)
		require.NoError(t, err)
		require.Equal(t, `5`, shown(result))
		require.Equal(t, []string{"one get k", "one put k"}, w.line.passed)
		stored, err := w.emu.Peek(w.store.ID(), "k")
		require.NoError(t, err)
		require.Equal(t, stored, result)
	})
}

// R75: nothing found, so neither value nor KeyInfo, for a missing and for a removed key.
func TestUpdateOfAMissingKeyFindsNothing(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		for range 2 {
			_, err := w.store.Update(t.Context(), "k",
				func(now emulator.Result) (gameserver.Change, error) {
					require.False(t, now.Found)
					return gameserver.Change{Value: json.RawMessage(`1`)}, nil
				})
			require.NoError(t, err)
			_, err = w.store.Remove(t.Context(), "k")
			require.NoError(t, err)
		}
	})
}

// R79
func TestUpdateReplacesAttributes(t *testing.T) {
	w := newWorld(t, coins)
	attributes := gameserver.Change{
		Value: json.RawMessage(`1`), UserIDs: []int64{1}, Metadata: json.RawMessage(`{"a":1}`),
	}
	result, err := w.store.Update(t.Context(), "k",
		func(emulator.Result) (gameserver.Change, error) { return attributes, nil })
	require.NoError(t, err)
	require.Equal(t, attributes.UserIDs, result.Info.UserIDs)
	require.Equal(t, attributes.Metadata, result.Info.Metadata)
	result, err = w.store.Update(t.Context(), "k", change(`2`))
	require.NoError(t, err)
	require.Empty(t, result.Info.UserIDs)
	require.Nil(t, result.Info.Metadata)
}

// R76, R77, R144: nothing is written, nothing is returned; what was read is remembered.
func TestCancelledUpdateWritesNothing(t *testing.T) {
	w := newWorld(t, coins)
	set(t, w.other, `1`)
	before, err := w.emu.Peek(coins, "k")
	require.NoError(t, err)
	result, err := w.store.Update(t.Context(), "k",
		func(emulator.Result) (gameserver.Change, error) {
			return gameserver.Change{Cancel: true, Value: json.RawMessage(`2`)}, nil
		})
	require.NoError(t, err)
	require.Equal(t, emulator.Result{}, result)
	after, err := w.emu.Peek(coins, "k")
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, []string{"one get k"}, w.line.passed)
	require.Equal(t, `1`, get(t, w.store, true))
	require.Equal(t, []string{"one get k"}, w.line.passed)
}

// R74, R80: the function runs again with the fresh value, and its earlier answer is thrown away.
func TestConflictRunsTheTransformAgainOnTheFreshValue(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		set(t, w.other, `1`)
		var seen []string
		result, err := w.store.Update(t.Context(), "k",
			func(now emulator.Result) (gameserver.Change, error) {
				seen = append(seen, shown(now))
				if len(seen) < 3 {
					w.clock.sleeper = func() { set(t, w.other, string(now.Value)+"0") }
				}
				return addOne(now)
			})
		require.NoError(t, err)
		require.Equal(t, []string{`1`, `10`, `100`}, seen)
		require.Equal(t, `101`, shown(result))
		require.Equal(t, `101`, get(t, w.other, false))
	})
}

// A key that appears, or goes, between reading and writing is a conflict like any other.
func TestConflictWithTheFirstWriteAndWithARemove(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		var seen []string
		transform := func(now emulator.Result) (gameserver.Change, error) {
			seen = append(seen, shown(now))
			switch len(seen) {
			case 1:
				w.clock.sleeper = func() { set(t, w.other, `5`) }
			case 2:
				w.clock.sleeper = func() {
					_, err := w.other.Remove(t.Context(), "k")
					require.NoError(t, err)
				}
			}
			return gameserver.Change{Value: json.RawMessage(`7`)}, nil
		}
		_, err := w.store.Update(t.Context(), "k", transform)
		require.NoError(t, err)
		require.Equal(t, []string{"nil", `5`, "nil"}, seen)
		require.Equal(t, `7`, get(t, w.other, false))
	})
}

// R86
func TestUpdateReadsPastTheCache(t *testing.T) {
	w := newWorld(t, coins)
	require.Equal(t, "nil", get(t, w.store, true))
	set(t, w.other, `5`)
	result, err := w.store.Update(t.Context(), "k", addOne)
	require.NoError(t, err)
	require.Equal(t, `6`, shown(result))
}

// R83
func TestUpdateRefusesWhatCannotBeStored(t *testing.T) {
	w := newWorld(t, coins)
	_, err := w.store.Update(t.Context(), "k", change("\"\xff\""))
	require.ErrorIs(t, err, emulator.CannotStore("string"))
	require.Equal(t, []string{"one get k"}, w.line.passed)
}

func TestErrorOfTheTransformComesBackAsItIs(t *testing.T) {
	w := newWorld(t, coins)
	oops := errors.New("oops")
	_, err := w.store.Update(t.Context(), "k",
		func(emulator.Result) (gameserver.Change, error) { return gameserver.Change{}, oops })
	require.Equal(t, oops, err)
	_, err = w.store.Update(t.Context(), "k", change(`1`))
	require.NoError(t, err, "its turn was given up")
}

// R186: the caller cannot know, and the game server does not try again by itself.
func TestUpdateWhoseReplyIsLostFailsOnceAndMayHaveApplied(t *testing.T) {
	w := newWorld(t, coins)
	lost := *emulator.ErrResponseFormat
	lost.MayHaveApplied = true
	w.line.fault = func(req emulator.Request) (bool, error) {
		if req.Op == emulator.OpPut {
			return true, &lost
		}
		return false, nil
	}
	runs := 0
	_, err := w.store.Update(t.Context(), "k",
		func(now emulator.Result) (gameserver.Change, error) {
			runs++
			return addOne(now)
		})
	var named *emulator.Error
	require.ErrorAs(t, err, &named)
	require.True(t, named.MayHaveApplied)
	require.Equal(t, 1, runs)
	require.Equal(t, `1`, get(t, w.other, false))
}
