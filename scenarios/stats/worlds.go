package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// World is what one world saw: trials that shared its weather.
type World struct{ Failures, Trials int }

// failingWorldsMin is how many worlds must have failures before the spread between worlds says
// something. Assumed.
const failingWorldsMin = 20

// JudgeWorlds judges the claim by trials that come in worlds. The bound is that of a ratio of sums
// over worlds, with Student's t for their number. When too few worlds have failures for that, what
// proves the claim is the share of worlds in which more trials fail than it allows: that must be
// within FailuresMax itself, which takes as many worlds as it would take independent trials. Such
// worlds refute nothing by being many, for they may be bad by a little; MeanOf does that.
//
// A few worlds that are bad by a little do not hide the proof either, if there are worlds enough:
// MeanOf gives it at the part of the error that worlds without any failure leave. It takes some
// 4,300 worlds to prove 99.9 % so, at 95 %.
func (c Claim) JudgeWorlds(worlds []World) (Verdict, Estimate) {
	checkRate(c.FailuresMax)
	var found Estimate
	failing := found.add(worlds, c)
	if found.Trials == 0 {
		found.Upper = 1
		return NotShown, found
	}
	if failing >= failingWorldsMin {
		found.spread(worlds, c.Confidence)
		return c.verdict(found), found
	}
	found.OfWorlds = true
	found.Lower = LowerBound(found.BadWorlds, found.Worlds, c.Confidence)
	found.Upper = UpperBound(found.BadWorlds, found.Worlds, c.Confidence)
	switch {
	case found.Upper <= c.FailuresMax:
		return Proven, found
	case found.BadWorlds > 0 && MeanOf(worlds, c.Confidence).Lower > c.FailuresMax:
		return Refuted, found
	}
	spent := math.Pow(1-c.FailuresMax, float64(found.Worlds))
	if left := 1 - c.Confidence - spent; left > 0 {
		if mean := MeanOf(worlds, 1-left); mean.Upper <= c.FailuresMax {
			mean.BadWorlds = found.BadWorlds
			return Proven, mean
		}
	}
	return NotShown, found
}

// JudgeWorldsPeeked judges the claim by worlds whose results were looked at while they came in, and
// may have ended the run. It assumes nothing of how worlds differ, and takes more of them.
func (c Claim) JudgeWorldsPeeked(worlds []World) (Verdict, Estimate) {
	checkRate(c.FailuresMax)
	found := MeanOf(worlds, c.Confidence)
	found.BadWorlds = 0
	for _, w := range worlds {
		if c.bad(w) {
			found.BadWorlds++
		}
	}
	return c.verdict(found), found
}

// bad reports whether more of a world's trials fail than the claim allows.
func (c Claim) bad(w World) bool {
	return float64(w.Failures) > c.FailuresMax*float64(w.Trials)
}

// add counts worlds, and says how many of them have failures. Worlds without trials say nothing.
func (e *Estimate) add(worlds []World, c Claim) (failing int) {
	for _, w := range worlds {
		checkCounts(w.Failures, w.Trials, c.Confidence)
		if w.Trials == 0 {
			continue
		}
		e.Worlds++
		e.Failures += w.Failures
		e.Trials += w.Trials
		if w.Failures > 0 {
			failing++
		}
		if c.bad(w) {
			e.BadWorlds++
		}
	}
	if e.Trials > 0 {
		e.Rate = float64(e.Failures) / float64(e.Trials)
	}
	return failing
}

// spread bounds the rate by how much worlds differ. Few worlds have most of the failures, so the
// rate that was found is more often too low than too high: the upper bound is taken on the scale of
// its logarithm. In simulations of ever more uneven worlds the truth then is above it in 2 to 6 %
// of runs, at 95 %; without the logarithm in 6 to 11 %.
func (e *Estimate) spread(worlds []World, confidence float64) {
	squares := 0.0
	for _, w := range worlds {
		residual := float64(w.Failures) - e.Rate*float64(w.Trials)
		squares += residual * residual
	}
	n, s := float64(e.Trials), float64(e.Worlds)
	variance := s / (s - 1) * squares / (n * n)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: s - 1}.Quantile(confidence)
	half := t * math.Sqrt(variance)
	e.Lower, e.Upper = max(0, e.Rate-half), min(1, e.Rate*math.Exp(half/e.Rate))
	if independent := e.Rate * (1 - e.Rate) / n; independent > 0 {
		e.DesignEffect = variance / independent
	}
}

// String is the estimate as a report prints it.
func (e Estimate) String() string {
	if e.Trials == 0 {
		return "no trials"
	}
	text := fmt.Sprintf("%d of %d failed", e.Failures, e.Trials)
	switch {
	case e.OfWorlds:
		return text + fmt.Sprintf(", %d of %d worlds are bad: at most %.3g %% of worlds",
			e.BadWorlds, e.Worlds, 100*e.Upper)
	case e.Worlds > 0 && e.DesignEffect > 0:
		text += fmt.Sprintf(" in %d worlds, design effect %.3g", e.Worlds, e.DesignEffect)
	}
	return text + fmt.Sprintf(": %.3g %% to %.3g %%", 100*e.Lower, 100*e.Upper)
}
