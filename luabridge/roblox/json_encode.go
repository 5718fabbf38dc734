package roblox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// Diagnostic tells a developer what Roblox's error text leaves out: which part of a value is the
// culprit, or what was lost without a word (R38, R44).
type Diagnostic struct {
	Call    string // what the script called: SetAsync of "player_1" in "Coins"
	Path    string // as Luau would spell it: value.pets[3].color
	Problem string
}

// Error returns the place and what is wrong with it.
func (d *Diagnostic) Error() string { return d.Path + ": " + d.Problem }

// diagnose passes on a diagnostic to whoever listens.
func (s *Server) diagnose(d Diagnostic) {
	if s.options.Diagnose != nil {
		s.options.Diagnose(d)
	}
}

// errJSONLarge says that a value's JSON is longer than its reader takes.
var errJSONLarge = errors.New("the JSON is too long")

const (
	// jsonDepthMax is how deep JSON may nest: as deep as the emulator takes it.
	jsonDepthMax = 1000
	// httpJSONBytesMax bounds HttpService's JSON, so that a table which holds another twice, which
	// holds a third twice, and so on, ends in an error. Assumed.
	httpJSONBytesMax = 256 << 20
)

// encoder writes a Luau value as JSON: without spaces, members sorted by key, metatables ignored
// (R43 to R49, R56).
type encoder struct {
	text     []byte
	bytesMax int
	http     bool         // HttpService's kind of JSON (R219), not that of data stores
	open     []container  // outermost first
	members  []jsonMember // of the objects in open, one after the other
	dropped  []Diagnostic // what was lost without an error
}

// container is a table being written, and the place in it that is.
type container struct {
	table *lua.LTable
	index int    // in an array, from 1
	key   string // in an object
}

// jsonMember is a key and its value.
type jsonMember struct {
	key    string
	number bool // the key was a number
	value  lua.LValue
}

// value appends one value. An error is errJSONLarge, or a *Diagnostic if the value has no JSON.
func (e *encoder) value(value lua.LValue) error {
	switch value := value.(type) {
	case *lua.LNilType:
		e.text = append(e.text, "null"...)
	case lua.LBool:
		e.text = strconv.AppendBool(e.text, bool(value))
	case lua.LNumber:
		e.number(float64(value))
	case lua.LString:
		return e.string(string(value))
	case *lua.LTable:
		return e.table(value)
	default:
		return e.object(value)
	}
	return nil
}

// object appends what is neither table nor scalar: a buffer, or something that has no JSON (R36).
func (e *encoder) object(value lua.LValue) error {
	if buffer := stdlib.AsBuffer(value); buffer != nil {
		return e.buffer(buffer.Data)
	}
	if e.http {
		e.text = append(e.text, "null"...)
		return nil
	}
	return e.flaw("a value of type %s cannot be stored", vm.TypeName(value))
}

// table appends a table as an array if its length is positive, as an object if not; an empty one is
// an array (R43).
func (e *encoder) table(t *lua.LTable) error {
	if len(e.open) == jsonDepthMax {
		return e.flaw("tables nest deeper than %d", jsonDepthMax)
	}
	for i := range e.open {
		if e.open[i].table == t {
			return e.flaw("the table contains itself: it is also %s", path(e.open[:i]))
		}
	}
	e.open = append(e.open, container{table: t})
	var err error
	if n := vm.Length(t); n > 0 {
		err = e.array(t, n)
	} else {
		err = e.dictionary(t)
	}
	e.open = e.open[:len(e.open)-1]
	return err
}

// array appends the items 1 to n, holes as null; what else the table holds is lost (R44, R46).
func (e *encoder) array(t *lua.LTable, n int) error {
	place := len(e.open) - 1
	e.text = append(e.text, '[')
	for i := 1; i <= n; i++ {
		if i > 1 {
			e.text = append(e.text, ',')
		}
		e.open[place].index = i
		if err := e.value(machine.Item(t, i)); err != nil {
			return err
		}
		if len(e.text) > e.bytesMax {
			return errJSONLarge
		}
	}
	e.text = append(e.text, ']')
	return e.leftOver(t, n)
}

