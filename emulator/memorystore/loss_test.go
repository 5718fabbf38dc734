package memorystore_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
)

func TestEvictedItemsAreGone(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	require.NoError(t, w.set("a", "1"))
	require.NoError(t, w.set("b", "2"))
	_, _, err := w.SortedMap("s").Set(w.ctx, "k", write("3"))
	require.NoError(t, err)
	var asked []string
	count := w.Evict(func(p memorystore.Place) bool {
		asked = append(asked, fmt.Sprint(p))
		return p.Key == "a"
	})
	require.Equal(t, 1, count)
	require.Equal(t, []string{"{hash map m a}", "{hash map m b}", "{sorted map s k}"}, asked)
	require.Empty(t, w.get("a"))
	require.Equal(t, "2", w.get("b"))
	require.NoError(t, w.set("a", "4"))
	require.Equal(t, "4", w.get("a"))
	require.Equal(t, 3, w.Evict(func(memorystore.Place) bool { return true }))
	require.Empty(t, w.get("b"))
}

func TestAnOutageCanBeginAndEnd(t *testing.T) {
	w := newWorld(t, memorystore.Options{})
	w.universe.SetBefore(func(context.Context, memorystore.Call) error {
		return memorystore.ErrRequestFailed
	})
	require.ErrorIs(t, w.set("a", "1"), memorystore.ErrRequestFailed)
	w.universe.SetBefore(nil)
	require.NoError(t, w.set("a", "1"))
}
