package scenarios

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"savestone/faults"
	"savestone/scenarios/verdict"
)

// document puts rows into a run and judges it.
func (f *File) document(cells []*cell, o Options, rows []verdict.Row, cut bool) (
	*verdict.Run, error,
) {
	run := &verdict.Run{
		Schema: verdict.Schema, Name: f.Name, From: f.Path, About: f.About, Version: o.Version,
		Seed: o.Seed, Plan: planOf(cells), Rows: rows, Rules: rulesOf(cells), Assumed: assumed,
		Confidence: f.Cells[0].Plan.Confidence, Deadline: time.Duration(f.Cells[0].Plan.Deadline),
		Cut: cut, Peeked: o.UntilProven, Asked: asked(cells), Worlds: map[string]int{},
		Weather: map[string]verdict.Weather{},
	}
	run.Shards = verdict.Shards{Of: max(1, o.Shard.Of), Have: []int{max(1, o.Shard.Index)}}
	var systems, sources []string
	for _, c := range cells {
		run.Worlds[c.Name] = c.Plan.Worlds
		if !slices.Contains(systems, c.Plan.System.Name) {
			systems = append(systems, c.Plan.System.Name)
		}
		if weather, ok := c.weather(); ok {
			run.Weather[c.Name] = weather
		}
		sources = append(sources, c.hash)
	}
	run.System = strings.Join(systems, ", ")
	run.PlanID, run.SutID = hashOf(string(run.Plan)), hashOf(sources...)
	return run, run.Judge()
}

// asked are the claims of all cells. Where cells do not have the same ones, each claim says which
// cell it is about.
func asked(cells []*cell) []string {
	same := true
	for _, c := range cells {
		same = same && slices.Equal(c.Plan.Claims, cells[0].Plan.Claims)
	}
	if same {
		return cells[0].Plan.Claims
	}
	var all []string
	for _, c := range cells {
		for _, claim := range c.Plan.Claims {
			if !strings.Contains(claim, "{") {
				at := strings.IndexAny(claim, "<>=!")
				claim = strings.TrimSpace(claim[:at]) +
					"{" + strings.ReplaceAll(c.Name, " ", ", ") + "} " + claim[at:]
			}
			if !slices.Contains(all, claim) {
				all = append(all, claim)
			}
		}
	}
	return all
}

// assumed says what no measurement stands behind.
var assumed = []string{
	"how often requests fail, how long outages last and what latency is: nobody publishes these " +
		"for Roblox, so presets say what they take for granted",
	"what players do: how long they stay, how often they change something and hop",
	"how long after an error a write can still take effect",
}

// planOf is the plan of a run: the plans of its cells.
func planOf(cells []*cell) json.RawMessage {
	type named struct {
		Cell string          `json:"cell"`
		Plan json.RawMessage `json:"plan"`
	}
	var all []named
	for _, c := range cells {
		all = append(all, named{c.Name, c.Plan.canonical()})
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic("scenarios: plans cannot be written down: " + err.Error())
	}
	return text
}

// rulesOf lists the faults of all cells, without repetition.
func rulesOf(cells []*cell) []verdict.Rule {
	var all []verdict.Rule
	for _, c := range cells {
		rules, err := c.Plan.rules()
		if err != nil {
			panic(err) // the plan was validated
		}
		for _, rule := range rules {
			one := verdict.Rule{ID: rule.ID, Kind: string(rule.Kind)}
			if rule.ID != "" && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}

// weather is what predictions start from: the one outage process of a plan, and how the system
// tries again.
func (c *cell) weather() (verdict.Weather, bool) {
	rules, err := c.Plan.rules()
	if err != nil {
		return verdict.Weather{}, false
	}
	w := verdict.Weather{Queue: c.Plan.System.Queue, Requests: 2}
	for _, wait := range c.Plan.System.Retries {
		w.Retries = append(w.Retries, time.Duration(wait))
	}
	outages := 0
	for _, rule := range rules {
		switch rule.Kind {
		case faults.Outage:
			outages++
			w.Unavailability, w.Mean = rule.Unavailability, rule.MeanOutage
		case faults.LostRequest, faults.LostReply:
			w.Failure += rule.Chance
		}
	}
	return w, outages == 1 && w.Unavailability > 0
}
