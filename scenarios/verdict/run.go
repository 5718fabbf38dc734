package verdict

import (
	"encoding/json"
	"time"

	"savestone/scenarios/history"
	"savestone/scenarios/stats"
)

// Schema names the form of a Run's JSON.
const Schema = "savestone.chaos/v1"

// Run is what a run of a plan came to.
type Run struct {
	Schema  string          `json:"schema"`
	Name    string          `json:"name"`
	From    string          `json:"scenario"` // the file it was read from, as it was named
	About   string          `json:"about,omitempty"`
	Plan    json.RawMessage `json:"plan"`     // canonical
	PlanID  string          `json:"planHash"` // of Plan
	System  string          `json:"system"`   // what was tested, for people
	SutID   string          `json:"sutHash"`  // of the system's and the adapter's sources
	Version string          `json:"version"`  // of savestone
	Seed    uint64          `json:"seed"`
	Worlds  map[string]int  `json:"worlds"` // planned for each cell, over all shards
	Shards  Shards          `json:"shards"`
	Cut     bool            `json:"cut,omitempty"` // interrupted, or past its deadline
	Rows    []Row           `json:"rows"`          // by Cell, then World
	Claims  []Result        `json:"claims"`
	Hash    string          `json:"hash"` // of all rows' hashes, in order

	// Asked are the claims as they were written.
	Asked []string `json:"asked"`
	// Deadline is within which a save must be stored to count as one; 0 means 30 s.
	Deadline time.Duration `json:"deadlineNs,omitempty"`
	// Weather is what predictions start from, by cell.
	Weather map[string]Weather `json:"weather,omitempty"`
	// Peeked is set when the results were looked at while they came in, to end the run when they
	// suffice. Then the bounds are those that hold at any time.
	Peeked bool `json:"peeked,omitempty"`
	// Confidence is that of each bound, one-sided: 0.95.
	Confidence float64 `json:"confidence,omitempty"`
	// Rules are the plan's faults, so that a report can tell those that never fired.
	Rules []Rule `json:"rules,omitempty"`
	// Assumed are values that the plan takes from no measurement, in words.
	Assumed []string `json:"assumed,omitempty"`
	// Folder is where the run is kept, so that a report can say how to replay a world of it. It is
	// no part of the document.
	Folder string `json:"-"`
	// Zoo says how well the checks catch planted bugs, where that was tried.
	Zoo []ZooResult `json:"zoo,omitempty"`
}

// Rule is one fault of a plan.
type Rule struct {
	ID   string `json:"id"` // as in Row.Fired
	Kind string `json:"kind"`
}

// Shards says which parts of a run are in it: striding, shard i of n has the worlds w with
// w mod n == i-1. A run with all of them is one of one.
type Shards struct {
	Of   int   `json:"of"`
	Have []int `json:"have"` // sorted, from 1
}

// Row is what one world came to. Durations are virtual.
type Row struct {
	Cell  string `json:"cell,omitempty"` // of the plan's matrix, as "system=plain weather=calm"
	World int    `json:"world"`
	Seed  uint64 `json:"seed"`
	Hash  string `json:"hash"` // of every event of the world

	Virtual     time.Duration `json:"virtualNs"`
	PlayerTime  time.Duration `json:"playerNs"` // the sum of all sessions
	Events      int           `json:"events"`
	Requests    int           `json:"requests"`    // attempts that left a game server
	Failed      int           `json:"failed"`      // of them, those that got an error
	Intents     int           `json:"intents"`     // saves asked for in the measured time
	Acked       int           `json:"acked"`       // of them, those said to be stored
	Sessions    int           `json:"sessions"`    // that loaded
	LoadsFailed int           `json:"loadsFailed"` // sessions that never loaded
	Crashes     int           `json:"crashes"`

	// Counts are the trials behind claims, by metric: "save_success@30s", "session_final", … Of
	// "amplification" they are writes and the saves that they were for, and may be more than those.
	Counts map[string]Count `json:"counts"`
	// Samples are distributions, by metric: "save_latency", "recovery", "loss_seconds", …
	Samples map[string]*Histogram `json:"samples,omitempty"`
	// Violations counts by invariant; Examples has the first few of each.
	Violations map[string]int `json:"violations,omitempty"`
	Examples   []Example      `json:"examples,omitempty"`
	// Checked counts what each invariant was held against. Where that is nothing, it shows nothing.
	Checked map[string]int `json:"checked,omitempty"`
	// Fired counts the faults that hit, by rule.
	Fired map[string]int `json:"fired,omitempty"`
	// Causes counts failed intents by what failed them.
	Causes map[string]int `json:"causes,omitempty"`
	// Timeline is the world in ten-second bins, of the few worlds that a report shows.
	Timeline *Timeline `json:"timeline,omitempty"`
	// History is the file with the whole history, of worlds that failed; relative to the report.
	History string `json:"-"` // which worlds are kept is no part of the document
	// Error is why the world could not be run to its end; then nothing else counts.
	Error string `json:"error,omitempty"`
	// Outside is set when more was broken than the plan says the system must survive.
	Outside string `json:"outside,omitempty"`

	judged *judgedBy // how it was made, if it was made here
}

