package scenarios_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/scenarios"
	"savestone/scenarios/verdict"
)

func run(t *testing.T, name string, o scenarios.Options) *verdict.Run {
	t.Helper()
	f, err := scenarios.Open(name)
	require.NoError(t, err)
	run, err := scenarios.Run(t.Context(), f, o)
	require.NoError(t, err)
	for _, row := range run.Rows {
		require.Empty(t, row.Error)
	}
	return run
}

func TestWorldsAreTheSameHoweverManyRunAtOnce(t *testing.T) {
	one := run(t, "smoke", scenarios.Options{Seed: 7, Worlds: 3})
	four := run(t, "smoke", scenarios.Options{Seed: 7, Worlds: 3, Workers: 4})
	other := run(t, "smoke", scenarios.Options{Seed: 8, Worlds: 3})
	require.Equal(t, one, four)
	require.NotEqual(t, one.Hash, other.Hash)
	require.NotEqual(t, one.Rows[0].Hash, one.Rows[1].Hash)
}

func TestPlayersPlayAndEverythingTheyDoIsStored(t *testing.T) {
	for _, row := range run(t, "smoke", scenarios.Options{Seed: 1, Worlds: 2, Workers: 2}).Rows {
		require.Greater(t, row.Sessions, 20)
		require.Greater(t, row.Intents, 50)
		require.Greater(t, row.Counts["save_success"].Trials, 50)
		require.Zero(t, row.Counts["save_success"].Failures)
		require.Zero(t, row.Counts["session_final"].Failures)
		require.Empty(t, row.Violations)
	}
}

func TestShardsMergeToTheRunOfOneProcess(t *testing.T) {
	const worlds, shards = 9, 4
	whole := run(t, "plain-retry", scenarios.Options{Seed: 3, Worlds: worlds, Workers: 4})
	var parts []verdict.Run
	for i := range shards {
		part := run(t, "plain-retry", scenarios.Options{
			Seed: 3, Worlds: worlds, Shard: scenarios.Shard{Index: shards - i, Of: shards},
		})
		parts = append(parts, *part)
	}
	merged, err := verdict.Merge(parts...)
	require.NoError(t, err)
	want, err := json.Marshal(whole)
	require.NoError(t, err)
	got, err := json.Marshal(merged)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
