package control

import (
	"encoding/json"
	"errors"
	"net/http"

	"savestone/emulator/universe"
	"savestone/faults"
)

// Fault is a rule and how it stands. The rule has the fields that package faults reads; its window
// counts from when it was added.
type Fault struct {
	ID      string      `json:"id"`
	Rule    faults.Rule `json:"rule"`
	On      bool        `json:"on"`
	Spent   bool        `json:"spent" doc:"it has hit as often as its limit allows"`
	Hits    int         `json:"hits"`
	LastHit string      `json:"lastHit,omitempty" doc:"by the universe's clock"`
	Added   string      `json:"added" doc:"by the universe's clock"`
}

// FaultList is rules in the order in which they are asked.
type FaultList struct {
	Faults []Fault `json:"faults"`
}

// FaultSwitch turns a rule on or off.
type FaultSwitch struct {
	On *bool `json:"on" doc:"the other way round if it is left out"`
}

// FaultsCleared is how many rules were taken away.
type FaultsCleared struct {
	Cleared int `json:"cleared"`
}

// Preset is a plan with a name.
type Preset struct {
	Name  string        `json:"name"`
	About string        `json:"about"`
	Rules []faults.Rule `json:"rules"`
}

// PresetList is all presets.
type PresetList struct {
	Presets []Preset `json:"presets"`
}

// FaultPlan stands for a plan as package faults reads it: a rule, the name of a preset, a preset
// with what narrows it, or a list of these.
type FaultPlan json.RawMessage

func shownFault(f universe.Fault) Fault {
	return Fault{
		ID: f.Rule.ID, Rule: f.Rule, On: f.On, Spent: f.Spent(), Hits: f.Hits,
		LastHit: timeOrNone(f.LastHit), Added: shownTime(f.Added),
	}
}

func shownFaults(list []universe.Fault) FaultList {
	shown := FaultList{[]Fault{}}
	for _, f := range list {
		shown.Faults = append(shown.Faults, shownFault(f))
	}
	return shown
}

// aboutRule gives an error of work on rules its status.
func aboutRule(err error) error {
	switch {
	case errors.Is(err, universe.ErrNoRule):
		return &problem{http.StatusNotFound, err.Error()}
	case errors.Is(err, universe.ErrRuleTaken):
		return &problem{http.StatusConflict, err.Error()}
	}
	return wrong("%v", err)
}

func (c *call) listFaults() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	return shownFaults(u.Faults.List()), nil
}

func (c *call) addFaults() (any, error) {
	text, err := c.body()
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		return nil, wrong(`body: got %s, want JSON: a rule such as {"kind":"lostReply"}, the name `+
			`of a preset, or a list of them`, shortened(text))
	}
	plan, err := faults.Parse(text)
	if err != nil {
		return nil, wrong("%v", err)
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	added, err := u.Faults.Add(plan)
	if err != nil {
		return nil, aboutRule(err)
	}
	return shownFaults(added), nil
}

func (c *call) switchFault(in FaultSwitch) (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	id, on := c.vars["rule"], true
	for _, f := range u.Faults.List() {
		if f.Rule.ID == id {
			on = !f.On
		}
	}
	if in.On != nil {
		on = *in.On
	}
	f, err := u.Faults.Switch(id, on)
	if err != nil {
		return nil, aboutRule(err)
	}
	return shownFault(f), nil
}

func (c *call) removeFault() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	if err := u.Faults.Remove(c.vars["rule"]); err != nil {
		return nil, aboutRule(err)
	}
	return nil, nil
}

func (c *call) clearFaults() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	return FaultsCleared{u.Faults.Clear()}, nil
}

func (c *call) listPresets() (any, error) {
	shown := PresetList{}
	for _, p := range faults.Presets() {
		plan, err := p.Plan()
		if err != nil {
			return nil, err
		}
		shown.Presets = append(shown.Presets, Preset{p.Name, p.About, plan})
	}
	return shown, nil
}
