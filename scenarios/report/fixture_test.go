package report

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// hostile is a name that breaks out of whatever takes it for markup.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'&` + "`|*@all\x1b[2J\x00\u202e"

// sampleRun is a plausible run of so many worlds: a plain system in bad weather, which loses acked
// data in a few of them.
func sampleRun(worlds int) *verdict.Run {
	run := &verdict.Run{
		Schema: verdict.Schema, Name: "bad-evening", About: "30 players on 2 servers through an evening of outages.",
		Plan:   json.RawMessage(`{"faults":["outage"],"players":30,"servers":2}`),
		PlanID: "3fa2c1d09be4775011aa", SutID: "9b1c55d2e0f34a77",
		System:  "plain five retries, through adapter DataStore",
		Version: "0.1.0", Seed: 77, Worlds: map[string]int{"": worlds}, Shards: verdict.Shards{Of: 1, Have: []int{1}},
		Hash: "c0ffee1234567890abcdef", Confidence: 0.95,
		Rules: []verdict.Rule{
			{ID: "outage", Kind: "outage"}, {ID: "lost-acks", Kind: "lostReply"},
			{ID: "slow", Kind: "latency"}, {ID: "scope-incident", Kind: "misdirect"},
		},
		Assumed: []string{"outages: one in 100 minutes, 60 s on average", "replies lost: 0.05 % of writes"},
		Zoo: []verdict.ZooResult{
			{Mutant: "M1", About: "a save returns true before its request", Want: "I1", Caught: "I1", Worlds: 1},
			{Mutant: "M8", About: "refund on error", Want: "I6", Caught: "I6", Worlds: 7},
			{Mutant: "M23", About: "os.time as version", Want: "I5", Worlds: 400},
		},
	}
	chance := rand.New(rand.NewPCG(7, 7))
	for world := range worlds {
		run.Rows = append(run.Rows, sampleRow(chance, world, ""))
	}
	run.Claims = sampleClaims(run.Rows)
	return run
}

func sampleRow(chance *rand.Rand, world int, cell string) verdict.Row {
	row := verdict.Row{
		Cell: cell, World: world, Seed: uint64(world) * 7919, Hash: fmt.Sprintf("%016x", world*104729),
		Virtual: 30 * time.Minute, PlayerTime: 15 * time.Hour, Events: 9000, Requests: 1300, Intents: 1200,
		Sessions: 41, Acked: 1195, Counts: map[string]verdict.Count{
			"save_success@30s": {Trials: 1200}, "session_final": {Trials: 41}, "mutation_durability": {Trials: 5200},
		},
		Fired: map[string]int{"slow": 1300, "lost-acks": chance.IntN(3)}, Causes: map[string]int{},
	}
	latency := &verdict.Histogram{}
	for range 120 {
		took := 300 + 500*chance.Float64()
		if chance.IntN(50) == 0 {
			took *= 1 + 30*chance.Float64()
		}
		latency.Add(time.Duration(took * float64(time.Millisecond)))
	}
	row.Samples = map[string]*verdict.Histogram{"save_latency": latency}
	if chance.IntN(5) == 0 {
		failed := 1 + chance.IntN(9)
		row.Failed, row.Fired["outage"] = 90, 90
		row.Counts["save_success@30s"] = verdict.Count{Failures: failed, Trials: 1200}
		row.Causes["outage outlasts the retries"] = failed
	}
	if world%40 == 11 {
		row.Violations, row.Crashes = map[string]int{"I1": 1}, 1
		row.Examples = []verdict.Example{lostAck(world)}
		row.History = fmt.Sprintf("bad-evening/world-%d.history", world)
	}
	if world%40 == 11 || world%400 == 0 {
		row.Timeline = sampleTimeline(chance)
	}
	return row
}

