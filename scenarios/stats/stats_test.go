package stats_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/stats"
)

var percent = stats.Claim{FailuresMax: 0.001, Confidence: 0.95} // 99.9 % succeed

// The tables of the literature, and of design/verification.md 2.5.
func TestTrialsNeededAreThoseOfTheTables(t *testing.T) {
	for _, c := range []struct {
		rateMax, confidence float64
		failures            []int
		want                []int
	}{
		{0.001, 0.95, []int{0, 1, 2, 3, 4, 5, 7, 10, 15, 20},
			[]int{2995, 4742, 6294, 7752, 9151, 10511, 13146, 16959, 23094, 29058}},
		{0.001, 0.99, []int{0, 1, 2, 3, 4, 5, 7, 10, 15, 20},
			[]int{4603, 6636, 8403, 10042, 11601, 13105, 15996, 20140, 26738, 33097}},
		{0.001, 0.999, []int{0}, []int{6905}},
		{0.0001, 0.95, []int{0, 1}, []int{29956, 47437}},
		{0.01, 0.95, []int{0}, []int{299}},
	} {
		for i, failures := range c.failures {
			got := stats.TrialsNeeded(failures, c.rateMax, c.confidence)
			require.Equal(t, c.want[i], got, "%v %v %d", c.rateMax, c.confidence, failures)
			claim := stats.Claim{FailuresMax: c.rateMax, Confidence: c.confidence}
			verdict, _ := claim.Judge(failures, got)
			require.Equal(t, stats.Proven, verdict)
			verdict, _ = claim.Judge(failures, got-1)
			require.Equal(t, stats.NotShown, verdict, "one trial less")
		}
	}
}

func TestBoundsAreThoseOfTheTables(t *testing.T) {
	success := func(failures, trials int) string {
		return fmt.Sprintf("%.4f", 100*(1-stats.UpperBound(failures, trials, 0.95)))
	}
	for _, c := range []struct {
		failures, trials int
		want             string
	}{
		{0, 50, "94.1845"},
		{0, 1000, "99.7009"},
		{0, 1030, "99.7096"},
		{0, 1200, "99.7507"},
		{0, 1500, "99.8005"},
		{0, 3000, "99.9002"},
		{5, 10_000, "99.8949"},
		{50, 100_000, "99.9367"},
	} {
		require.Equal(t, c.want, success(c.failures, c.trials), "%d of %d", c.failures, c.trials)
	}
	require.Equal(t, 1.0, stats.UpperBound(7, 7, 0.95))
	require.Equal(t, 1.0, stats.UpperBound(0, 0, 0.95), "no trials")
	require.Zero(t, stats.LowerBound(0, 7, 0.95))
	require.Zero(t, stats.LowerBound(0, 0, 0.95))
	two := fmt.Sprintf("%.3f %.3f", 100*stats.LowerBound(10, 10_000, 0.975),
		100*stats.UpperBound(10, 10_000, 0.975))
	require.Equal(t, "0.048 0.184", two)
}

// The share of bad worlds that none in so many leaves possible.
func TestNoBadWorldBoundsTheirShare(t *testing.T) {
	for worlds, want := range map[int]string{
		400: "0.746", 1000: "0.299", 3000: "0.100", 10_000: "0.030",
	} {
		require.Equal(t, want, fmt.Sprintf("%.3f", 100*stats.UpperBound(0, worlds, 0.95)))
	}
}

func TestWilsonIsTooNarrowToProve(t *testing.T) {
	lower, upper := stats.Wilson(0, 3000, 0.95)
	require.Zero(t, lower)
	require.Equal(t, "0.0901", fmt.Sprintf("%.4f", 100*upper))
	require.Less(t, upper, stats.UpperBound(0, 3000, 0.95))
	lower, upper = stats.Wilson(0, 0, 0.95)
	require.Equal(t, [2]float64{0, 1}, [2]float64{lower, upper})
}

func TestPlansHaveTheirPower(t *testing.T) {
	for _, c := range []struct {
		rateTrue         float64
		trials, failures int
	}{
		{0.0001, 4742, 1}, {0.0002, 7752, 3}, {0.0005, 25_495, 17},
	} {
		trials, failures := stats.Plan(0.001, c.rateTrue, 0.95, 0.9)
		require.Equal(t, []int{c.trials, c.failures}, []int{trials, failures})
	}
	passes := func(rate float64) string {
		return fmt.Sprintf("%.0f %%", 100*stats.PassProbability(2995, 0, rate))
	}
	require.Equal(t, "22 %", passes(0.0005))
	require.Equal(t, "74 %", passes(0.0001))
	require.Equal(t, "97 %", passes(0.00001))
	require.Equal(t, 1.0, stats.PassProbability(3, 3, 0.5))
}

