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

// presets are all of them. Roblox publishes none of these rates: they are assumed.
var presets = []Preset{
	{"calm@v1", "An ordinary day: one request in 2,000 fails, and all take their usual time.",
		`{"kind": "lostRequest", "id": "PRESET.errors", "chance": "0.05%"},` + usualLatency},
	{"lost-acks", "One write in ten is applied, but its caller is told that it failed.",
		`{"kind": "lostReply", "id": "PRESET.replies", "ops": "writes", "chance": "10%"}`},
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
