package emulator_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// storeNames lists the stores, those that were removed in brackets.
func storeNames(t *testing.T, emu *emulator.Emulator, page emulator.Page) string {
	result, err := emu.Do(t.Context(), emulator.Request{Op: emulator.OpListStores, Page: page})
	require.NoError(t, err)
	var names []string
	for _, item := range result.Items {
		name := item.Store
		if item.Deleted {
			name = "(" + name + ")"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// moves removes or restores a store.
func moves(t *testing.T, emu *emulator.Emulator, op emulator.Op, name string) emulator.Result {
	result, err := emu.Do(t.Context(), emulator.Request{
		Op: op, Store: emulator.StoreID{Name: name},
	})
	require.NoError(t, err)
	return result
}

func seeded(t *testing.T, emu *emulator.Emulator, names ...string) {
	for _, name := range names {
		_, err := emu.Seed(emulator.StoreID{Name: name, Scope: "global"}, "k", []byte("1"))
		require.NoError(t, err)
	}
}

// O38.
func TestARemovedStoreIsClosedUntilItIsRestored(t *testing.T) {
	clock := &handClock{now: start}
	emu := emulator.RunT(t, emulator.Options{Clock: clock})
	seeded(t, emu, "A", "B", "C")
	removed := moves(t, emu, emulator.OpRemoveStore, "B")
	require.True(t, removed.Found)
	require.Equal(t, start.Add(30*24*time.Hour).UnixMilli(), removed.Items[0].ExpiresMS)
	require.Equal(t, "A C", storeNames(t, emu, emulator.Page{}))
	require.Equal(t, "A (B) C", storeNames(t, emu, emulator.Page{ShowDeleted: true}))
	require.Equal(t, "A (B)", storeNames(t, emu, emulator.Page{ShowDeleted: true, Size: 2}))
	for _, req := range []emulator.Request{
		{Op: emulator.OpGet, Key: "k"}, {Op: emulator.OpPut, Key: "k", Value: []byte("2")},
		{Op: emulator.OpListKeys}, {Op: emulator.OpIncrement, Key: "new", Delta: 1},
	} {
		req.Store = emulator.StoreID{Name: "B", Scope: "global"}
		_, err := emu.Do(t.Context(), req)
		require.ErrorIs(t, err, emulator.ErrStoreRemoved, req.Op)
	}
	clock.now = clock.now.Add(time.Hour)
	require.Equal(t, removed, moves(t, emu, emulator.OpRemoveStore, "B"), "no change")

	require.False(t, moves(t, emu, emulator.OpRestoreStore, "B").Items[0].Deleted)
	require.Equal(t, "A B C", storeNames(t, emu, emulator.Page{}))
	result, err := emu.Peek(emulator.StoreID{Name: "B", Scope: "global"}, "k")
	require.NoError(t, err)
	require.Equal(t, "1", string(result.Value))
}

func TestAStoreThatIsNotThereIsNeitherRemovedNorRestored(t *testing.T) {
	emu := emulator.RunT(t)
	require.False(t, moves(t, emu, emulator.OpRemoveStore, "None").Found)
	require.False(t, moves(t, emu, emulator.OpRestoreStore, "None").Found)
	_, err := emu.Do(t.Context(), emulator.Request{Op: emulator.OpRemoveStore})
	require.ErrorIs(t, err, emulator.ErrStoreNameEmpty)
}

func TestTheNameOfARemovedStoreIsFreeAfterThirtyDays(t *testing.T) {
	clock := &handClock{now: start}
	emu := emulator.RunT(t, emulator.Options{Clock: clock})
	seeded(t, emu, "A")
	moves(t, emu, emulator.OpRemoveStore, "A")
	clock.now = clock.now.Add(30*24*time.Hour - time.Millisecond)
	require.Equal(t, "(A)", storeNames(t, emu, emulator.Page{ShowDeleted: true}))
	clock.now = clock.now.Add(time.Millisecond)
	require.Empty(t, storeNames(t, emu, emulator.Page{ShowDeleted: true}))
	require.False(t, moves(t, emu, emulator.OpRestoreStore, "A").Found)
	id := emulator.StoreID{Name: "A", Scope: "global"}
	result, err := emu.Peek(id, "k")
	require.NoError(t, err)
	require.False(t, result.Found)
	seeded(t, emu, "A")
	require.True(t, moves(t, emu, emulator.OpRemoveStore, "A").Found, "once more")
}

func TestARemovedStoreStaysSoInItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	for range 2 {
		emu, err := emulator.Open(t.Context(), path, emulator.Options{})
		require.NoError(t, err)
		if storeNames(t, emu, emulator.Page{ShowDeleted: true}) == "" {
			seeded(t, emu, "A")
			moves(t, emu, emulator.OpRemoveStore, "A")
		}
		require.Equal(t, "(A)", storeNames(t, emu, emulator.Page{ShowDeleted: true}))
		require.NoError(t, emu.Close())
	}
}
