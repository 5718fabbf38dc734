package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// severity orders verdicts, the worst first.
func severity(v stats.Verdict) int {
	return slices.Index([]stats.Verdict{
		stats.Refuted, stats.OutsideModel, stats.NotShown, stats.Proven,
	}, v)
}

// worstFirst is the run's results as a reader wants them. Among equals the order of the scenario
// stays.
func worstFirst(results []verdict.Result) []verdict.Result {
	return slices.SortedStableFunc(slices.Values(results), func(a, b verdict.Result) int {
		return cmp.Compare(severity(a.Verdict), severity(b.Verdict))
	})
}

// overall is what the run says as a whole: its worst verdict. A run without claims shows nothing.
func overall(results []verdict.Result) stats.Verdict {
	if len(results) == 0 {
		return stats.NotShown
	}
	return worstFirst(results)[0].Verdict
}

// tally is a name and how often.
type tally struct {
	Name string
	N    int
}

// tallies sorts counts, the most frequent first.
func tallies(counts map[string]int) []tally {
	var all []tally
	for name, n := range counts {
		all = append(all, tally{name, n})
	}
	slices.SortFunc(all, func(a, b tally) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// totals is the sum of a run's rows.
type totals struct {
	Worlds   int // that ran to their end
	Broken   []verdict.Row
	Outside  []verdict.Row
	Violated int // worlds with a violation

	Virtual, PlayerTime                time.Duration
	Events, Requests, Failed, Sessions int
	Intents, LoadsFailed, Crashes      int

	Counts     map[string]verdict.Count
	Samples    map[sampleKey]*verdict.Histogram
	Violations map[string]int
	Fired      map[string]int
	Causes     map[string]int
	Checked    map[string]int
}

// sampleKey names a distribution: one metric in one cell.
type sampleKey struct{ Metric, Cell string }

func add(into map[string]int, from map[string]int) {
	for name, n := range from {
		into[name] += n
	}
}

func sum(rows []verdict.Row) totals {
	t := totals{
		Counts: map[string]verdict.Count{}, Samples: map[sampleKey]*verdict.Histogram{},
		Violations: map[string]int{}, Fired: map[string]int{}, Causes: map[string]int{},
		Checked: map[string]int{},
	}
	for _, row := range rows {
		if row.Error != "" {
			t.Broken = append(t.Broken, row)
			continue
		}
		if row.Outside != "" {
			t.Outside = append(t.Outside, row)
		}
		if len(row.Violations) > 0 {
			t.Violated++
		}
		t.Worlds++
		t.Virtual += row.Virtual
		t.PlayerTime += row.PlayerTime
		t.Events += row.Events
		t.Requests += row.Requests
		t.Failed += row.Failed
		t.Intents += row.Intents
		t.Sessions += row.Sessions
		t.LoadsFailed += row.LoadsFailed
		t.Crashes += row.Crashes
		t.addMaps(row)
	}
	return t
}

func (t *totals) addMaps(row verdict.Row) {
	for metric, c := range row.Counts {
		total := t.Counts[metric]
		t.Counts[metric] = verdict.Count{
			Failures: total.Failures + c.Failures, Trials: total.Trials + c.Trials,
		}
	}
	for metric, histogram := range row.Samples {
		key := sampleKey{metric, row.Cell}
		if t.Samples[key] == nil {
			t.Samples[key] = &verdict.Histogram{}
		}
		t.Samples[key].Merge(histogram)
	}
	add(t.Violations, row.Violations)
	add(t.Fired, row.Fired)
	add(t.Causes, row.Causes)
	add(t.Checked, row.Checked)
}

// sampleKeys are the distributions in the order they are shown: what players wait for first.
func (t totals) sampleKeys() []sampleKey {
	first := func(k sampleKey) int {
		if k.Metric == "save_latency" {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Keys(t.Samples), func(a, b sampleKey) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.Metric, b.Metric),
			cmp.Compare(a.Cell, b.Cell))
	})
}
