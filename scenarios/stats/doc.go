// Package stats says what a number of failures in a number of trials proves, and what it does not.
//
//	claim := stats.Claim{FailuresMax: 0.001, Confidence: 0.95}
//	verdict, found := claim.JudgeWorlds(worlds)
//	fmt.Printf("%s: at most %.3f %% fail\n", verdict, 100*found.Upper)
//
// Trials that share an outage fail together, so saves are no independent trials: worlds are, each
// of which has its own weather. A claim about saves is therefore judged by worlds. Bounds on
// independent trials are exact (Clopper and Pearson).
//
// A claim without data is not shown, and neither is one that more data could still overturn. Who
// wants to look at the results while they come in takes Sequence, which allows for it; the other
// bounds hold for one look, at a number of trials that was chosen before.
//
// Predictions (predict.go) say from a model what a run should find, to stand beside what it found.
package stats
