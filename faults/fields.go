package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"savestone/emulator"
	"savestone/faults/suggest"
)

// field is one key of a rule's JSON form.
type field struct {
	name string
	// kinds says that only some kinds have the field, namely those whose stage lists it.
	special bool
	read    func(r *Rule, raw json.RawMessage) error
	show    func(r *Rule) any // nil if the rule has nothing there
}

// fields are all of them, in the order in which they are written.
var fields = []field{
	{"kind", false, readText(func(r *Rule) *string { return (*string)(&r.Kind) }),
		showText(func(r *Rule) *string { return (*string)(&r.Kind) })},
	textField("id", func(r *Rule) *string { return &r.ID }),
	{"ops", false, readOps, showOps},
	textField("store", func(r *Rule) *string { return &r.Store }),
	textField("scope", func(r *Rule) *string { return &r.Scope }),
	textField("key", func(r *Rule) *string { return &r.Key }),
	textField("server", func(r *Rule) *string { return &r.Server }),
	durationField("from", func(r *Rule) *time.Duration { return &r.From }),
	durationField("to", func(r *Rule) *time.Duration { return &r.To }),
	countField("limit", func(r *Rule) *int { return &r.Limit }),
	{"chance", false, readShare(func(r *Rule) *float64 { return &r.Chance }), showChance},

	{"delay", true, readInto(func(r *Rule) any { return &r.Delay }), showDelay},
	{"leg", true, readLeg, showLeg},
	special(countField("code", func(r *Rule) *int { return &r.Code })),
}

func special(f field) field {
	f.special = true
	return f
}

// fieldNamed returns a field, or says which one was perhaps meant.
func fieldNamed(name string) (field, error) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, fmt.Errorf("got the field %q, which no rule has%s",
			name, suggest.Hint(name, fieldNames()))
	}
	return fields[i], nil
}

func fieldNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// checkFields refuses parameters that the rule's kind has no use for.
func (r *Rule) checkFields(s stage) error {
	for _, f := range fields {
		if f.special && f.show(r) != nil && !slices.Contains(s.parameters, f.name) {
			return fmt.Errorf("got a %s, which %s has not", f.name, r.Kind)
		}
	}
	return nil
}

func textField(name string, at func(*Rule) *string) field {
	return field{name, false, readText(at), showText(at)}
}

func readText(at func(*Rule) *string) func(*Rule, json.RawMessage) error {
	return func(r *Rule, raw json.RawMessage) error {
		if json.Unmarshal(raw, at(r)) != nil {
			return fmt.Errorf("got %s, want a text", raw)
		}
		return nil
	}
}

func showText(at func(*Rule) *string) func(*Rule) any {
	return func(r *Rule) any { return unlessZero(*at(r)) }
}

// unlessZero is nil for a zero value, which a rule's JSON form leaves out.
func unlessZero[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}

func countField(name string, at func(*Rule) *int) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			if json.Unmarshal(raw, at(r)) != nil {
				return fmt.Errorf("got %s, want a whole number", raw)
			}
			return nil
		},
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

func durationField(name string, at func(*Rule) *time.Duration) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				return fmt.Errorf(`got %s, want a duration such as "250ms" or "1h30m"`, raw)
			}
			d, err := parseDuration(text)
			*at(r) = d
			return err
		},
		show: func(r *Rule) any {
			if *at(r) == 0 {
				return nil
			}
			return durationText(*at(r))
		},
	}
}

// readShare reads a number from 0 to 1, or a text with a per cent sign.
func readShare(at func(*Rule) *float64) func(*Rule, json.RawMessage) error {
	return func(r *Rule, raw json.RawMessage) error {
		text := string(raw)
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		share, err := parseShare(text)
		*at(r) = share
		return err
	}
}

// showChance leaves out the chance 1, which a rule without one has.
func showChance(r *Rule) any {
	if r.Chance == 1 {
		return nil
	}
	return r.Chance
}

func readInto(at func(*Rule) any) func(*Rule, json.RawMessage) error {
	return func(r *Rule, raw json.RawMessage) error { return json.Unmarshal(raw, at(r)) }
}

func showDelay(r *Rule) any {
	if r.Delay.isNone() {
		return nil
	}
	return r.Delay
}

var legNames = []string{LegBoth: "both", LegSend: "send", LegReply: "reply"}

func readLeg(r *Rule, raw json.RawMessage) error {
	var name string
	_ = json.Unmarshal(raw, &name) // what is no text is no leg either
	leg := slices.Index(legNames, name)
	if leg < 0 {
		return fmt.Errorf("got the leg %s, want one of %q", raw, legNames)
	}
	r.Leg = Leg(leg)
	return nil
}

func showLeg(r *Rule) any {
	if r.Leg == LegBoth || int(r.Leg) >= len(legNames) {
		return unlessZero(r.Leg)
	}
	return legNames[r.Leg]
}

// opGroups are names for several operations.
var opGroups = map[string]func(emulator.Op) bool{
	"*":      func(emulator.Op) bool { return true },
	"writes": emulator.Op.Writes,
	"lists": func(op emulator.Op) bool {
		switch op {
		case emulator.OpListKeys, emulator.OpListStores, emulator.OpListVersions,
			emulator.OpListSorted:
			return true
		}
		return false
	},
	"reads": func(op emulator.Op) bool {
		switch op {
		case emulator.OpGet, emulator.OpGetMany, emulator.OpGetVersion, emulator.OpGetVersionAt:
			return true
		}
		return false
	},
}

// allOps are the operations that there are.
var allOps = func() (ops []emulator.Op) {
	for op := emulator.OpGet; op <= emulator.OpRestoreStore; op++ {
		ops = append(ops, op)
	}
	return ops
}()

// opsNamed returns the operations of a name: "put", or a group such as "writes".
func opsNamed(name string) ([]emulator.Op, error) {
	within, isGroup := opGroups[name]
	var ops []emulator.Op
	names := []string{"reads", "writes", "lists"}
	for _, op := range allOps {
		if isGroup && within(op) || !isGroup && op.String() == name {
			ops = append(ops, op)
		}
		names = append(names, op.String())
	}
	if ops == nil {
		return nil, fmt.Errorf("got the operation %q, want one of %q%s",
			name, names, suggest.Hint(name, names))
	}
	return ops, nil
}

// readOps reads a name or a list of names.
func readOps(r *Rule, raw json.RawMessage) error {
	var names []string
	var single string
	switch {
	case json.Unmarshal(raw, &single) == nil:
		names = []string{single}
	case json.Unmarshal(raw, &names) != nil || len(names) == 0:
		return errors.New(`got no operations, want a name or a list such as ["get", "put"]`)
	}
	r.Ops = nil
	for _, name := range names {
		ops, err := opsNamed(name)
		if err != nil {
			return err
		}
		r.Ops = append(r.Ops, ops...)
	}
	slices.Sort(r.Ops)
	if r.Ops = slices.Compact(r.Ops); len(r.Ops) == len(allOps) {
		r.Ops = nil
	}
	return nil
}

func showOps(r *Rule) any {
	if len(r.Ops) == 0 {
		return nil
	}
	names := make([]string, len(r.Ops))
	for i, op := range r.Ops {
		names[i] = op.String()
	}
	return names
}
