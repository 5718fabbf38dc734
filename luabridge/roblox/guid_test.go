package roblox

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGUIDIsVersion4AndFollowsTheSeed(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const form = `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	seen := map[string]bool{}
	for range 1000 {
		id := newGUID(random)
		require.Regexp(t, form, id)
		require.False(t, seen[id])
		seen[id] = true
	}
	again := rand.New(rand.NewPCG(1, 2))
	require.True(t, seen[newGUID(again)])
}