// Broken reports whether something happened in the world that must never happen, or it could not be
// run.
func (r *Row) Broken() bool {
	for id := range r.Violations {
		if known, _ := history.InvariantOf(id); known.Severity == history.Zero {
			return true
		}
	}
	return r.Error != ""
}

// Count is how many of so many trials failed.
type Count struct {
	Failures int `json:"failures"`
	Trials   int `json:"trials"`
}

// Example is one violation, told so that a person can follow it.
type Example struct {
	Invariant string        `json:"invariant"`
	Key       string        `json:"key"`
	At        time.Duration `json:"atNs"`
	Text      string        `json:"text"`
	Story     []Event       `json:"story,omitempty"`    // what led to it, in order
	Versions  []Version     `json:"versions,omitempty"` // of the key, in order
	Faults    []string      `json:"faults,omitempty"`   // the fewest that still bring it about
}

// Event is one line of a story: who did what to whom.
type Event struct {
	At   time.Duration `json:"atNs"`
	From string        `json:"from"` // "player 7", "server-1", "DataStore"
	To   string        `json:"to"`
	Text string        `json:"text"`
	Kind string        `json:"kind"` // "call", "reply", "lost", "late", "error", "fault", "note"
}

// Version is one version of a key's value.
type Version struct {
	At     time.Duration `json:"atNs"`
	Server string        `json:"server"`
	Value  string        `json:"value"` // shortened when long
	Note   string        `json:"note,omitempty"`
}

// Timeline is a world over time, in bins of Bin.
type Timeline struct {
	Bin    time.Duration `json:"binNs"`
	Saves  []int         `json:"saves"`  // intents by the time of their call
	Stored []int         `json:"stored"` // of them, those that were stored in time
	Online []int         `json:"online"` // players, at each bin's start
	Unsafe []int         `json:"unsafe"` // changes that no stored version has yet
	Bands  []Band        `json:"bands"`  // faults and phases
	Points []Point       `json:"points"` // requests: when and how long, thinned out
	Marks  []Band        `json:"marks"`  // instants: crashes, violations
}

// Band is a stretch of time with a name.
type Band struct {
	From time.Duration `json:"fromNs"`
	To   time.Duration `json:"toNs"`
	Name string        `json:"name"`
}

// Point is one request.
type Point struct {
	At      time.Duration `json:"atNs"`
	Took    time.Duration `json:"tookNs"`
	Outcome string        `json:"outcome"` // "ok", "fail", "info"
}

// Result is what the rows say about a claim.
type Result struct {
	Claim   string        `json:"claim"` // as it was written
	Metric  string        `json:"metric"`
	Unit    Unit          `json:"unit,omitempty"`
	Cell    string        `json:"cell,omitempty"`
	Means   string        `json:"means"` // the definition, in words
	Verdict stats.Verdict `json:"verdict"`
	Found   string        `json:"found"` // the measure with its bound, in words
	Why     string        `json:"why,omitempty"`

	Value  float64 `json:"value"` // of what the claim compares: a share, a number, seconds
	Lower  float64 `json:"lower"`
	Upper  float64 `json:"upper"`
	Limit  float64 `json:"limit"`
	Count  Count   `json:"count"`
	Worlds int     `json:"worlds"`
	Bad    int     `json:"badWorlds,omitempty"`
	Effect float64 `json:"designEffect,omitempty"`
	// Predicted is what a closed formula says the value should be; nil where none applies.
	Predicted *float64 `json:"predicted,omitempty"`
	// Running is the estimate with its bounds after so many worlds, thinned out, for a chart.
	Running []Look `json:"running,omitempty"`
}

// Unit is what a result's Value, its bounds and its limit count.
type Unit string

// The units.
const (
	Share   Unit = "share" // 0.999 is 99.9 %
	Seconds Unit = "seconds"
	Number  Unit = "number" // of what happened, with bounds on the share of worlds with any
)

// Look is an estimate after some of the worlds.
type Look struct {
	Worlds int     `json:"worlds"`
	Value  float64 `json:"value"`
	Lower  float64 `json:"lower"`
	Upper  float64 `json:"upper"`
}

// Planned is how many worlds were planned in all.
func (r *Run) Planned() int {
	planned := 0
	for _, worlds := range r.Worlds {
		planned += worlds
	}
	return planned
}
