package verdict

import (
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
