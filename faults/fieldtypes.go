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

// The sorts of field that a rule's JSON form has.

func textField(name string, at func(*Rule) *string) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error { return readText(raw, at(r)) },
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

func readText(raw json.RawMessage, to *string) error {
	if json.Unmarshal(raw, to) != nil {
		return fmt.Errorf("got %s, want a text", raw)
	}
	return nil
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
		read: func(r *Rule, raw json.RawMessage) error { return readCount(raw, at(r)) },
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

func readCount(raw json.RawMessage, to *int) error {
	if json.Unmarshal(raw, to) != nil {
		return fmt.Errorf("got %s, want a whole number", raw)
	}
	return nil
}

func durationField(name string, at func(*Rule) *time.Duration) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			return (*Moment)(at(r)).UnmarshalJSON(raw)
		},
		show: func(r *Rule) any {
			if *at(r) == 0 {
				return nil
			}
			return Moment(*at(r))
		},
	}
}

// Moment is a time since something, written as a duration.
type Moment time.Duration

// MarshalJSON writes it as "1h30m".
func (m Moment) MarshalJSON() ([]byte, error) {
	return json.Marshal(durationText(time.Duration(m)))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Moment) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return fmt.Errorf(`got %s, want a duration such as "250ms" or "1h30m"`, raw)
	}
	d, err := parseDuration(text)
	*m = Moment(d)
	return err
}

// shareField is a number from 0 to 1, or a text with a per cent sign.
func shareField(name string, at func(*Rule) *float64) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			text := string(raw)
			if unquoted, err := strconv.Unquote(text); err == nil {
				text = unquoted
			}
			share, err := parseShare(text)
			*at(r) = share
			return err
		},
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

// showChance leaves out the chance 1, which a rule without one has.
func showChance(r *Rule) any {
	if r.Chance == 1 {
		return nil
	}
	return r.Chance
}

func factorField(name string, at func(*Rule) *float64) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			if json.Unmarshal(raw, at(r)) != nil {
				return fmt.Errorf("got %s, want a number", raw)
			}
			return nil
		},
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

// bytesField is a number of bytes, or a text with a unit.
func bytesField(name string, at func(*Rule) *int64) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			text := string(raw)
			if unquoted, err := strconv.Unquote(text); err == nil {
				text = unquoted
			}
			n, err := parseBytes(text)
			*at(r) = n
			return err
		},
		show: func(r *Rule) any { return unlessZero(*at(r)) },
	}
}

func distributionField(name string, at func(*Rule) *Distribution) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error { return at(r).UnmarshalJSON(raw) },
		show: func(r *Rule) any {
			if at(r).isNone() {
				return nil
			}
			return *at(r)
		},
	}
}

// listField is a list of what reads and writes its own JSON.
func listField[T any](name string, at func(*Rule) *[]T) field {
	return field{
		name: name,
		read: func(r *Rule, raw json.RawMessage) error {
			*at(r) = nil
			if err := json.Unmarshal(raw, at(r)); err != nil {
				return fmt.Errorf("got %.40s: %w", raw, err)
			}
			if *at(r) == nil {
				return errors.New("got null, want a list")
			}
			return nil
		},
		show: func(r *Rule) any {
			if *at(r) == nil {
				return nil
			}
			return *at(r)
		},
	}
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

// readValue reads any JSON, and keeps it in its shortest form.
func readValue(r *Rule, raw json.RawMessage) error {
	value, err := compact(raw)
	r.Value = value
	return err
}

func showValue(r *Rule) any {
	if r.Value == nil {
		return nil
	}
	return r.Value
}

// opGroups are names for several operations.
var opGroups = map[string]func(emulator.Op) bool{
	"*":      func(emulator.Op) bool { return true },
	"reads":  isRead,
	"writes": emulator.Op.Writes,
	"lists":  isList,
}

func isRead(op emulator.Op) bool {
	switch op {
	case emulator.OpGet, emulator.OpGetMany, emulator.OpGetVersion, emulator.OpGetVersionAt:
		return true
	}
	return false
}

func isList(op emulator.Op) bool {
	switch op {
	case emulator.OpListKeys, emulator.OpListStores, emulator.OpListVersions,
		emulator.OpListSorted:
		return true
	}
	return false
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

func opsField(at func(*Rule) *[]emulator.Op) field {
	return field{
		name: "ops",
		read: func(r *Rule, raw json.RawMessage) error { return readOps(raw, at(r)) },
		show: func(r *Rule) any {
			if len(*at(r)) == 0 {
				return nil
			}
			return opNames(*at(r))
		},
	}
}

// readOps reads a name or a list of names.
func readOps(raw json.RawMessage, to *[]emulator.Op) error {
	var names []string
	var single string
	switch {
	case json.Unmarshal(raw, &single) == nil:
		names = []string{single}
	case json.Unmarshal(raw, &names) != nil || len(names) == 0:
		return errors.New(`got no operations, want a name or a list such as ["get", "put"]`)
	}
	var all []emulator.Op
	for _, name := range names {
		ops, err := opsNamed(name)
		if err != nil {
			return err
		}
		all = append(all, ops...)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == len(allOps) {
		all = nil
	}
	*to = all
	return nil
}

func opNames(ops []emulator.Op) []string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.String()
	}
	return names
}
