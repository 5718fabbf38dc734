package scenarios_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
)

// libraries are packages of the npm registry that have an adapter, beside the project of
// testdata/npm that they are laid out in.
var libraries = []struct {
	adapter, project string
	packages         []string
}{
	{"profilestore", "profile-store", []string{"@rbxts/profile-store@1.0.3"}},
	{"profileservice", "profileservice", []string{"@rbxts/profileservice@1.4.2"}},
	{"lapis", "lapis-game", []string{"@rbxts/lapis@0.3.8", "roblox-ts@3.0.0"}},
}

const libraryScenario = `return {
	name = "library",
	system = { project = "default.project.json", adapter = "ADAPTER" },
	servers = 2,
	horizon = "10m",
	players = {
		count = 4,
		session = "lognormal(p50=3m, p99=9m)",
		hop = { chance = "30%", gap = "2s" },
		changes = "6/min",
		saves = "60s",
	},
	faults = { "calm@v1" },
	claims = { "violations(I1, I2, I8) == 0" },
	worlds = 3,
}
`

// Packages are played as they are published, so this needs the network, and says so by
// SAVESTONE_NET=1.
func TestNpmLibrariesArePlayedByTheirAdapters(t *testing.T) {
	if os.Getenv("SAVESTONE_NET") != "1" {
		t.Skip("skipped: SAVESTONE_NET is not 1; want it for npm install")
	}
	for _, l := range libraries {
		t.Run(l.adapter, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.CopyFS(folder, os.DirFS("../testdata/npm/"+l.project)))
			// The game of the project's own would play with the same players.
			require.NoError(t, os.WriteFile(filepath.Join(folder, "Main.server.luau"), nil, 0o644))
			install := exec.CommandContext(t.Context(), "npm", append([]string{"install",
				"--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline",
				"--loglevel=error", "--prefix", folder}, l.packages...)...)
			output, err := install.CombinedOutput()
			require.NoError(t, err, string(output))
			text := strings.Replace(libraryScenario, "ADAPTER", l.adapter, 1)
			path := filepath.Join(folder, "library.chaos.luau")
			require.NoError(t, os.WriteFile(path, []byte(text), 0o644))

			r := run(t, path, scenarios.Options{Seed: 1, Workers: 2})
			require.Len(t, r.Rows, 3)
			for _, row := range r.Rows {
				require.Empty(t, row.Error)
				for _, id := range []string{"I1", "I2", "I4", "I8"} {
					require.Zero(t, row.Violations[id], "%s: %v", id, row.Examples)
				}
				loads := row.Counts["load_success"]
				require.Positive(t, loads.Trials)
				require.Zero(t, loads.Failures)
				saves := row.Counts["save_success@30s"]
				require.Positive(t, saves.Trials)
				require.LessOrEqual(t, 20*saves.Failures, saves.Trials)
			}
		})
	}
}
