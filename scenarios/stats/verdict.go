package stats

// Verdict is what the data say about a claim.
type Verdict string

// The verdicts.
const (
	Proven       Verdict = "PROVEN"        // the bound is on the claim's side
	Refuted      Verdict = "REFUTED"       // the bound is on the other side
	NotShown     Verdict = "NOT SHOWN"     // too few data to tell, or none
	OutsideModel Verdict = "OUTSIDE MODEL" // something happened that the claim does not speak of
)

// Claim says that at most a share of trials fails.
type Claim struct {
	FailuresMax float64 // 0.001 for "99.9 % succeed"
	Confidence  float64 // of each bound, one-sided; 0.95
}

// Estimate is what trials tell about the failure rate.
type Estimate struct {
	Failures, Trials int
	Worlds           int     // 0 for independent trials
	Rate             float64 // observed
	Lower, Upper     float64 // each one-sided

	// DesignEffect is how many times as many trials it took because they came in worlds; 0 when
	// too few worlds failed to tell.
	DesignEffect float64
	BadWorlds    int // in which more trials fail than the claim allows

	// OfWorlds is set when Lower and Upper bound the share of bad worlds instead of the rate.
	OfWorlds bool
}

// Judge judges the claim by independent trials.
func (c Claim) Judge(failures, trials int) (Verdict, Estimate) {
	checkRate(c.FailuresMax)
	found := Estimate{
		Failures: failures, Trials: trials,
		Lower: LowerBound(failures, trials, c.Confidence),
		Upper: UpperBound(failures, trials, c.Confidence),
	}
	if trials > 0 {
		found.Rate = float64(failures) / float64(trials)
	}
	return c.verdict(found), found
}

// JudgeSequence judges the claim by independent trials whose results were looked at while they came
// in, and may have ended the run.
func (c Claim) JudgeSequence(s Sequence) (Verdict, Estimate) {
	checkRate(c.FailuresMax)
	found := Estimate{Failures: s.Failures, Trials: s.Trials}
	found.Lower, found.Upper = s.Bounds(c.Confidence)
	if s.Trials > 0 {
		found.Rate = float64(s.Failures) / float64(s.Trials)
	}
	return c.verdict(found), found
}

// JudgeNever judges the claim that something never happens: once is enough to refute it. Otherwise
// it is proven as far as FailuresMax says.
func (c Claim) JudgeNever(failures, trials int) (Verdict, Estimate) {
	verdict, found := c.Judge(failures, trials)
	if failures > 0 {
		verdict = Refuted
	}
	return verdict, found
}

func (c Claim) verdict(found Estimate) Verdict {
	switch {
	case found.Trials == 0:
		return NotShown
	case found.Upper <= c.FailuresMax:
		return Proven
	case found.Lower > c.FailuresMax:
		return Refuted
	}
	return NotShown
}
