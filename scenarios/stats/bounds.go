package stats

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// UpperBound returns the failure rate that the true one does not exceed, at the confidence given,
// after so many failures in so many independent trials. It is exact and one-sided.
func UpperBound(failures, trials int, confidence float64) float64 {
	checkCounts(failures, trials, confidence)
	if failures == trials {
		return 1
	}
	beta := distuv.Beta{Alpha: float64(failures + 1), Beta: float64(trials - failures)}
	return beta.Quantile(confidence)
}

// LowerBound returns the failure rate that the true one does not fall below; see UpperBound.
func LowerBound(failures, trials int, confidence float64) float64 {
	checkCounts(failures, trials, confidence)
	if failures == 0 {
		return 0
	}
	beta := distuv.Beta{Alpha: float64(failures), Beta: float64(trials - failures + 1)}
	return beta.Quantile(1 - confidence)
}

// Wilson returns the bounds of a band around the observed failure rate, each one-sided. It is for
// plots: at few failures it is narrower than the truth allows, so it proves nothing.
func Wilson(failures, trials int, confidence float64) (lower, upper float64) {
	checkCounts(failures, trials, confidence)
	if trials == 0 {
		return 0, 1
	}
	n := float64(trials)
	p, z := float64(failures)/n, distuv.UnitNormal.Quantile(confidence)
	centre := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, centre-half), min(1, centre+half)
}

// TrialsNeeded returns the least number of independent trials that prove a failure rate of at most
// rateMax if no more than so many of them fail.
func TrialsNeeded(failures int, rateMax, confidence float64) int {
	checkCounts(failures, failures, confidence)
	checkRate(rateMax)
	enough := func(trials int) bool {
		return PassProbability(trials, failures, rateMax) <= 1-confidence
	}
	high := failures + 1
	for !enough(high) {
		high *= 2
	}
	return sort.Search(high, func(trials int) bool { return trials > failures && enough(trials) })
}

// PassProbability returns how likely it is that at most so many of the trials fail when each fails
// with probability rate: how often a system of that rate passes the plan.
func PassProbability(trials, failuresMax int, rate float64) float64 {
	if failuresMax >= trials {
		return 1
	}
	return mathext.RegIncBeta(float64(trials-failuresMax), float64(failuresMax+1), 1-rate)
}

// Plan returns the least number of trials, and of failures allowed in them, that prove a rate of at
// most rateMax and that a system whose true rate is rateTrue passes with probability power.
func Plan(rateMax, rateTrue, confidence, power float64) (trials, failures int) {
	checkRate(rateMax)
	checkRate(rateTrue)
	if rateTrue >= rateMax {
		panic(fmt.Sprintf("got a true rate of %v, want less than %v", rateTrue, rateMax))
	}
	for ; ; failures++ {
		trials = TrialsNeeded(failures, rateMax, confidence)
		if PassProbability(trials, failures, rateTrue) >= power {
			return trials, failures
		}
	}
}

// DesignEffect returns how many times as many trials it takes when they come in clusters of one
// size, in which failures correlate by icc: 0 for not at all, 1 for all or none.
func DesignEffect(clusterSize, icc float64) float64 { return 1 + (clusterSize-1)*icc }

// Counts and rates come from this program; others than these are bugs in it.

func checkCounts(failures, trials int, confidence float64) {
	if failures < 0 || failures > trials {
		panic(fmt.Sprintf("got %d failures in %d trials", failures, trials))
	}
	if !(confidence > 0.5 && confidence < 1) {
		panic(fmt.Sprintf("got the confidence %v, want more than 0.5 and less than 1", confidence))
	}
}

func checkRate(rate float64) {
	if !(rate > 0 && rate < 1) {
		panic(fmt.Sprintf("got the rate %v, want more than 0 and less than 1", rate))
	}
}
