package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Sequence is a run of independent trials that may be looked at after each of them. Its bounds hold
// at all times at once, so that stopping when they say what one hoped for is fair. Shards of a run
// merge by adding up their counts.
type Sequence struct{ Failures, Trials int }

// The mixture's prior: failures are expected to be rare, about one in 4,000. It costs little where
// that is true, and more trials elsewhere; the bounds hold either way.
const (
	priorFailures  = 0.5
	priorSuccesses = 2000
)

// Merge adds the results of another shard.
func (s Sequence) Merge(other Sequence) Sequence {
	return Sequence{s.Failures + other.Failures, s.Trials + other.Trials}
}

// LogEvidence returns the logarithm of how much the results speak against the failure rate being
// rate. If it is, that exceeds ln(1/α) at any time at all with a probability of at most α.
func (s Sequence) LogEvidence(rate float64) float64 {
	checkRate(rate)
	failures, successes := float64(s.Failures), float64(s.Trials-s.Failures)
	mixed := mathext.Lbeta(failures+priorFailures, successes+priorSuccesses) -
		mathext.Lbeta(priorFailures, priorSuccesses)
	return mixed - failures*math.Log(rate) - successes*math.Log1p(-rate)
}

// Bounds returns the failure rates that are not ruled out: from lower to upper, both together at
// the confidence given.
func (s Sequence) Bounds(confidence float64) (lower, upper float64) {
	checkCounts(s.Failures, s.Trials, confidence)
	limit := -math.Log1p(-confidence)
	ruledOut := func(rate float64) bool { return s.LogEvidence(rate) >= limit }
	upper = 1
	if s.Trials == 0 {
		return 0, 1
	}
	// The evidence grows with the distance from the observed rate, to either side.
	observed := float64(s.Failures) / float64(s.Trials)
	if s.Failures > 0 {
		lower = bisect(0, observed, func(rate float64) bool { return !ruledOut(rate) })
	}
	if s.Failures < s.Trials {
		upper = bisect(observed, 1, ruledOut)
	}
	return lower, upper
}

// bisect returns where between low and high is turns from false to true.
func bisect(low, high float64, is func(float64) bool) float64 {
	_, turn := bracket(low, high, 0, is)
	return turn
}

// bracket returns two numbers between which is turns from false to true, and which differ by no
// more than a part of the greater one.
func bracket(low, high, part float64, is func(float64) bool) (before, after float64) {
	for range 200 {
		middle := low + (high-low)/2
		if middle <= low || middle >= high || high-low <= part*high {
			break
		}
		if is(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return low, high
}
