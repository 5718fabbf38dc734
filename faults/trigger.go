package faults

import (
	"encoding/json"
	"fmt"

	"savestone/emulator"
	"savestone/faults/suggest"
)

// Trigger is an event that a rule waits for: a mark that somebody sets by its name, or else a write
// that took effect and matches. It happens once.
type Trigger struct {
	Mark string // see Injector.Mark

	Ops                       []emulator.Op
	Store, Scope, Key, Server string // globs
	Nth                       int    // the n-th such event; 0 means the first

	_ struct{}
}

// triggerFields are the keys of a trigger's JSON form, in the order in which they are written.
var triggerFields = []string{"mark", "ops", "store", "scope", "key", "server", "nth"}

// readAfter reads the name of a mark, or an object that says which write is meant.
func readAfter(r *Rule, raw json.RawMessage) error {
	t := &Trigger{}
	r.After = t
	if json.Unmarshal(raw, &t.Mark) == nil {
		return t.validate()
	}
	err := eachMember(raw, func(name string, value json.RawMessage) error {
		texts := map[string]*string{
			"mark": &t.Mark, "store": &t.Store, "scope": &t.Scope,
			"key": &t.Key, "server": &t.Server,
		}
		switch {
		case name == "ops":
			return readOps(value, &t.Ops)
		case name == "nth":
			return readCount(value, &t.Nth)
		case texts[name] != nil:
			return readText(value, texts[name])
		}
		return fmt.Errorf("got the field %q, want one of %q%s",
			name, triggerFields, suggest.Hint(name, triggerFields))
	})
	if err != nil {
		return err
	}
	return t.validate()
}

func (t *Trigger) validate() error {
	isWrite := len(t.Ops) > 0 || t.Store+t.Scope+t.Key+t.Server != ""
	switch {
	case t.Nth < 0:
		return fmt.Errorf("got nth %d, want 0 or more", t.Nth)
	case t.Mark != "" && isWrite:
		return fmt.Errorf("got the mark %q and a write, want one of them", t.Mark)
	}
	for _, op := range t.Ops {
		if !op.Writes() {
			return fmt.Errorf("got the operation %q, want one that writes", op)
		}
	}
	return nil
}

func showAfter(r *Rule) any {
	t := r.After
	if t == nil {
		return nil
	}
	if t.Mark != "" && t.Nth == 0 {
		return t.Mark
	}
	return struct {
		Mark   string   `json:"mark,omitempty"`
		Ops    []string `json:"ops,omitempty"`
		Store  string   `json:"store,omitempty"`
		Scope  string   `json:"scope,omitempty"`
		Key    string   `json:"key,omitempty"`
		Server string   `json:"server,omitempty"`
		Nth    int      `json:"nth,omitempty"`
	}{t.Mark, opNames(t.Ops), t.Store, t.Scope, t.Key, t.Server, t.Nth}
}