func TestDesignEffectMultipliesTheTrials(t *testing.T) {
	for icc, want := range map[float64]int{0.1: 17_670, 0.5: 76_372, 0.9: 135_074} {
		require.Equal(t, want, int(2995*stats.DesignEffect(50, icc)))
	}
	require.Equal(t, 1.0, stats.DesignEffect(50, 0))
}

func TestVerdictsOfIndependentTrials(t *testing.T) {
	for _, c := range []struct {
		failures, trials int
		want             stats.Verdict
	}{
		{0, 0, stats.NotShown},
		{0, 1030, stats.NotShown},
		{10, 10_000, stats.NotShown}, // observed 99.90 % proves nothing
		{0, 2995, stats.Proven},
		{50, 100_000, stats.Proven},
		{150, 100_000, stats.Refuted},
		{3, 3, stats.Refuted},
	} {
		verdict, found := percent.Judge(c.failures, c.trials)
		require.Equal(t, c.want, verdict, found.String())
	}
	verdict, _ := percent.JudgeNever(1, 100_000)
	require.Equal(t, stats.Refuted, verdict, "once is enough")
	verdict, _ = percent.JudgeNever(0, 100_000)
	require.Equal(t, stats.Proven, verdict)
	verdict, _ = percent.JudgeNever(0, 0)
	require.Equal(t, stats.NotShown, verdict)
}

func TestImpossibleCountsAreBugs(t *testing.T) {
	require.PanicsWithValue(t, "got 2 failures in 1 trials", func() { stats.UpperBound(2, 1, 0.95) })
	require.Panics(t, func() { stats.LowerBound(-1, 1, 0.95) })
	require.Panics(t, func() { stats.Wilson(0, 1, 95) })
	require.Panics(t, func() { stats.TrialsNeeded(0, 0, 0.95) })
	require.Panics(t, func() { stats.Plan(0.001, 0.001, 0.95, 0.9) })
}

func TestWorldsThatFailTogetherProveLess(t *testing.T) {
	worlds := make([]stats.World, 1000)
	for i := range worlds {
		worlds[i] = stats.World{Trials: 2000}
		if i%10 == 0 {
			worlds[i].Failures = 6 // in all 0.03 %
		}
	}
	verdict, found := percent.JudgeWorlds(worlds)
	require.Equal(t, stats.Proven, verdict)
	require.Equal(t, "600 of 2000000 failed in 1000 worlds, design effect 5.41: "+
		"0.0253 % to 0.0351 %", found.String())
	for i := range worlds {
		worlds[i].Failures = 0
		if i%40 == 0 {
			worlds[i].Failures = 24 // as many, in fewer worlds
		}
	}
	_, fewer := percent.JudgeWorlds(worlds)
	require.Equal(t, found.Rate, fewer.Rate)
	require.Greater(t, fewer.DesignEffect, 4*found.DesignEffect)
	require.Greater(t, fewer.Upper, found.Upper)
	for i := range worlds {
		worlds[i].Failures = 40
	}
	verdict, _ = percent.JudgeWorlds(worlds)
	require.Equal(t, stats.Refuted, verdict)
}

func TestFewFailingWorldsAreCountedAsWorlds(t *testing.T) {
	worlds := make([]stats.World, 2995)
	for i := range worlds {
		worlds[i].Trials = 2000
	}
	verdict, found := percent.JudgeWorlds(worlds)
	require.Equal(t, stats.Proven, verdict)
	require.Equal(t, "0 of 5990000 failed, 0 of 2995 worlds are bad: at most 0.1 % of worlds",
		found.String())
	worlds[7].Failures = 2 // no more than the claim allows
	verdict, _ = percent.JudgeWorlds(worlds)
	require.Equal(t, stats.Proven, verdict)
	worlds[7].Failures = 3
	verdict, found = percent.JudgeWorlds(worlds)
	require.Equal(t, stats.NotShown, verdict)
	require.Equal(t, 1, found.BadWorlds)
	verdict, _ = percent.JudgeWorlds(worlds[:1000])
	require.Equal(t, stats.NotShown, verdict)
}

func TestWorldsWithoutTrialsShowNothing(t *testing.T) {
	verdict, found := percent.JudgeWorlds(nil)
	require.Equal(t, stats.NotShown, verdict)
	require.Equal(t, "no trials", found.String())
	verdict, found = percent.JudgeWorlds(make([]stats.World, 5000))
	require.Equal(t, stats.NotShown, verdict)
	require.Zero(t, found.Worlds)
}

