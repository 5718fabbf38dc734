package verdict

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStepsAddUpFromTheShortest(t *testing.T) {
	var h Histogram
	require.Empty(t, h.Steps())
	for _, d := range []time.Duration{3 * time.Second, 7 * time.Microsecond, 7 * time.Microsecond} {
		h.Add(d)
	}
	require.Equal(t, []Step{{7 * time.Microsecond, 2}, {3 * time.Second, 3}}, h.Steps())
}
