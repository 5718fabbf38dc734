package scenarios_test

import (
	"github.com/stretchr/testify/require"
	"savestone/scenarios"
	"testing"
)

func TestZZ(t *testing.T) {
	f, err := scenarios.Open("smoke")
	require.NoError(t, err)
	w, err := scenarios.Replay(t.Context(), f, scenarios.Options{Seed: 1}, "", 0)
	require.NoError(t, err)
	for _, l := range w.Story("Player_5", false) {
		t.Log(l)
	}
}
