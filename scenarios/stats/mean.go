package stats

import "math"

// Evidence about the mean share of failures in a world, from worlds whose shares may be anything
// from none to all. It is the capital of somebody who bets against a mean, world by world: if that
// mean is the true one, the capital exceeds 1/α at any time at all with a probability of at most α
// (Ville). Nothing is assumed about how the shares are spread, so worlds that are rare and bad are
// allowed for. The bets are fixed, so the order of the worlds does not matter, and the logarithms
// of shards add up, bet by bet.

// bets is how many sizes of bets share the capital: from the greatest that cannot lose more than
// there is, each half of the one before. The greatest gets half of the capital, for it is the best
// while nothing fails.
const bets = 12

// shareOf is the share of a world's trials that failed.
func (w World) shareOf() float64 { return float64(w.Failures) / float64(w.Trials) }

// shares are the shares of some worlds; most worlds have no failures, so those are only counted.
type shares struct {
	clean   int
	failing []float64
}

func sharesOf(worlds []World) (s shares) {
	for _, w := range worlds {
		switch {
		case w.Trials == 0:
		case w.Failures == 0:
			s.clean++
		default:
			s.failing = append(s.failing, w.shareOf())
		}
	}
	return s
}

// against returns the logarithm of the capital of who bets against a mean: that it is lower if
// below, else that it is higher.
func (s shares) against(mean float64, below bool) float64 {
	sign, largest := 1.0, 1/mean // a bet on higher loses at most mean
	if below {
		sign, largest = -1, 1/(1-mean)
	}
	total := math.Inf(-1)
	for n := range bets {
		bet := sign * largest / float64(int(1)<<n)
		weight := math.Log(0.5)
		if n > 0 {
			weight -= math.Log(bets - 1)
		}
		capital := weight + float64(s.clean)*math.Log1p(-bet*mean)
		if s.clean == 0 {
			capital = weight
		}
		for _, x := range s.failing {
			capital += math.Log1p(bet * (x - mean))
		}
		total = logSum(total, capital)
	}
	return total
}

// logSum returns the logarithm of the sum of what a and b are the logarithms of.
func logSum(a, b float64) float64 {
	high, low := max(a, b), min(a, b)
	if math.IsInf(low, -1) {
		return high
	}
	return high + math.Log1p(math.Exp(low-high))
}

// digits is how exact the bounds of MeanOf are; what is cut off makes them wider.
const digits = 1e-5

// MeanOf bounds the mean share of failures in a world, whatever worlds are like and however often
// somebody looked. Each bound is one-sided.
func MeanOf(worlds []World, confidence float64) Estimate {
	var found Estimate
	found.add(worlds, Claim{FailuresMax: 1, Confidence: confidence})
	s := sharesOf(worlds)
	found.Upper = 1
	if found.Trials == 0 {
		return found
	}
	limit := -math.Log1p(-confidence)
	sum := 0.0
	for _, x := range s.failing {
		sum += x
	}
	middle := sum / float64(found.Worlds)
	if middle > 0 {
		found.Lower, _ = bracket(0, middle, digits, func(mean float64) bool {
			return s.against(mean, false) < limit
		})
	}
	if middle < 1 {
		_, found.Upper = bracket(middle, 1, digits, func(mean float64) bool {
			return s.against(mean, true) >= limit
		})
	}
	return found
}
