package gameserver_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// R74, R85: starting over costs no more.
func TestAnUpdateInTwoPartsStartsOverAfterAConflict(t *testing.T) {
	both(t, func(t *testing.T, w *world) {
		u, err := w.store.BeginUpdate(t.Context(), "k")
		require.NoError(t, err)
		defer u.End()
		require.False(t, u.Current().Found)
		set(t, w.other, `4`)
		one := gameserver.Change{Value: json.RawMessage(`1`)}
		_, err = u.Commit(t.Context(), one)
		require.ErrorIs(t, err, emulator.ErrVersionConflict)
		require.Equal(t, `4`, shown(u.Current()))
		result, err := u.Commit(t.Context(), gameserver.Change{Value: json.RawMessage(`5`)})
		require.NoError(t, err)
		require.Equal(t, `5`, shown(result))
		require.Equal(t, []string{"one get k", "one put k", "one get k", "one put k"}, w.line.passed)
	})
}

// R87, R76
func TestAnUpdateThatEndedLetsTheNextOneGoOn(t *testing.T) {
	w := newWorld(t, coins)
	for range 3 {
		u, err := w.store.BeginUpdate(t.Context(), "k")
		require.NoError(t, err)
		u.End()
		u.End()
	}
	_, err := w.store.BeginUpdate(t.Context(), "")
	require.ErrorIs(t, err, emulator.ErrKeyEmpty)
	w.server.Close()
	_, err = w.store.BeginUpdate(t.Context(), "k")
	require.ErrorIs(t, err, emulator.ErrDataModelClosed)
}
