package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Source is the plan as a scenario file, without what need not be said.
func (p *Plan) Source() string {
	given, usual := treeOf(p), treeOf(new(newPlan()))
	var b strings.Builder
	b.WriteString("--!strict\nreturn {\n")
	for _, name := range []string{
		"name", "about", "system", "servers", "limits", "warmup", "horizon", "linger", "drain",
		"deadline", "players", "faults", "hazards", "events", "probe", "seed", "worlds", "claims",
		"confidence",
	} {
		value := unusual(given[name], usual[name])
		if value == nil {
			continue
		}
		if list, ok := value.([]any); ok && len(list) > 1 && name != "claims" {
			fmt.Fprintf(&b, "\t%s = {\n", name)
			for _, item := range list {
				fmt.Fprintf(&b, "\t\t%s,\n", luau(item))
			}
			b.WriteString("\t},\n")
			continue
		}
		fmt.Fprintf(&b, "\t%s = %s,\n", name, luau(value))
	}
	b.WriteString("}\n")
	return b.String()
}

// treeOf is a plan as plain data.
func treeOf(p *Plan) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(p.canonical()))
	decoder.UseNumber()
	var tree map[string]any
	if err := decoder.Decode(&tree); err != nil {
		panic("scenarios: " + err.Error())
	}
	return tree
}

// unusual is what a value says beyond the usual one; nil if nothing.
func unusual(value, usual any) any {
	fields, ok := value.(map[string]any)
	if !ok {
		if reflect.DeepEqual(value, usual) || value == "" {
			return nil
		}
		return value
	}
	left := map[string]any{}
	for name, field := range fields {
		if said := unusual(field, fieldsOf(usual)[name]); said != nil {
			left[name] = said
		}
	}
	if len(left) == 0 {
		return nil
	}
	return left
}

// luau writes plain data as a Luau expression on one line.
func luau(value any) string {
	switch v := value.(type) {
	case nil:
		return "nil"
	case string:
		return quoted(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = luau(item)
		}
		return "{ " + strings.Join(items, ", ") + " }"
	case map[string]any:
		var items []string
		for _, name := range sortedKeys(v) {
			key := name
			if !identifier(name) {
				key = "[" + quoted(name) + "]"
			}
			items = append(items, key+" = "+luau(v[name]))
		}
		return "{ " + strings.Join(items, ", ") + " }"
	}
	return fmt.Sprint(value)
}

// quoted writes a text as a Luau string. What Go escapes by code points, Luau has in other words.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f:
			b.WriteString(`\` + fmt.Sprintf("%03s", strconv.Itoa(int(c))))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// keywords are those names that Luau keeps for itself.
const keywords = " and break do else elseif end false for function if in local nil not or " +
	"repeat return then true until while "

func identifier(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && !strings.Contains(keywords, " "+name+" ")
}