// leftOver notes the keys of an array of n items that its JSON cannot hold.
func (e *encoder) leftOver(t *lua.LTable, n int) error {
	rest, _ := machine.After(t, lua.LNumber(n))
	first, _, ok := rest.Next()
	if !ok {
		return nil
	}
	lost := 0
	for key := first; ok; key, _, ok = rest.Next() {
		if err := e.keyable(key); err != nil {
			return err
		}
		lost++
	}
	e.dropped = append(e.dropped, Diagnostic{
		Path: path(e.open[:len(e.open)-1]),
		Problem: fmt.Sprintf("an array loses its other keys: %d of them, such as %s",
			lost, vm.Text(first)),
	})
	return nil
}

// dictionary appends a table without a list part. Numeric keys become strings (R45).
func (e *encoder) dictionary(t *lua.LTable) error {
	base := len(e.members)
	if err := e.collect(t); err != nil {
		return err
	}
	members := e.members[base:]
	if len(members) == 0 {
		e.text = append(e.text, "[]"...)
		return nil
	}
	place := len(e.open) - 1
	for i, m := range members {
		opening := byte(',')
		switch {
		case i == 0:
			opening = '{'
		case m.key == members[i-1].key: // t["5"] hides t[5]; assumed
			continue
		}
		e.text = append(e.text, opening)
		e.open[place].key = m.key
		if err := e.string(m.key); err != nil {
			return err
		}
		e.text = append(e.text, ':')
		if err := e.value(m.value); err != nil {
			return err
		}
		if len(e.text) > e.bytesMax {
			return errJSONLarge
		}
	}
	e.text = append(e.text, '}')
	e.members = e.members[:base]
	return nil
}

// collect adds a table's members to e.members, sorted by key.
func (e *encoder) collect(t *lua.LTable) error {
	base := len(e.members)
	sorted := true
	for key, value := range machine.All(t) {
		m := jsonMember{value: value}
		switch k := key.(type) {
		case lua.LString:
			m.key = string(k)
		case lua.LNumber:
			m.key, m.number = vm.FormatNumber(float64(k)), true
		default:
			if err := e.keyable(key); err != nil {
				return err
			}
			continue
		}
		sorted = sorted && (len(e.members) == base || e.members[len(e.members)-1].key < m.key)
		e.members = append(e.members, m)
	}
	if !sorted { // what was read from a data store is, as long as nothing was added
		slices.SortFunc(e.members[base:], compareMembers)
	}
	return nil
}

// compareMembers orders by key, and t["5"] before t[5].
func compareMembers(a, b jsonMember) int {
	if order := strings.Compare(a.key, b.key); order != 0 {
		return order
	}
	if a.number {
		return 1
	}
	return -1
}

// keyable refuses keys that are neither strings nor numbers (R47). HttpService leaves them out;
// assumed.
func (e *encoder) keyable(key lua.LValue) error {
	switch key.(type) {
	case lua.LString, lua.LNumber:
		return nil
	}
	if e.http {
		return nil
	}
	return &Diagnostic{
		Path: path(e.open[:len(e.open)-1]),
		Problem: fmt.Sprintf("a key of type %s cannot be stored; only strings and numbers can",
			vm.TypeName(key)),
	}
}

// flaw blames the place that is being written.
func (e *encoder) flaw(format string, args ...any) error {
	return &Diagnostic{Path: path(e.open), Problem: fmt.Sprintf(format, args...)}
}

// path spells the way from the outermost value to the place being written.
func path(open []container) string {
	var b strings.Builder
	b.WriteString("value")
	for _, c := range open {
		switch {
		case c.index > 0:
			fmt.Fprintf(&b, "[%d]", c.index)
		case isName(c.key):
			b.WriteString("." + c.key)
		default:
			fmt.Fprintf(&b, "[%q]", c.key)
		}
	}
	return b.String()
}

// isName reports whether a key can be written after a dot.
func isName(key string) bool {
	for i := 0; i < len(key); i++ {
		switch c := key[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case '0' <= c && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return key != ""
}
