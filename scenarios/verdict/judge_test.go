package verdict

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/scenarios/stats"
)

// rows are worlds of which each has so many failed saves of a thousand.
func rows(failures ...int) []Row {
	all := make([]Row, len(failures))
	for i, n := range failures {
		all[i] = Row{
			World: i, Hash: fmt.Sprint("hash", i),
			Counts:  map[string]Count{"save_success": {n, 1000}, "queue_drops": {n, 5000}},
			Checked: map[string]int{"I1": 10}, Violations: map[string]int{},
		}
	}
	return all
}

func judged(t *testing.T, rows []Row, claim string, opts Options) Result {
	t.Helper()
	claims, err := ParseClaims([]string{claim})
	require.NoError(t, err)
	results := Judge(rows, claims, opts)
	require.Len(t, results, 1)
	return results[0]
}

func TestNoDataIsNeverAPass(t *testing.T) {
	for _, claim := range []string{
		"save_success >= 99.9%", "violations(I1) == 0", "violations(*) == 0", "max(recovery) <= 60s",
		"check(door shut) >= 99%",
		"p99(save_latency) <= 2s", "amplification <= 3", "queue_drops == 0",
	} {
		require.Equal(t, stats.NotShown, judged(t, nil, claim, Options{}).Verdict, claim)
		require.Equal(t, stats.NotShown, judged(t, []Row{{}}, claim, Options{}).Verdict, claim)
	}
}

func TestSharesAreJudgedByWorlds(t *testing.T) {
	r := judged(t, rows(make([]int, 2994)...), "save_success >= 99.9%", Options{})
	require.Equal(t, stats.NotShown, r.Verdict)
	r = judged(t, rows(make([]int, 2995)...), "save_success >= 99.9%", Options{})
	require.Equal(t, stats.Proven, r.Verdict)
	require.Equal(t, "100 %; at most 0.1 % of worlds fall short (95 %) · 0 of 2995000 in 2,995 worlds",
		r.Found)
	require.Len(t, r.Running, 40)
	r = judged(t, rows(600, 500, 700), "save_success >= 99.9%", Options{})
	require.Equal(t, stats.Refuted, r.Verdict)
	require.InDelta(t, 0.4, r.Value, 1e-12)
	many := make([]int, 200)
	for i := range many {
		many[i] = i % 5
	}
	r = judged(t, rows(many...), "save_success >= 99.5%", Options{})
	require.Equal(t, stats.Proven, r.Verdict)
	require.Equal(t, "99.8 %, at least 99.782 % (95 %) · 400 of 200000 in 200 worlds, "+
		"design effect 1.01", r.Found)
	require.Equal(t, stats.NotShown, judged(t, rows(many...), "save_success >= 99.8%", Options{}).Verdict)
	require.Equal(t, stats.Refuted, judged(t, rows(many...), "save_success >= 99.9%", Options{}).Verdict)
}

func TestViolationsAreJudgedByWorlds(t *testing.T) {
	all := rows(make([]int, 3000)...)
	r := judged(t, all, "violations(I1) == 0", Options{})
	require.Equal(t, stats.Proven, r.Verdict)
	require.Equal(t, "0 in 3,000 worlds: at most 0.1 % of worlds (95 %)", r.Found)
	r = judged(t, all, "violations(I1, I7) == 0", Options{})
	require.Equal(t, stats.NotShown, r.Verdict, "there was no purchase in any world")
	require.Contains(t, r.Why, "I7")
	r = judged(t, all, "violations(*) == 0", Options{})
	require.Equal(t, stats.Proven, r.Verdict)
	require.Contains(t, r.Why, "no world had anything to judge by I2, I3, I4, ")
	all[7].Violations["I1"] = 3
	r = judged(t, all, "violations(*) == 0", Options{})
	require.Equal(t, stats.Refuted, r.Verdict)
	require.Equal(t, "3 in 1 of 3,000 worlds", r.Found)
}