func lostAck(world int) verdict.Example {
	at := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	return verdict.Example{
		Invariant: "I1", Key: "PlayerData/Player_7", At: at(734.2),
		Text: fmt.Sprintf("a purchase that was said to be stored is gone in world %d", world),
		Story: []verdict.Event{
			{At: at(721), From: "player 7", To: "server-1", Text: "buys a sword for 50 coins", Kind: "call"},
			{At: at(721.4), From: "server-1", To: "DataStore", Text: "UpdateAsync Player_7", Kind: "call"},
			{At: at(721.9), Text: "lost-acks: the reply is lost", Kind: "fault"},
			{At: at(722), From: "DataStore", To: "server-1", Text: "stored as version 4", Kind: "lost"},
			{At: at(722.1), From: "server-1", To: "server-1", Text: "takes it for a failure, refunds", Kind: "note"},
			{At: at(723), From: "server-1", To: "DataStore", Text: "SetAsync Player_7", Kind: "call"},
			{At: at(723.8), From: "DataStore", To: "server-1", Text: "502: API Services rejected", Kind: "error"},
			{At: at(729), From: "player 7", To: "server-2", Text: "joins another server", Kind: "call"},
			{At: at(730), From: "server-2", To: "DataStore", Text: "GetAsync Player_7", Kind: "call"},
			{At: at(730.5), From: "DataStore", To: "server-2", Text: "version 4", Kind: "reply"},
			{At: at(734.2), From: "server-1", To: "DataStore", Text: "the old SetAsync lands", Kind: "late"},
		},
		Versions: []verdict.Version{
			{At: at(600), Server: "server-1", Value: `{"coins":150,"items":["shield"],"level":12}`},
			{At: at(722), Server: "server-1", Note: "its reply was lost",
				Value: `{"coins":100,"items":["shield","sword"],"level":12}`},
			{At: at(734.2), Server: "server-1", Note: "landed late",
				Value: `{"coins":150,"items":["shield"],"level":12}`},
			{At: at(800), Server: "server-2", Value: `{"coins":150,"items":["shield"],"level":12}`},
		},
		Faults: []string{
			"lost-acks at 12:01.400, the first UpdateAsync of Player_7", "late commit of 10.4 s at 12:03.000",
		},
	}
}

func sampleTimeline(chance *rand.Rand) *verdict.Timeline {
	t := &verdict.Timeline{Bin: 10 * time.Second}
	down := func(bin int) bool { return bin >= 60 && bin < 75 || bin >= 130 && bin < 134 }
	for bin := range 180 {
		saves := 5 + chance.IntN(4)
		stored, unsafe := saves, chance.IntN(4)
		if down(bin) {
			stored, unsafe = chance.IntN(2), 20+chance.IntN(12)
		}
		t.Saves, t.Stored = append(t.Saves, saves), append(t.Stored, stored)
		t.Online, t.Unsafe = append(t.Online, 26+bin/40), append(t.Unsafe, unsafe)
		for range 4 {
			took, outcome := time.Duration(300+chance.IntN(500))*time.Millisecond, "ok"
			if down(bin) && chance.IntN(3) > 0 {
				took, outcome = time.Duration(2+chance.IntN(20))*time.Second, "fail"
			} else if chance.IntN(60) == 0 {
				took, outcome = 15*time.Second, "info"
			}
			at := time.Duration(bin)*t.Bin + time.Duration(chance.IntN(10000))*time.Millisecond
			t.Points = append(t.Points, verdict.Point{At: at, Took: took, Outcome: outcome})
		}
	}
	t.Bands = []verdict.Band{
		{From: 600 * time.Second, To: 750 * time.Second, Name: "outage"},
		{From: 1300 * time.Second, To: 1340 * time.Second, Name: "outage"},
		{From: 0, To: 300 * time.Second, Name: "warm-up"},
	}
	t.Marks = []verdict.Band{{From: 734200 * time.Millisecond, To: 734200 * time.Millisecond, Name: "I1 violated"},
		{From: 900 * time.Second, To: 900 * time.Second, Name: "server-2 crashes"}}
	return t
}

// sampleClaims judges rows in the ways a run can end.
func sampleClaims(rows []verdict.Row) []verdict.Result {
	predicted, tail := 0.99912, 4.1
	claim := stats.Claim{FailuresMax: 0.001, Confidence: 0.95}
	var looks []verdict.Look
	var worlds []stats.World
	var result stats.Verdict
	var found stats.Estimate
	for i, row := range rows {
		c := row.Counts["save_success@30s"]
		worlds = append(worlds, stats.World{Failures: c.Failures, Trials: c.Trials})
		if i+1 == len(rows) || i%(len(rows)/60+1) == 0 {
			result, found = claim.JudgeWorlds(worlds)
			looks = append(looks, verdict.Look{
				Worlds: i + 1, Value: 1 - found.Rate, Lower: 1 - found.Upper, Upper: 1 - found.Lower,
			})
		}
	}
	violated := 0
	for _, row := range rows {
		violated += row.Violations["I1"]
	}
	return []verdict.Result{
		{Claim: "save_success@30s >= 99.9%", Metric: "save_success@30s", Unit: verdict.Share, Verdict: result,
			Means: "saves asked for whose change is stored within 30 s and still there at the end",
			Found: found.String(), Value: 1 - found.Rate, Lower: 1 - found.Upper, Upper: 1 - found.Lower,
			Limit: 0.999, Worlds: len(rows),
			Bad: found.BadWorlds, Effect: found.DesignEffect, Predicted: &predicted, Running: looks,
			Count: verdict.Count{Failures: found.Failures, Trials: found.Trials}},
		{Claim: "p99(save_latency) < 10s", Metric: "save_latency", Unit: verdict.Seconds, Verdict: stats.Proven,
			Means: "99 of 100 saves that are stored take less", Found: "4.2 s, at most 5.1 s",
			Value: 4.2, Lower: 3.8, Upper: 5.1, Limit: 10,
			Worlds: len(rows), Count: verdict.Count{Trials: 120 * len(rows)}, Predicted: &tail},
		{Claim: "violations(I1) == 0", Metric: "violations(I1)", Unit: verdict.Number, Verdict: stats.Refuted,
			Means: "nothing that was said to be stored is ever lost", Found: fmt.Sprintf("%d violations", violated),
			Value: float64(violated), Worlds: len(rows), Bad: violated,
			Count: verdict.Count{Failures: violated, Trials: len(rows)}},
		{Claim: "recovery <= 60s", Metric: "recovery", Unit: verdict.Seconds, Verdict: stats.NotShown,
			Means: "time from the end of an outage until all is stored", Found: "no trials",
			Limit: 60, Worlds: len(rows)},
		{Claim: "session_final >= 99.99%", Metric: "session_final", Unit: verdict.Share, Verdict: stats.NotShown,
			Means: "sessions of which the next load returns the last state", Found: "0 of 41 failed",
			Value: 1, Lower: 0.99, Upper: 1, Limit: 0.9999,
			Worlds: len(rows), Count: verdict.Count{Trials: 41 * len(rows)}},
		{Claim: "duplicates == 0", Metric: "duplicates", Unit: verdict.Number, Verdict: stats.OutsideModel,
			Means: "no item exists twice", Found: "3 worlds broke more than the plan allows", Worlds: len(rows)},
	}
}

