package stats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/stats"
)

// Worlds that are bad by a little are no proof that more saves fail than the claim allows.
func TestFewSlightlyBadWorldsRefuteNothing(t *testing.T) {
	worlds := repeated(stats.World{Trials: 1000}, 990)
	worlds = append(worlds, repeated(stats.World{Failures: 2, Trials: 1000}, 10)...)
	require.Greater(t, stats.LowerBound(10, 1000, 0.95), percent.FailuresMax)
	verdict, found := percent.JudgeWorlds(worlds)
	require.Equal(t, stats.NotShown, verdict, "though 10 of 1,000 worlds are bad")
	require.True(t, found.OfWorlds)
}

func TestFewVeryBadWorldsRefute(t *testing.T) {
	verdict, _ := percent.JudgeWorlds(repeated(stats.World{Failures: 300, Trials: 1000}, 10))
	require.Equal(t, stats.Refuted, verdict)
	verdict, _ = percent.JudgeWorlds(repeated(stats.World{Failures: 300, Trials: 1000}, 1))
	require.Equal(t, stats.Refuted, verdict, "one world of which a third fails, of one")
	worlds := append(repeated(stats.World{Trials: 1000}, 10_000), stats.World{Failures: 300, Trials: 1000})
	verdict, _ = percent.JudgeWorlds(worlds)
	require.Equal(t, stats.Proven, verdict, "one of 10,001")
}

// Whoever looks all the time needs a fifth more clean worlds than the exact 2,995.
func TestCleanWorldsProveWhileBeingLookedAt(t *testing.T) {
	clean := stats.World{Trials: 1500}
	verdict, _ := percent.JudgeWorldsPeeked(repeated(clean, 3_643))
	require.Equal(t, stats.NotShown, verdict)
	verdict, found := percent.JudgeWorldsPeeked(repeated(clean, 3_644))
	require.Equal(t, stats.Proven, verdict)
	require.LessOrEqual(t, found.Upper, 0.001)
	verdict, _ = percent.JudgeWorldsPeeked(nil)
	require.Equal(t, stats.NotShown, verdict)
}

// Each world fails a little more often than the claim allows, and it takes few to see it.
func TestWorldsRefuteWhileBeingLookedAt(t *testing.T) {
	bad := stats.World{Failures: 15, Trials: 1500}
	verdict, _ := percent.JudgeWorldsPeeked(repeated(bad, 10))
	require.Equal(t, stats.Refuted, verdict)
}

func TestOrderOfWorldsDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	worlds := weather(rng, 200, 0.3)
	want := stats.MeanOf(worlds, 0.95)
	slices.Reverse(worlds)
	got := stats.MeanOf(worlds, 0.95)
	require.InDelta(t, want.Upper, got.Upper, 1e-12)
	require.InDelta(t, want.Lower, got.Lower, 1e-12)
}

// weather is worlds of which a share has an outage, in which a random part of the saves fails.
func weather(rng *rand.Rand, worlds int, stormy float64) []stats.World {
	all := make([]stats.World, worlds)
	for i := range all {
		all[i].Trials = 100
		if rng.Float64() < stormy {
			all[i].Failures = rng.IntN(101)
		}
	}
	return all
}

// The bounds hold at all times at once: a run that stops when it likes what it sees is wrong no
// more often than it says. The mean share is known here, and the bounds must not exclude it.
func TestMeanOfAllowsForLookingAllTheTime(t *testing.T) {
	const runs, stormy = 200, 0.04
	const mean = stormy * 0.5
	wrong := 0
	for run := range runs {
		worlds := weather(rand.New(rand.NewPCG(uint64(run), 1)), 400, stormy)
		for n := 25; n <= len(worlds); n += 25 {
			if stats.MeanOf(worlds[:n], 0.95).Upper < mean {
				wrong++
				break
			}
		}
	}
	require.LessOrEqual(t, wrong, runs*5/100, "at 95 %%, ever")
	t.Logf("%d of %d runs excluded the truth at some time", wrong, runs)
}

func repeated(w stats.World, n int) []stats.World { return slices.Repeat([]stats.World{w}, n) }

// With 1 % unavailability, 60 s outages and 0.5 % of single failures, five attempts in 7.5 s were
// found to give 95.2 % of attempts and 99.19 % of saves in a simulation (400,000 sessions).
func TestPredictedAttemptsAreThoseOfASimulation(t *testing.T) {
	o := stats.Outages{Unavailability: 0.01, Mean: time.Minute}
	waits := stats.BackOff(500*time.Millisecond, 30*time.Second, 2, 5)
	require.Equal(t, "94.9", fmt.Sprintf("%.1f", 100*o.Attempts(0.005, 1, waits...)))
	require.Equal(t, "99.12", fmt.Sprintf("%.2f", 100*o.SurvivesWith(0.005, waits...)))
	require.InDelta(t, o.Survives(waits...), o.SurvivesWith(0, waits...), 1e-15)
	require.InDelta(t, stats.RetryAll(0.2, 3),
		stats.Outages{Unavailability: 1e-12, Mean: time.Second}.SurvivesWith(0.2, 0, 0), 1e-9)
}

// One world in ten fails, most of those a little and a few nearly whole.
func TestBoundOverUnevenWorldsCoversTheTruth(t *testing.T) {
	const runs = 400
	mean := 0.0
	for k := range 10_000 {
		mean += uneven((float64(k)+0.5)/10_000) / 1000 * 0.1 / 10_000
	}
	above := 0
	for run := range runs {
		rng := rand.New(rand.NewPCG(uint64(run), 9))
		worlds := repeated(stats.World{Trials: 1000}, 1000)
		for i := range worlds {
			if rng.IntN(10) == 0 {
				worlds[i].Failures = int(uneven(rng.Float64()))
			}
		}
		if _, found := percent.JudgeWorlds(worlds); mean > found.Upper {
			above++
		}
	}
	t.Logf("the truth was above the bound in %d of %d runs", above, runs)
	require.LessOrEqual(t, above, runs*7/100)
}

func uneven(u float64) float64 { return math.Round(1000 * math.Pow(u, 8)) }

// Two worlds in which one save of twenty failed are no reason to doubt 99.9 %, and one in which all
// failed is.
func TestFewSlightlyBadWorldsDoNotHideAProof(t *testing.T) {
	milli := stats.Claim{FailuresMax: 0.001, Confidence: 0.95}
	worlds := repeated(stats.World{Trials: 20}, 4398)
	worlds = append(worlds, repeated(stats.World{Failures: 1, Trials: 20}, 2)...)
	verdict, found := milli.JudgeWorlds(worlds)
	require.Equal(t, stats.Proven, verdict)
	require.LessOrEqual(t, found.Upper, 0.001)
	require.Equal(t, 2, found.BadWorlds)
	verdict, _ = milli.JudgeWorlds(worlds[398:])
	require.Equal(t, stats.NotShown, verdict, "4,002 are too few")
	worlds[0] = stats.World{Failures: 20, Trials: 20}
	verdict, _ = milli.JudgeWorlds(worlds)
	require.Equal(t, stats.NotShown, verdict)
}