func TestPercentilesAreSharesOfTrials(t *testing.T) {
	all := rows(make([]int, 299)...)
	for i := range all {
		h := &Histogram{}
		for range 100 {
			h.Add(time.Second)
		}
		all[i].Samples = map[string]*Histogram{"save_latency": h}
	}
	r := judged(t, all, "p99(save_latency) <= 2s", Options{})
	require.Equal(t, stats.Proven, r.Verdict)
	require.Contains(t, r.Found, "p99 is 1s; 100 % within 2s: ")
	require.Equal(t, stats.NotShown, judged(t, all[1:], "p99(save_latency) <= 2s", Options{}).Verdict)
	require.Equal(t, stats.Proven, judged(t, all, "max(save_latency) <= 1s", Options{}).Verdict)
	all[3].Samples["save_latency"].Add(time.Minute)
	r = judged(t, all, "max(save_latency) <= 1s", Options{})
	require.Equal(t, stats.Refuted, r.Verdict)
	require.Equal(t, 60.0, r.Value)
}

func TestWorldsOutsideTheModelRefuteNothing(t *testing.T) {
	all := rows(make([]int, 3000)...)
	all[1].Outside = "all backups destroyed"
	require.Equal(t, stats.Proven, judged(t, all, "violations(I1) == 0", Options{}).Verdict)
	all[1].Violations["I1"] = 1
	r := judged(t, all, "violations(I1) == 0", Options{})
	require.Equal(t, stats.OutsideModel, r.Verdict)
	require.Equal(t, "1 world had more broken than the system must survive", r.Why)
	all[2].Violations["I1"] = 1
	require.Equal(t, stats.Refuted, judged(t, all, "violations(I1) == 0", Options{}).Verdict)
}

func TestWorldsThatCouldNotBeRunProveNothing(t *testing.T) {
	all := rows(make([]int, 3000)...)
	all[1] = Row{World: 1, Error: "out of memory"}
	r := judged(t, all, "violations(I1) == 0", Options{})
	require.Equal(t, stats.NotShown, r.Verdict)
	require.Contains(t, r.Why, "1 world had an error: out of memory")
}

func TestClaimsAreJudgedCellByCell(t *testing.T) {
	all := append(rows(0, 0), rows(1000, 1000, 1000)...)
	for i := range all {
		all[i].Cell = "weather=calm"
		if i >= 2 {
			all[i].Cell = "weather=bad"
		}
	}
	claims, err := ParseClaims([]string{
		"save_success >= 90%", "save_success{weather=calm} >= 40%", "save_success{weather=odd} >= 1%",
	})
	require.NoError(t, err)
	results := Judge(all, claims, Options{})
	require.Len(t, results, 4)
	require.Equal(t, "weather=bad", results[0].Cell)
	require.Equal(t, stats.Refuted, results[0].Verdict)
	require.Equal(t, 2, results[1].Worlds)
	require.Equal(t, "weather=calm", results[2].Cell)
	require.Equal(t, stats.NotShown, results[3].Verdict)
	require.Equal(t, "there is no world that it is about", results[3].Why)
}

func TestPredictionStandsBesideTheMeasure(t *testing.T) {
	waits := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}
	plain := Weather{Unavailability: 0.01, Mean: time.Minute, Retries: waits}
	queue := Weather{Unavailability: 0.01, Mean: time.Minute, Queue: true}
	for _, c := range []struct {
		claim   string
		weather Weather
		want    string
	}{
		{"save_success >= 99.9%", plain, "0.99117"},
		{"save_success@600s >= 99.9%", queue, "1.00000"},
		{"save_success@30s >= 99.9%", queue, "0.99393"},
		{"save_success@2s >= 99.9%", plain, "0.99025"}, // of five attempts three are made in time
		{"session_final >= 99.9%", plain, "0.99117"},
	} {
		r := judged(t, rows(0), c.claim, Options{Weather: map[string]Weather{"": c.weather}})
		require.NotNil(t, r.Predicted, c.claim)
		require.Equal(t, c.want, fmt.Sprintf("%.5f", *r.Predicted), c.claim)
	}
	for _, claim := range []string{"load_success >= 99%", "session_final >= 99%", "violations(I1) == 0"} {
		r := judged(t, rows(0), claim, Options{Weather: map[string]Weather{"": queue}})
		require.Nil(t, r.Predicted, claim)
	}
}

func TestRunEndsWhenMoreWorldsWouldChangeNothing(t *testing.T) {
	claims, err := ParseClaims([]string{"save_success >= 99%", "violations(I1) == 0"})
	require.NoError(t, err)
	clean := rows(make([]int, 1000)...)
	first := 0
	for n := 1; n <= len(clean) && first == 0; n++ {
		if Decided(clean[:n], claims, Options{}) {
			first = n
		}
	}
	require.Equal(t, 363, first, "the fixed plan needs 299")
	bad := rows(900, 900, 900, 900, 900)
	bad[0].Violations["I1"] = 1
	require.True(t, Decided(bad, claims, Options{}), "refuted is decided too")
	require.False(t, Decided(nil, claims, Options{}))
}

