package emulator

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was written gets into the file itself while it is open, so that its log does not grow on.
func TestCheckpointsAreDoneBesideTheRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	e, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	store := StoreID{Name: "Coins", Scope: "global"}
	value := bytes.Repeat([]byte("7"), 1<<20)
	for _, key := range []string{"a", "b", "c", "d"} {
		_, err := e.Seed(store, key, value)
		require.NoError(t, err)
	}
	require.NoError(t, e.db.checkpoints.close(), "it ends what was asked of it")
	e.db.checkpoints = nil
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(checkpointBytes))
	require.NoError(t, e.Close())
}
