package faults

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// damages are the ways in which a value can be damaged. Each gets a part of the value, and returns
// what becomes of it; false if it has nothing to do there.
var damages = map[string]func(part any) (any, bool){
	"dropField": func(part any) (any, bool) { return dropped{}, true },
	"nestedNil": func(part any) (any, bool) { return nil, part != nil },
	"flipType":  flipType,
	"huge": func(part any) (any, bool) { // what makes sums infinite, and then no numbers
		_, isNumber := part.(json.Number)
		return json.Number("1.7976931348623157e308"), isNumber
	},
	"truncate": func(part any) (any, bool) {
		text, isText := part.(string)
		return strings.ToValidUTF8(text[:len(text)/2], ""), isText && text != ""
	},
	"overDeep": func(part any) (any, bool) {
		for range overDeep {
			part = []any{part}
		}
		return part, true
	},
}

// overDeep is deeper than any data is on purpose.
const overDeep = 120

// dropped stands for a member of an object that is to go.
type dropped struct{}

func flipType(part any) (any, bool) {
	switch part := part.(type) {
	case json.Number:
		return part.String(), true
	case string:
		return json.Number("0"), true
	case bool:
		return map[bool]string{true: "true", false: "false"}[part], true
	case []any:
		return map[string]any{}, true
	case map[string]any:
		return []any{}, true
	}
	return nil, false
}

// damageNames are the modes of Corrupt and GarbledReply: one way, or any.
var damageNames = append([]string{"any"}, slices.Sorted(maps.Keys(damages))...)

// damage returns a value with one of its parts damaged, or false if there is none of the sort that
// the damage needs. It is the same for the same dice.
func damage(value json.RawMessage, how string, dice roll) (json.RawMessage, bool) {
	if how == "any" {
		ways := slices.DeleteFunc(slices.Clone(damageNames[1:]), func(way string) bool {
			_, ok := damage(value, way, dice)
			return !ok
		})
		if len(ways) == 0 {
			return value, false
		}
		how = ways[uint64(dice.part)*uint64(len(ways))>>32]
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	var whole any
	if decoder.Decode(&whole) != nil {
		return value, false
	}
	v := visitor{how: damages[how], onlyMembers: how == "dropField"}
	v.walk(whole, false)
	if v.seen == 0 {
		return value, false
	}
	v.chosen, v.seen = int(uint64(dice.size)*uint64(v.seen)>>32), 0
	v.damaging = true
	return encode(v.walk(whole, false))
}

func encode(value any) (json.RawMessage, bool) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return nil, false
	}
	return json.RawMessage(strings.TrimSuffix(text.String(), "\n")), true
}

// visitor goes through a value twice: it counts the parts that can be damaged, then damages one.
type visitor struct {
	how         func(any) (any, bool)
	onlyMembers bool
	damaging    bool
	seen        int
	chosen      int
}

func (v *visitor) walk(part any, isMember bool) any {
	if isMember || !v.onlyMembers {
		if damaged, can := v.how(part); can {
			v.seen++
			if v.damaging && v.seen-1 == v.chosen {
				return damaged
			}
		}
	}
	switch part := part.(type) {
	case []any:
		for i, element := range part {
			part[i] = v.walk(element, false)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(part)) {
			part[name] = v.walk(part[name], true)
			if part[name] == (dropped{}) {
				delete(part, name)
			}
		}
	}
	return part
}