// sampleMatrix is a run of a matrix of two systems in three weathers.
func sampleMatrix(worlds int) *verdict.Run {
	run := sampleRun(1)
	run.Name, run.Rows, run.Claims = "weather sweep", nil, nil
	chance := rand.New(rand.NewPCG(3, 3))
	verdicts := []stats.Verdict{
		stats.Proven, stats.NotShown, stats.Refuted, stats.Proven, stats.Proven, stats.NotShown,
	}
	values := []float64{0.99998, 0.9989, 0.981, 0.99999, 0.9997, 0.9991}
	n := 0
	for _, system := range []string{"plain", "savestone"} {
		for _, weather := range []string{"calm", "breezy", "storm"} {
			cell := "system=" + system + " weather=" + weather
			for world := range worlds {
				run.Rows = append(run.Rows, sampleRow(chance, world, cell))
			}
			v := values[n]
			run.Claims = append(run.Claims, verdict.Result{
				Claim: "save_success@30s >= 99.9%", Metric: "save_success@30s", Cell: cell, Unit: verdict.Share,
				Means: "saves asked for that are stored within 30 s", Verdict: verdicts[n], Found: percent(v),
				Value: v, Lower: v - (1-v)/3, Upper: v + (1-v)/3, Limit: 0.999, Worlds: worlds, Effect: 12,
				Count: verdict.Count{Failures: 10, Trials: 1200 * worlds},
			})
			n++
		}
	}
	return run
}

// hostileRun has a hostile text wherever a run takes one.
func hostileRun() *verdict.Run {
	run := sampleRun(60)
	run.Name, run.About, run.System, run.Version, run.SutID = hostile, hostile, hostile, hostile, hostile
	run.PlanID, run.Hash, run.Assumed = hostile, hostile, []string{hostile}
	run.Plan, _ = json.Marshal(map[string]string{hostile: hostile})
	run.Rules = append(run.Rules, verdict.Rule{ID: hostile, Kind: hostile})
	run.Zoo[0] = verdict.ZooResult{Mutant: hostile, About: hostile, Want: hostile, Caught: hostile}
	for i := range run.Rows {
		row := &run.Rows[i]
		row.Cell = "a=" + hostile
		row.Causes[hostile], row.Fired[hostile] = 1, 1
		row.Counts[hostile] = verdict.Count{Trials: 1}
		row.Samples[hostile] = row.Samples["save_latency"]
		if row.Timeline != nil {
			row.Timeline.Bands[0].Name, row.Timeline.Marks[0].Name = hostile, hostile
		}
		for j := range row.Examples {
			row.Violations[hostile] = 1
			row.Examples[j] = verdict.Example{
				Invariant: hostile, Key: hostile, Text: hostile, Faults: []string{hostile},
				Story: []verdict.Event{{From: hostile, To: "DataStore", Text: hostile, Kind: hostile}},
				Versions: []verdict.Version{
					{Server: hostile, Value: hostile, Note: hostile}, {Value: hostile + hostile},
				},
			}
		}
	}
	run.Rows[0].Error, run.Rows[1].Outside = hostile, hostile
	for i := range run.Claims {
		r := &run.Claims[i]
		r.Claim, r.Metric, r.Cell = hostile, hostile, "a="+hostile+fmt.Sprint(i)
		r.Means, r.Found, r.Why = hostile, hostile, hostile
	}
	return run
}
