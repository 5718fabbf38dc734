package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
	"savestone/scenarios/history"
	"savestone/scenarios/library"
)

// harmed are the scenarios in which what must never happen is meant to happen.
var harmed = map[string]bool{"plain-retry": true, "weather-sweep": true}

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
			for _, row := range r.Rows {
				for id, n := range row.Violations {
					known, _ := history.InvariantOf(id)
					if known.Severity == history.Zero && !harmed[name] {
						require.Zero(t, n, "%s world %d: %s: %v", row.Cell, row.World, id, row.Examples)
					}
				}
			}
		})
	}
}
