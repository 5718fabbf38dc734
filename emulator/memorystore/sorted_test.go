package memorystore

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Enough items for many chunks, which split and vanish.
func TestSortedKeepsOrderOverManyChunks(t *testing.T) {
	const seed, count = 7, 5 * chunkItemsMax
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	s := sorted[int]{compare: cmp.Compare[int]}
	for _, item := range random.Perm(count) {
		s.insert(item)
	}
	require.Greater(t, len(s.chunks), 5)
	want := make([]int, count)
	for i := range want {
		want[i] = i
	}
	check := func() {
		t.Helper()
		require.Equal(t, len(want), s.size)
		require.Equal(t, want, slices.Collect(s.ascend(func(int) bool { return true })))
		down := slices.Collect(s.descend(func(int) bool { return false }))
		slices.Reverse(down)
		require.Equal(t, want, down)
	}
	check()
	for _, from := range []int{0, 1, 255, 256, 257, 1000, count - 1, count} {
		inside := func(item int) bool { return item >= from }
		require.Equal(t, want[from:], append([]int{}, slices.Collect(s.ascend(inside))...))
		down := append([]int{}, slices.Collect(s.descend(inside))...)
		slices.Reverse(down)
		require.Equal(t, want[:from], down)
	}
	for _, item := range random.Perm(count) {
		if item%100 != 0 {
			s.remove(item)
		}
	}
	want = slices.DeleteFunc(want, func(item int) bool { return item%100 != 0 })
	check()
	for _, item := range want {
		s.remove(item)
	}
	_, ok := s.first()
	require.False(t, ok)
	require.Empty(t, s.chunks)
}
