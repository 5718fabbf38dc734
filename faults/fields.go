package faults

import (
	"encoding/json"
	"fmt"
	"slices"
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
	textField("kind", func(r *Rule) *string { return (*string)(&r.Kind) }),
	textField("id", func(r *Rule) *string { return &r.ID }),
	opsField(func(r *Rule) *[]emulator.Op { return &r.Ops }),
	textField("affects", func(r *Rule) *string { return &r.Affects }),
	textField("store", func(r *Rule) *string { return &r.Store }),
	textField("scope", func(r *Rule) *string { return &r.Scope }),
	textField("key", func(r *Rule) *string { return &r.Key }),
	textField("server", func(r *Rule) *string { return &r.Server }),
	durationField("from", func(r *Rule) *time.Duration { return &r.From }),
	durationField("to", func(r *Rule) *time.Duration { return &r.To }),
	durationField("every", func(r *Rule) *time.Duration { return &r.Every }),
	{name: "after", read: readAfter, show: showAfter},
	countField("nth", func(r *Rule) *int { return &r.Nth }),
	countField("limit", func(r *Rule) *int { return &r.Limit }),
	{name: "chance", read: shareField("", chanceOf).read, show: showChance},
	durationField("slot", func(r *Rule) *time.Duration { return &r.Slot }),
	shareField("swarm", func(r *Rule) *float64 { return &r.Swarm }),
	textField("target", func(r *Rule) *string { return &r.Target }),
	countField("partitions", func(r *Rule) *int { return &r.Partitions }),

	textField("mode", func(r *Rule) *string { return &r.Mode }),
	special(countField("code", func(r *Rule) *int { return &r.Code })),
	{name: "leg", special: true, read: readLeg, show: showLeg},
	special(distributionField("delay", func(r *Rule) *Distribution { return &r.Delay })),

	special(shareField("unavailability", func(r *Rule) *float64 { return &r.Unavailability })),
	special(durationField("meanOutage", func(r *Rule) *time.Duration { return &r.MeanOutage })),
	special(textField("shape", func(r *Rule) *string { return &r.Shape })),
	special(listField("schedule", func(r *Rule) *[]Window { return &r.Schedule })),
	special(shareField("common", func(r *Rule) *float64 { return &r.Common })),
	special(shareField("ackLoss", func(r *Rule) *float64 { return &r.AckLoss })),
	special(shareField("slowFail", func(r *Rule) *float64 { return &r.SlowFail })),
	special(shareField("blackhole", func(r *Rule) *float64 { return &r.Blackhole })),
	special(durationField("ramp", func(r *Rule) *time.Duration { return &r.Ramp })),

	special(factorField("factor", func(r *Rule) *float64 { return &r.Factor })),
	special(countField("perMinute", func(r *Rule) *int { return &r.PerMinute })),
	special(countField("times", func(r *Rule) *int { return &r.Times })),
	{name: "value", special: true, read: readValue, show: showValue},
	special(durationField("spread", func(r *Rule) *time.Duration { return &r.Spread })),
	special(durationField("age", func(r *Rule) *time.Duration { return &r.Age })),
	special(bytesField("bytes", func(r *Rule) *int64 { return &r.Bytes })),
	special(bytesField("growth", func(r *Rule) *int64 { return &r.Growth })),
	special(distributionField("between", func(r *Rule) *Distribution { return &r.Between })),
	special(listField("at", func(r *Rule) *[]Moment { return &r.At })),
	special(textField("scopeTo", func(r *Rule) *string { return &r.ScopeTo })),

	listField("only", func(r *Rule) *[]Fired { return &r.Only }),
}

func chanceOf(r *Rule) *float64 { return &r.Chance }

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
