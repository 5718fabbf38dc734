package verdict

import (
	"math"
	"math/bits"
	"time"
)

// Histogram counts durations in buckets of at most 1.6 % width, so that adding two histograms loses
// nothing and needs no floating point.
type Histogram struct {
	N       int           `json:"n"`
	Sum     time.Duration `json:"sumNs"`
	Max     time.Duration `json:"maxNs"`
	Buckets map[int]int   `json:"buckets"` // by index: how many
}

const subBits = 6 // 64 buckets for each doubling

// Add counts a duration; a negative one counts as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	if h.Buckets == nil {
		h.Buckets = map[int]int{}
	}
	h.N++
	h.Sum += d
	h.Max = max(h.Max, d)
	h.Buckets[bucketOf(d)]++
}

// Merge adds the counts of another histogram.
func (h *Histogram) Merge(other *Histogram) {
	if other == nil || other.N == 0 {
		return
	}
	if h.Buckets == nil {
		h.Buckets = map[int]int{}
	}
	h.N += other.N
	h.Sum += other.Sum
	h.Max = max(h.Max, other.Max)
	for bucket, n := range other.Buckets {
		h.Buckets[bucket] += n
	}
}

// bucketOf is the bucket of a duration, counted in microseconds.
func bucketOf(d time.Duration) int {
	micros := uint64(d / time.Microsecond)
	if micros < 1<<subBits {
		return int(micros)
	}
	shift := bits.Len64(micros) - subBits - 1
	return shift<<subBits + int(micros>>shift)
}

// upperOf is the greatest duration of a bucket.
func upperOf(bucket int) time.Duration {
	if bucket < 1<<subBits {
		return time.Duration(bucket) * time.Microsecond
	}
	shift := bucket>>subBits - 1
	mantissa := uint64(bucket - shift<<subBits)
	return time.Duration((mantissa+1)<<shift-1) * time.Microsecond
}

// Over counts the durations that may be longer than limit: all of the bucket that it falls into,
// unless it is that bucket's greatest.
func (h *Histogram) Over(limit time.Duration) int {
	if h.Max <= limit {
		return 0
	}
	over := 0
	for bucket, n := range h.Buckets {
		if upperOf(bucket) > limit {
			over += n
		}
	}
	return over
}

// Quantile returns a duration that at least so great a share of all does not exceed: at most 1.6 %
// more than the least such one.
func (h *Histogram) Quantile(share float64) time.Duration {
	need := int(math.Ceil(share * float64(h.N)))
	for _, step := range h.Steps() {
		if step.N >= need {
			return step.UpTo
		}
	}
	return h.Max
}
