package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
)

// The plain system loses acknowledged data on a bad day: a world in which it does becomes a small
// scenario, which does the same.
func TestShrunkScenarioFailsTheSameWay(t *testing.T) {
	f, err := scenarios.Open("plain-retry")
	require.NoError(t, err)
	o := scenarios.Options{Seed: 1, Workers: 2, Worlds: 60}
	world := -1
	for _, row := range run(t, "plain-retry", o).Rows {
		if row.Violations["I1"] > 0 {
			world = row.World
			break
		}
	}
	require.GreaterOrEqual(t, world, 0, "no world failed")
	small, err := scenarios.Shrink(t.Context(), f, o, "", world, "I1", nil)
	require.NoError(t, err)
	source := small.Plan.Source()
	require.LessOrEqual(t, strings.Count(source, "\n"), 30)
	require.LessOrEqual(t, small.Faults, 10) // five tries of two requests
	require.Len(t, small.Plan.Players.Only, 1)

	again := run(t, file(t, source), scenarios.Options{Seed: 99})
	require.Len(t, again.Rows, 1)
	require.NotZero(t, again.Rows[0].Violations["I1"], "%s", source)
}

func TestWorldWithoutAViolationIsNotShrunk(t *testing.T) {
	f, err := scenarios.Open("smoke")
	require.NoError(t, err)
	_, err = scenarios.Shrink(t.Context(), f, scenarios.Options{Seed: 1}, "", 0, "", nil)
	require.ErrorContains(t, err, "violates no invariant")
}
