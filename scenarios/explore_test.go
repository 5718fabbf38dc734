package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
)

// file writes a scenario to a folder of its own.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "try.chaos.luau")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

func TestExplorationRunsEveryChoiceAndEveryPoint(t *testing.T) {
	path := file(t, `
		return {
			name = "try",
			system = { project = "@savestone", adapter = "datamanager" },
			servers = 2, horizon = "3m", drain = "2m",
			explore = { at = { "crash", "lostReply", "lateCommit" }, from = "begin", to = "end" },
			claims = { "violations(*) == 0" },
			run = function(w)
				local player = w.player()
				w.join(player, 1)
				w.change(player, w.choose({ 5, 7 }))
				w.mark("begin")
				w.save(player)
				w.mark("end")
				w.hop(player, 2, w.choose({ 0, 40 }))
			end,
		}`)
	r := run(t, path, scenarios.Options{Seed: 1, Workers: 2})
	fired := map[string]int{}
	for _, row := range r.Rows {
		require.Empty(t, row.Violations)
		for rule, n := range row.Fired {
			if rule != "begin" && rule != "end" {
				require.Equal(t, 1, n)
				fired[rule]++
			}
		}
	}
	// A save is a read and a write of the record and of its backup, in each of four combinations.
	require.Equal(t, map[string]int{
		"crashBefore": 16, "crashAfter": 16, "lostReply": 16, "lateCommit": 16, "crash": 32,
	}, fired)
	require.Len(t, r.Rows, 4+64)
}
