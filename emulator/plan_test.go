package emulator

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"testing"

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
		require.NotContains(t, plan, "TEMP B-TREE", queryText[q])
	}
}
