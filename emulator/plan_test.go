package emulator

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// No statement that a request needs reads a table from its beginning or sorts what it found, so
// that none gets slower as data grows.
func TestEveryStatementIsServedByAnIndex(t *testing.T) {
	e := RunT(t)
	for q := purgeEntries; q < queryCount; q++ {
		plan := ""
		err := e.db.each("EXPLAIN QUERY PLAN "+queryText[q], func(row []driver.Value) error {
			plan += fmt.Sprintln(row[3])
			return nil
		}, make([]driver.Value, strings.Count(queryText[q], "?"))...)
		require.NoError(t, err)
		if !strings.HasPrefix(queryText[q], "INSERT") {
			require.Contains(t, plan, "SEARCH", queryText[q])
		}
		require.NotContains(t, plan, "SCAN", queryText[q])
		if q == listKeys || q == listStores {
			require.Contains(t, plan, "COVERING INDEX entries_by_", "entries are far apart")
		}
		require.NotContains(t, plan, "TEMP B-TREE", queryText[q])
	}
}

// R99, R111: what nobody can read any more takes no room for long, even if nobody asks for it.
func TestWhatExpiredIsDeletedByTheWritesOfOthers(t *testing.T) {
	clock := &stillClock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := RunT(t, Options{Clock: clock})
	store := StoreID{Name: "Coins", Scope: "global"}
	do := func(op Op, key string) {
		_, err := e.Do(t.Context(), Request{Op: op, Store: store, Key: key, Value: []byte(`1`)})
		require.NoError(t, err)
	}
	count := func() (rows [2]int64) {
		for i, table := range []string{"entries", "versions"} {
			var err error
			rows[i], err = e.db.queryInt("SELECT count(*) FROM " + table)
			require.NoError(t, err)
		}
		return rows
	}
	do(OpPut, "kept")
	do(OpPut, "removed")
	do(OpRemove, "removed")
	clock.now = clock.now.Add(time.Hour)
	do(OpPut, "kept")
	require.Equal(t, [2]int64{2, 2}, count())
	clock.now = clock.now.Add(30 * 24 * time.Hour)
	do(OpPut, "other")
	require.Equal(t, [2]int64{2, 0}, count())
}

type stillClock struct{ now time.Time }

func (c *stillClock) Now() time.Time { return c.now }

func (c *stillClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
