package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
	"savestone/scenarios/history"
	"savestone/scenarios/library"
)

// harmed are the scenarios, and those of their cells, in which what must never be may be.
var harmed = map[string]string{
	"plain-retry": "", "weather-sweep": "system=plain",
	"category-06-backup-recovery": "case=damaged-records", // lies that nobody can see through
}

func TestEveryShippedScenarioRunsAndShowsNothingThatMustNeverBe(t *testing.T) {
	for _, name := range library.Scenarios() {
		t.Run(name, func(t *testing.T) {
			f, err := scenarios.Open(name)
			require.NoError(t, err)
			require.Equal(t, name, f.Name)
			require.NotEmpty(t, f.About)
			o := scenarios.Options{Seed: 5, Worlds: 1, Workers: 2}
			if f.Cells[0].Plan.Explore != nil { // has as many worlds as it has points
				o.Shard = scenarios.Shard{Index: 1, Of: 16}
			}
			r := run(t, name, o)
			require.NotEmpty(t, r.Claims)
			cells, isHarmed := harmed[name]
			for _, row := range r.Rows {
				if isHarmed && strings.Contains(row.Cell, cells) {
					continue
				}
				for id, n := range row.Violations {
					if known, _ := history.InvariantOf(id); known.Severity == history.Zero {
						require.Zero(t, n, "%s of %s, world %d", id, row.Cell, row.World)
					}
				}
			}
		})
	}
}
