package scenarios

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLeastFindsWhatIsNeededAndNothingElse(t *testing.T) {
	list := make([]int, 461)
	for i := range list {
		list[i] = i
	}
	for _, needed := range [][]int{{}, {0}, {460}, {17, 300}, {3, 4, 5, 200, 460}} {
		runs := 0
		got := least(list, func(part []int) bool {
			runs++
			return !slices.ContainsFunc(needed, func(n int) bool { return !slices.Contains(part, n) })
		})
		require.ElementsMatch(t, needed, got)
		require.Less(t, runs, 700)
	}
}
