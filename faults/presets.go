package faults

import (
	"encoding/json"
	"fmt"
	"strings"

	"savestone/faults/suggest"
)

// Preset is a plan with a name. One whose name ends in a version never changes; the next gets
// another name.
type Preset struct {
	Name  string
	About string // one sentence for a person who chooses

	rules string // as Parse reads them
}

// usualLatency is what requests take on any day.
const usualLatency = `
	{"kind": "latency", "id": "PRESET.reads", "ops": "reads", "delay": "readLatency"},
	{"kind": "latency", "id": "PRESET.writes", "ops": "writes", "delay": "writeLatency"},
	{"kind": "latency", "id": "PRESET.lists", "ops": "lists", "delay": "listLatency"}`

// presets are all of them. Roblox publishes none of these rates: they are assumed. The errors of
// bad-day@v1 are one in 200 requests, and of those one in ten was applied.
var presets = []Preset{
	{"calm@v1", "An ordinary day: one request in 2,000 fails, and all take their usual time.",
		`{"kind": "lostRequest", "id": "PRESET.errors", "chance": "0.05%"},` + usualLatency},
	{"bad-day@v1", "Outages of a minute that take 1 % of the time; errors, lost replies, stalls.",
		`{"kind": "outage", "id": "PRESET.outage", "unavailability": "1%", "meanOutage": "60s",
		  "slowFail": "20%", "blackhole": "10%", "ackLoss": "10%"},
		 {"kind": "lostReply", "id": "PRESET.replies", "chance": "0.05%"},
		 {"kind": "lostRequest", "id": "PRESET.errors", "chance": "0.45%"},` + usualLatency},
	{"throttle-storm", "Keys, stores and the whole experience are over their limits again.",
		`{"kind": "throttleExperience", "id": "PRESET.experience", "chance": "10%",
		  "slot": "5s", "target": "store"},
		 {"kind": "throttleStore", "id": "PRESET.stores", "chance": "10%",
		  "slot": "5s", "target": "store"},
		 {"kind": "throttleKey", "id": "PRESET.keys", "chance": "30%", "slot": "2s"}`},
	{"datastore-outage", "Five minutes without data stores, then two in which they come back.",
		`{"kind": "outage", "id": "PRESET.outage", "schedule": ["0s..5m"], "ramp": "2m",
		  "slowFail": "20%", "blackhole": "10%", "ackLoss": "50%"}`},
	{"lost-acks", "One write in ten is applied, but its caller is told that it failed.",
		`{"kind": "lostReply", "id": "PRESET.replies", "ops": "writes", "chance": "10%"}`},
	{"2020-scope-incident", "For 73 minutes all scopes of standard stores lead to another one.",
		`{"kind": "misdirect", "id": "PRESET.scopes", "to": "73m"}`},
	{"2019-nil-reads", "One read in 1,000 says that there is no data where there is.",
		`{"kind": "nilRead", "id": "PRESET.reads", "chance": "0.1%"}`},
}

// Presets returns all presets.
func Presets() []Preset { return append([]Preset{}, presets...) }

// Plan returns the preset's rules.
func (p Preset) Plan() (Plan, error) {
	name, _, _ := strings.Cut(p.Name, "@")
	var plan Plan
	rules := "[" + strings.ReplaceAll(p.rules, "PRESET", name) + "]"
	if err := json.Unmarshal([]byte(rules), &plan); err != nil {
		return nil, fmt.Errorf("preset %q: %w", p.Name, err)
	}
	return plan, nil
}

// PresetNamed returns the plan of a preset.
func PresetNamed(name string) (Plan, error) {
	names := make([]string, len(presets))
	for i, p := range presets {
		if p.Name == name {
			return p.Plan()
		}
		names[i] = p.Name
	}
	return nil, fmt.Errorf("got the preset %q, want one of %s%s",
		name, strings.Join(names, ", "), suggest.Hint(name, names))
}
