package faults

import (
	"bytes"
	"encoding/json"
	"slices"

	"savestone/emulator"
)

// Fired is one decision of a rule in favour of a fault: about which request, and with which size.
type Fired struct {
	Server  string      `json:"server,omitempty"`
	Op      emulator.Op `json:"-"` // by its name; see MarshalJSON
	Ordered bool        `json:"ordered,omitempty"`
	Store   string      `json:"store,omitempty"`
	Scope   string      `json:"scope,omitempty"`
	Key     string      `json:"key,omitempty"`
	Seq     uint64      `json:"seq,omitempty"`
	Draw    uint8       `json:"draw,omitempty"` // which of the rule's decisions about the request
	Size    uint32      `json:"size,omitempty"`
	Part    uint32      `json:"part,omitempty"`
}

// decision tells apart what rules decide.
type decision struct {
	identity, seq uint64
	draw          uint8
}

func (f Fired) decision() decision {
	store := emulator.StoreID{Name: f.Store, Scope: f.Scope}
	if f.Ordered {
		store.Kind = emulator.Ordered
	}
	identity := identityOf(emulator.Request{Op: f.Op, Server: f.Server, Store: store, Key: f.Key})
	return decision{identity, f.Seq, f.Draw}
}

// drawsMax is how many decisions a rule makes about one request at most.
const drawsMax = 3

// replays says whether a rule of a replay fires for the request.
func (c *compiled) replays(of *call) bool {
	for draw := range uint8(drawsMax) {
		if _, found := c.only[decision{of.identity, of.seq, draw}]; found {
			return true
		}
	}
	return false
}

// Replay is the plan that fires just what events tell and nothing else, for a run that is otherwise
// the same. A shrinker leaves events out until no fewer will do. Rules without an event are left
// out too, but for those of the kind Heal.
func (p Plan) Replay(events []Event) (Plan, error) {
	rules, err := p.compile(0)
	if err != nil {
		return nil, err
	}
	byRule := map[string][]Fired{}
	for _, e := range events {
		byRule[e.Rule] = append(byRule[e.Rule], Fired{
			Server: e.Server, Op: e.Op, Ordered: e.Store.Kind == emulator.Ordered,
			Store: e.Store.Name, Scope: e.Store.Scope, Key: e.Key, Seq: e.Seq,
			Draw: e.draw, Size: e.size, Part: e.part,
		})
	}
	replay := Plan{}
	for _, ready := range rules {
		rule := ready.Rule
		rule.Only = byRule[rule.ID]
		if rule.Only == nil && rule.Kind != Heal {
			continue
		}
		replay = append(replay, rule)
	}
	return slices.Clip(replay), nil
}

// firedFields is Fired as its JSON form is read and written.
type firedFields Fired

// MarshalJSON writes the operation by its name.
func (f Fired) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Op string `json:"op"`
		firedFields
	}{f.Op.String(), firedFields(f)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fired) UnmarshalJSON(raw []byte) error {
	read := struct {
		Op string `json:"op"`
		firedFields
	}{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	ops, err := opsNamed(read.Op)
	if err != nil {
		return err
	}
	*f = Fired(read.firedFields)
	f.Op = ops[0]
	return nil
}
