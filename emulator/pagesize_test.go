package emulator

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// R123: page size 0 means 1,024 versions.
func TestPageSizeZeroMeans1024Versions(t *testing.T) {
	profile, err := ProfileNamed("pre-2024-07") // keeps every version
	require.NoError(t, err)
	e := RunT(t, Options{Profile: profile})
	store := StoreID{Name: "S", Scope: "global"}
	for n := range 1030 {
		_, err := e.Seed(store, "k", json.RawMessage(fmt.Sprint(n)))
		require.NoError(t, err)
	}
	page, err := e.Do(t.Context(), Request{Op: OpListVersions, Store: store, Key: "k"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1024)
	rest, err := e.Do(t.Context(), Request{
		Op: OpListVersions, Store: store, Key: "k", Page: Page{Cursor: page.Cursor},
	})
	require.NoError(t, err)
	require.Len(t, rest.Items, 6)
	require.Empty(t, rest.Cursor)
}

// R133: page size 0 means 32 stores.
func TestPageSizeZeroMeans32Stores(t *testing.T) {
	e := RunT(t)
	for n := range 40 {
		store := StoreID{Name: fmt.Sprintf("S%02d", n), Scope: "global"}
		_, err := e.Seed(store, "k", json.RawMessage(`1`))
		require.NoError(t, err)
	}
	page, err := e.Do(t.Context(), Request{Op: OpListStores})
	require.NoError(t, err)
	require.Len(t, page.Items, 32)
	require.NotEmpty(t, page.Cursor)
}