// shard is one part of a run of some worlds.
func shard(t *testing.T, i, of, worlds int) Run {
	t.Helper()
	run := Run{
		Schema: Schema, Plan: json.RawMessage(`{"x":1}`), PlanID: "plan", Worlds: map[string]int{"": worlds},
		Shards: Shards{Of: of, Have: []int{i}},
		Asked:  []string{"save_success >= 99.9%", "violations(I1) == 0"},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	failures := make([]int, worlds)
	for w := range failures {
		failures[w] = rng.IntN(3)
	}
	for _, row := range rows(failures...) {
		if row.World%of == i-1 {
			run.Rows = append(run.Rows, row)
		}
	}
	require.NoError(t, run.Judge())
	return run
}

func asJSON(t require.TestingT, run Run) string {
	text, err := json.Marshal(run)
	require.NoError(t, err)
	return string(text)
}

// Shards come back together in any order and in any groups, and are then the run that one process
// makes, byte by byte.
func TestMergeIsAssociativeAndCommutative(t *testing.T) {
	const of, worlds = 5, 40
	one := asJSON(t, shard(t, 1, 1, worlds))
	rapid.Check(t, func(rt *rapid.T) {
		var runs []Run
		for _, i := range rapid.Permutation([]int{1, 2, 3, 4, 5}).Draw(rt, "order") {
			runs = append(runs, shard(t, i, of, worlds))
		}
		for len(runs) > 1 {
			n := rapid.IntRange(1, len(runs)).Draw(rt, "together")
			at := rapid.IntRange(0, len(runs)-n).Draw(rt, "from")
			merged, err := Merge(runs[at : at+n]...)
			require.NoError(rt, err)
			runs = append(append(append([]Run{}, runs[:at]...), merged), runs[at+n:]...)
		}
		require.Equal(rt, one, asJSON(rt, runs[0]))
	})
}

func TestMissingShardsShowNothing(t *testing.T) {
	run, err := Merge(shard(t, 1, 3, 900), shard(t, 3, 3, 900))
	require.NoError(t, err)
	for _, r := range run.Claims {
		require.Equal(t, stats.NotShown, r.Verdict)
		require.Contains(t, r.Why, "of 3 shards, 2 missing")
	}
}

func TestMissingWorldsShowNothing(t *testing.T) {
	run := shard(t, 1, 1, 3000)
	run.Rows = run.Rows[1:]
	require.NoError(t, run.Judge())
	require.Equal(t, stats.NotShown, run.Claims[1].Verdict)
	require.Equal(t, "1 of 3000 worlds are missing", run.Claims[1].Why)
	run.Cut = true
	require.NoError(t, run.Judge())
	require.Equal(t, stats.Proven, run.Claims[1].Verdict, "by bounds that hold at any time")
}

func TestMergeRefusesWhatDoesNotBelongTogether(t *testing.T) {
	a := shard(t, 1, 2, 4)
	for want, change := range map[string]func(*Run){
		"the plan":                 func(r *Run) { r.PlanID = "other" },
		"the plan's text":          func(r *Run) { r.Plan = json.RawMessage(`{}`) },
		"the system under test":    func(r *Run) { r.SutID = "other" },
		"the version of savestone": func(r *Run) { r.Version = "other" },
		"the seed":                 func(r *Run) { r.Seed++ },
		"the number of worlds":     func(r *Run) { r.Worlds = map[string]int{"": 9} },
		"the number of shards":     func(r *Run) { r.Shards.Of++ },
		"the claims":               func(r *Run) { r.Asked = r.Asked[1:] },
		"shard 1 of 2 is there":    func(r *Run) { *r = a },
		"world 0 is there twice":   func(r *Run) { r.Rows = append(r.Rows, a.Rows[0]) },
		"world 6 does not belong":  func(r *Run) { r.Rows[0].World = 6 },
	} {
		b := shard(t, 2, 2, 4)
		change(&b)
		_, err := Merge(a, b)
		require.ErrorContains(t, err, want)
	}
	_, err := Merge()
	require.ErrorContains(t, err, "got no run")
	_, err = Merge(Run{})
	require.ErrorContains(t, err, "got 0 shards")
}
