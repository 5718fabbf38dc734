package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"savestone/scenarios/history"
	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// notModelled is true of each run, whatever its plan says.
var notModelled = []string{
	"This says nothing about Roblox itself: it is about the system under test in the weather " +
		"that the plan describes.",
	"No error rates, lengths of outages or tail latencies of Roblox's data stores are public " +
		"that we know of. Each rate of the plan is an assumption; hold it against your own logs.",
	"What happens on Roblox's side between the read and the write of an UpdateAsync, and whether " +
		"a refused request uses budget, is not documented. The emulator's way is an assumption.",
	"Processor time, memory and frame rate of a game server are not modelled: Luau code takes no " +
		"virtual time.",
}

// incomplete says what of the plan is missing from the run; empty when all is there.
func incomplete(run *verdict.Run) []string {
	var texts []string
	if run.Cut {
		texts = append(texts, "The run was cut short: it was interrupted, or met its deadline.")
	}
	var missing []string
	for shard := 1; shard <= run.Shards.Of; shard++ {
		if !slices.Contains(run.Shards.Have, shard) {
			missing = append(missing, fmt.Sprintf("%d/%d", shard, run.Shards.Of))
		}
	}
	if len(missing) > 0 {
		texts = append(texts, "Shards are missing: "+strings.Join(missing, ", ")+".")
	}
	return texts
}

// neverFired names the plan's faults that hit nothing in any world, with their kinds.
func neverFired(run *verdict.Run, t totals) []string {
	var names []string
	for _, rule := range run.Rules {
		if t.Fired[rule.ID] == 0 {
			names = append(names, fmt.Sprintf("%s (%s)", rule.ID, rule.Kind))
		}
	}
	return names
}

// idle names the invariants that had nothing to judge, if the run tells what was judged.
func idle(t totals) []string {
	var names []string
	for _, invariant := range history.Invariants {
		if len(t.Checked) > 0 && t.Checked[invariant.ID] == 0 {
			names = append(names, invariant.ID+": "+invariant.Means)
		}
	}
	return names
}

// meaning is what an invariant says must hold; empty if it is not one of ours.
func meaning(invariant string) string {
	for _, one := range history.Invariants {
		if one.ID == invariant {
			return one.Means
		}
	}
	return ""
}

// unsettled says what it would take to settle a claim that is not shown.
func unsettled(r verdict.Result, run *verdict.Run) string {
	confidence := run.Confidence
	switch {
	case r.Verdict != stats.NotShown:
		return ""
	case r.Count.Trials == 0 && r.Why != "":
		return ""
	case r.Count.Trials == 0:
		return "No trials: nothing in this run measured it, and no data is never a pass."
	case r.Unit != verdict.Share || confidence == 0 || r.Limit <= 0 || r.Limit >= 1:
		return ""
	}
	if run.Peeked {
		return "More worlds may settle it; how many is not known where results are looked at early."
	}
	allowed, _, most := failing(r)
	if r.Effect == 0 {
		need := stats.TrialsNeeded(r.Bad, allowed, confidence)
		if need <= r.Worlds {
			return ""
		}
		return fmt.Sprintf("%s with no more than %d bad would show it: %s more.",
			of(need, "world"), r.Bad, count(need-r.Worlds))
	}
	rate := float64(r.Count.Failures) / float64(r.Count.Trials)
	if rate >= allowed {
		return fmt.Sprintf("%s of trials failed where %s are allowed: more worlds would rather "+
			"refute it.", percent(rate), percent(allowed))
	}
	// The bound's distance shrinks with the root of the number of worlds.
	factor := (most - rate) / (allowed - rate)
	need := int(math.Ceil(float64(r.Worlds)*factor*factor - 1e-6))
	return fmt.Sprintf("About %s would show it if they are like these: %s more.",
		of(need, "world"), count(max(0, need-r.Worlds)))
}

// failing is a claim about a share, said of the share that fails: what it allows, and the bounds on
// what was found. A claim whose limit is more than half is about what succeeds.
func failing(r verdict.Result) (allowed, least, most float64) {
	if r.Limit > 0.5 {
		return 1 - r.Limit, 1 - r.Upper, 1 - r.Lower
	}
	return r.Limit, r.Lower, r.Upper
}
