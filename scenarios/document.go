package scenarios

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"savestone/faults"
	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// confidence is that of the scenario's bounds; all cells have the same.
func (f *File) confidence() float64 { return f.Cells[0].Plan.Confidence }

// document puts rows into a run.
func (f *File) document(cells []*cell, o Options, rows []verdict.Row) *verdict.Run {
	run := &verdict.Run{
		Schema: verdict.Schema, Name: f.Name, From: f.Path, About: f.About, Version: o.Version, Seed: o.Seed,
		Plan: planOf(cells), Rows: rows, Confidence: f.confidence(), Rules: rulesOf(cells),
		Assumed: assumed,
	}
	run.Shards = verdict.Shards{Of: max(1, o.Shard.Of), Have: []int{max(1, o.Shard.Index)}}
	var systems, sources []string
	for _, c := range cells {
		run.Worlds += c.Plan.Worlds
		if !slices.Contains(systems, c.Plan.System.Name) {
			systems = append(systems, c.Plan.System.Name)
		}
		sources = append(sources, c.hash)
	}
	run.System = strings.Join(systems, ", ")
	run.PlanID, run.SutID = hashOf(string(run.Plan)), hashOf(sources...)
	slices.SortFunc(run.Rows, func(a, b verdict.Row) int {
		return cmp.Or(strings.Compare(a.Cell, b.Cell), a.World-b.World)
	})
	run.Hash = rowsHash(run.Rows)
	return run
}

// rowsHash is the hash of the events of all worlds.
func rowsHash(rows []verdict.Row) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = row.Hash
	}
	return hashOf(texts...)
}

// decided reports whether more worlds would change no verdict.
func decided(results []verdict.Result) bool {
	return !slices.ContainsFunc(results, func(r verdict.Result) bool {
		return r.Verdict == stats.NotShown
	})
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

// judge judges the claims of all cells; those that have the same claims together, as a claim may
// choose among them.
func judge(cells []*cell, rows []verdict.Row, o verdict.Options) []verdict.Result {
	byCell := map[string][]verdict.Row{}
	for _, row := range rows {
		byCell[row.Cell] = append(byCell[row.Cell], row)
	}
	groups, order := map[string][]*cell{}, []string{}
	for _, c := range cells {
		id := strings.Join(c.Plan.Claims, "\n")
		if groups[id] == nil {
			order = append(order, id)
		}
		groups[id] = append(groups[id], c)
	}
	var results []verdict.Result
	for _, id := range order {
		var mine []verdict.Row
		weathers := map[string]verdict.Weather{}
		for _, c := range groups[id] {
			mine = append(mine, byCell[c.Name]...)
			if weather, ok := c.weather(); ok {
				weathers[c.Name] = weather
			}
		}
		o.Deadline = time.Duration(groups[id][0].Plan.Deadline)
		o.Weather = func(cell string) (verdict.Weather, bool) {
			weather, ok := weathers[cell]
			return weather, ok
		}
		results = append(results, verdict.Judge(mine, groups[id][0].claims, o)...)
	}
	return results
}

// weather is what predictions start from: the one outage process of a plan, and how the system
// tries again.
func (c *cell) weather() (verdict.Weather, bool) {
	rules, err := c.Plan.rules()
	if err != nil {
		return verdict.Weather{}, false
	}
	var w verdict.Weather
	outages := 0
	for _, rule := range rules {
		switch rule.Kind {
		case faults.LostRequest:
			w.Failure = rule.Chance
		}
	}
	return w, outages == 1
}