// When the claim of 99.9 % closes, from the worked numbers of an independent computation.
func TestSequenceClosesWhereItShould(t *testing.T) {
	for failures, want := range map[int]int{0: 3500, 1: 6561, 2: 8908, 5: 14_768, 10: 23_130} {
		closes := func(trials int) bool {
			verdict, _ := percent.JudgeSequence(stats.Sequence{Failures: failures, Trials: trials})
			return verdict == stats.Proven
		}
		require.True(t, closes(want), "%d failures", failures)
		require.False(t, closes(want-1), "%d failures", failures)
	}
	verdict, _ := percent.JudgeSequence(stats.Sequence{})
	require.Equal(t, stats.NotShown, verdict)
	verdict, _ = percent.JudgeSequence(stats.Sequence{Failures: 60, Trials: 10_000})
	require.Equal(t, stats.Refuted, verdict)
	verdict, _ = percent.JudgeSequence(stats.Sequence{Failures: 9, Trials: 9})
	require.Equal(t, stats.Refuted, verdict)
}

func TestShardsMergeInAnyOrder(t *testing.T) {
	a, b, c := stats.Sequence{1, 700}, stats.Sequence{0, 3000}, stats.Sequence{2, 5000}
	require.Equal(t, a.Merge(b).Merge(c), c.Merge(a.Merge(b)))
	require.Equal(t, stats.Sequence{3, 8700}, a.Merge(b).Merge(c))
}

// Who looks after each trial is still wrong no more often than the confidence says. A bound for one
// look would be wrong far more often.
func TestSequenceAllowsForLookingAllTheTime(t *testing.T) {
	const runs, trials, rate, seed = 400, 4000, 0.01, 5
	t.Logf("seed %d", seed)
	claim := stats.Claim{FailuresMax: rate * 0.999, Confidence: 0.95} // just false
	sequence, peeking := 0, 0
	for run := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, run))
		s, wrong, wrongPeeking := stats.Sequence{}, false, false
		for range trials {
			s.Trials++
			if rng.Float64() < rate {
				s.Failures++
			}
			wrong = wrong || s.LogEvidence(rate) >= 2.9957
			if s.Trials%50 == 0 && !wrongPeeking {
				verdict, _ := claim.Judge(s.Failures, s.Trials)
				wrongPeeking = verdict == stats.Proven
			}
		}
		if wrong {
			sequence++
		}
		if wrongPeeking {
			peeking++
		}
	}
	t.Logf("wrong in %d runs by the sequence, in %d by looking again and again", sequence, peeking)
	require.LessOrEqual(t, stats.LowerBound(sequence, runs, 0.99), 0.05)
	require.Greater(t, stats.LowerBound(peeking, runs, 0.99), 0.05)
}

// The exact bound covers the truth as often as it says: here summed up over all outcomes.
func TestUpperBoundCoversTheTruth(t *testing.T) {
	for _, rate := range []float64{0.001, 0.02, 0.3} {
		const trials = 200
		missed := 0.0
		for failures := range trials {
			likelihood := stats.PassProbability(trials, failures, rate)
			if failures > 0 {
				likelihood -= stats.PassProbability(trials, failures-1, rate)
			}
			if stats.UpperBound(failures, trials, 0.95) < rate {
				missed += likelihood
			}
		}
		require.LessOrEqual(t, missed, 0.05)
	}
}

func TestPredictionsAreThoseOfTheTables(t *testing.T) {
	show := func(success float64) string { return fmt.Sprintf("%.3f", 100*success) }
	require.Equal(t, "99.900", show(stats.RetryAll(0.1, 3)))
	require.Equal(t, "99.968", show(stats.RetryAll(0.2, 5)))
	require.Equal(t, "99.927", show(stats.RetryAll(0.3, 6)))
	const ms, s = time.Millisecond, time.Second
	a := stats.BackOff(500*ms, 30*s, 2, 5)
	require.Equal(t, []time.Duration{500 * ms, s, 2 * s, 4 * s}, a)
	b := stats.BackOff(500*ms, 30*s, 2, 9)
	require.Equal(t, []time.Duration{500 * ms, s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s}, b)
	require.Empty(t, stats.BackOff(s, s, 2, 1))
	for _, c := range []struct {
		mean   time.Duration
		window time.Duration
		want   string
	}{
		{5 * s, 7500 * ms, "99.777"}, {15 * s, 15500 * ms, "99.644"}, {60 * s, 46500 * ms, "99.539"},
		{300 * s, 7500 * ms, "99.025"},
	} {
		o := stats.Outages{Unavailability: 0.01, Mean: c.mean}
		require.Equal(t, c.want, show(o.WithinWindow(c.window)))
	}
	minute := stats.Outages{Unavailability: 0.01, Mean: time.Minute}
	require.Equal(t, "0.113", show(minute.UnavailabilityMax(7500*ms, 0.001)))
	require.Equal(t, "100.000", show(stats.Outages{Mean: s}.UnavailabilityMax(time.Minute, 0.001)))
	require.Equal(t, "99.000", show(minute.Survives()))
	require.Equal(t, "99.117", show(minute.Survives(a...)))
	require.Equal(t, "99.776", show(stats.Outages{Unavailability: 0.01, Mean: 5 * s}.Survives(a...)))
}
