package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
)

func TestZooHasNoSurvivors(t *testing.T) {
	mutants, err := scenarios.Zoo()
	require.NoError(t, err)
	stores := 0
	for _, m := range mutants {
		if m.Plan.System.Broken != "" {
			stores++
		}
		t.Run(m.Name, func(t *testing.T) {
			found, err := m.Hunt(t.Context(), scenarios.Options{Seed: 1})
			require.NoError(t, err)
			require.NotEmpty(t, found.Caught, "%s survived %d worlds", m.About, found.Worlds)
		})
	}
	require.GreaterOrEqual(t, stores, 6)
	require.GreaterOrEqual(t, len(mutants)-stores, 20)
}

// The small system of the zoo is right without a bug: what is caught there is the bug.
func TestTheLockedSystemPassesWithoutABug(t *testing.T) {
	path := file(t, `
		return {
			name = "locked", servers = 2, horizon = "8m", linger = "1m", drain = "4m",
			system = { adapter = "locked" }, hazards = { crash = { mean = "5m" } },
			players = { count = 4, session = "lognormal(p50=2m, p99=6m)", away = "5s",
				hop = { chance = "60%", gap = "1s" }, changes = "10/min", saves = "20s" },
			faults = { "bad-day@v1" }, claims = { "violations(*) == 0" }, worlds = 20,
		}`)
	for _, row := range run(t, path, scenarios.Options{Seed: 1, Workers: 2}).Rows {
		for _, example := range row.Examples {
			require.NotContains(t, []string{"I1", "I2", "I3", "I4", "I6", "I8", "I9"},
				example.Invariant, "world %d: %s", row.World, example.Text)
		}
	}
}
