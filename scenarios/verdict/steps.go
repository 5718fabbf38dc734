package verdict

import (
	"maps"
	"slices"
	"time"
)

// Step is one bucket of a histogram: N durations in all are at most UpTo.
type Step struct {
	UpTo time.Duration
	N    int
}

// Steps returns the buckets that hold something, the shortest first, with the counts added up.
func (h *Histogram) Steps() []Step {
	steps := make([]Step, 0, len(h.Buckets))
	n := 0
	for _, bucket := range slices.Sorted(maps.Keys(h.Buckets)) {
		n += h.Buckets[bucket]
		steps = append(steps, Step{UpTo: min(upperOf(bucket), h.Max), N: n})
	}
	return steps
}
