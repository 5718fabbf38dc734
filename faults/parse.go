package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Parse reads a plan as people write it: a rule, the name of a preset, or a list of both.
//
//	[
//	  "calm@v1",
//	  {"use": "datastore-outage", "from": "10m", "to": "15m", "store": "PlayerData"},
//	  {"kind": "lostReply", "ops": "put", "key": "player_*", "chance": "5%", "limit": 3},
//	  {"kind": "latency", "delay": "lognormal(p50=300ms, p99=1.2s)", "leg": "reply"}
//	]
//
// A rule has the fields of Rule, in camelCase; without a chance it has the chance 1. What is wrong
// with a rule's values is told here, too, as far as it does not take the whole plan.
func Parse(raw json.RawMessage) (Plan, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '[' {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, fmt.Errorf("fault plan: %w", err)
	}
	plan := Plan{}
	for i, item := range items {
		rules, err := parseItem(item)
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
		plan = append(plan, rules...)
	}
	_, err := plan.compile(0)
	return plan, err
}

// parseItem reads one element of a plan's list.
func parseItem(raw json.RawMessage) (Plan, error) {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return PresetNamed(name)
	}
	var asked use
	switch isUse, err := asked.read(raw); {
	case err != nil:
		return nil, err
	case isUse:
		return asked.plan()
	}
	rule := Rule{}
	if err := rule.UnmarshalJSON(raw); err != nil {
		return nil, err
	}
	return Plan{rule}, nil
}

// UnmarshalJSON reads a rule. A field that no rule has is an error.
func (r *Rule) UnmarshalJSON(raw []byte) error {
	*r = Rule{Chance: 1}
	return eachMember(raw, func(name string, value json.RawMessage) error {
		f, err := fieldNamed(name)
		if err != nil {
			return err
		}
		if err := f.read(r, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// MarshalJSON writes a rule, always in the same order and without what is left to its default. So
// two plans that say the same have the same text, fit for hashing.
func (r Rule) MarshalJSON() ([]byte, error) {
	text := []byte{'{'}
	for _, f := range fields {
		value := f.show(&r)
		if value == nil {
			continue
		}
		shown, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = fmt.Appendf(text, "%q:%s", f.name, shown)
	}
	return append(text, '}'), nil
}

// eachMember visits the members of a JSON object in the order in which they are written.
func eachMember(raw []byte, visit func(name string, value json.RawMessage) error) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return fmt.Errorf("got %.40s, want an object", raw)
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // nothing else can be a name
		if seen[name] {
			return fmt.Errorf("got %q a second time", name)
		}
		seen[name] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := visit(name, value); err != nil {
			return err
		}
	}
	return nil
}

// use puts a preset into a plan, perhaps for a time and for a part of all requests.
type use struct {
	preset string
	rule   Rule // what narrows the preset's rules
}

// usable are the fields that can narrow a preset.
var usable = []string{"id", "store", "scope", "key", "server", "from", "to"}

// read reads a use, or tells that the object is none.
func (u *use) read(raw []byte) (isUse bool, err error) {
	err = eachMember(raw, func(name string, value json.RawMessage) error {
		if name == "use" {
			isUse = true
		}
		return nil
	})
	if err != nil || !isUse {
		return false, err
	}
	return true, eachMember(raw, func(name string, value json.RawMessage) error {
		if name == "use" {
			if json.Unmarshal(value, &u.preset) != nil {
				return fmt.Errorf("use: got %s, want the name of a preset", value)
			}
			return nil
		}
		return u.narrow(name, value)
	})
}

func (u *use) narrow(name string, value json.RawMessage) error {
	for _, known := range usable {
		if name != known {
			continue
		}
		f, err := fieldNamed(name)
		if err != nil {
			return err
		}
		if err := f.read(&u.rule, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("got the field %q beside use, want one of %q", name, usable)
}

// plan returns the preset's rules: later by From, none after To, and only for what is named here.
func (u *use) plan() (Plan, error) {
	if err := u.rule.validate(); err != nil {
		return nil, err
	}
	plan, err := PresetNamed(u.preset)
	if err != nil {
		return nil, err
	}
	narrowed := Plan{}
	for _, rule := range plan {
		rule.From += u.rule.From
		if rule.To != 0 {
			rule.To += u.rule.From
		}
		if end := u.rule.To; end != 0 && (rule.To == 0 || rule.To > end) {
			rule.To = end
		}
		if rule.To != 0 && rule.To <= rule.From {
			continue // it would begin after the end
		}
		if u.rule.ID != "" {
			rule.ID = u.rule.ID + "." + rule.ID
		}
		for _, glob := range []struct{ mine, its *string }{
			{&u.rule.Store, &rule.Store}, {&u.rule.Scope, &rule.Scope},
			{&u.rule.Key, &rule.Key}, {&u.rule.Server, &rule.Server},
		} {
			if *glob.mine != "" {
				*glob.its = *glob.mine
			}
		}
		narrowed = append(narrowed, rule)
	}
	return narrowed, nil
}

// compact returns JSON without the spaces between its parts.
func compact(raw json.RawMessage) (json.RawMessage, error) {
	var short bytes.Buffer
	if err := json.Compact(&short, raw); err != nil {
		return nil, err
	}
	return short.Bytes(), nil
}
