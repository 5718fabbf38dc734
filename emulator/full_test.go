package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A full disk refuses what does not fit and nothing else, and leaves the file whole. The limit on
// pages makes SQLite fail as it does when the disk gives it no more.
func TestAFullDiskIsNamedSoAndHarmsNothing(t *testing.T) {
	e, err := Open(t.Context(), filepath.Join(t.TempDir(), "full.db"), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	store := StoreID{Name: "Coins", Scope: "global"}
	_, err = e.Seed(store, "k", json.RawMessage(`1`))
	require.NoError(t, err)
	pages, err := e.db.queryInt(`PRAGMA page_count`)
	require.NoError(t, err)
	limit := func(more int64) {
		_, err := e.db.queryInt(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+more))
		require.NoError(t, err)
	}
	limit(2)
	large := json.RawMessage(`"` + strings.Repeat("x", 1<<20) + `"`)
	_, err = e.Seed(store, "k", large)
	require.ErrorContains(t, err, `put "k": the disk is full: database or disk is full`)
	kept, err := e.Peek(store, "k")
	require.NoError(t, err)
	require.Equal(t, `1`, string(kept.Value))

	// Also of many that share a transaction, only those that do not fit fail.
	const writers = 8
	errs := make([]error, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			value := json.RawMessage(`2`)
			if i%2 == 1 {
				value = large
			}
			_, errs[i] = e.Do(context.Background(), Request{
				Op: OpPut, Store: store, Key: "k", Value: value, direct: true,
			})
		})
	}
	group.Wait()
	for i, err := range errs {
		if i%2 == 1 {
			require.ErrorContains(t, err, "the disk is full")
		} else {
			require.NoError(t, err)
		}
	}
	found, err := e.db.faults()
	require.NoError(t, err)
	require.Empty(t, found)

	limit(1000)
	_, err = e.Seed(store, "k", large)
	require.NoError(t, err, "there is room again")
}

// A database in memory that could not finish a request says so from then on, because it cannot take
// it back.
func TestAnIncompleteDatabaseInMemoryRefusesAllElse(t *testing.T) {
	e, err := Open(t.Context(), InMemory, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, e.Close()) }()
	store := StoreID{Name: "Coins", Scope: "global"}
	_, err = e.Seed(store, "k", json.RawMessage(`1`))
	require.NoError(t, err)
	pages, err := e.db.queryInt(`PRAGMA page_count`)
	require.NoError(t, err)
	_, err = e.db.queryInt(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages))
	require.NoError(t, err)
	_, err = e.Seed(store, "k", json.RawMessage(`"`+strings.Repeat("x", 1<<20)+`"`))
	require.ErrorContains(t, err, "the disk is full")
	_, err = e.Seed(store, "k", json.RawMessage(`2`))
	require.ErrorContains(t, err, "the database in memory is incomplete since")
}
