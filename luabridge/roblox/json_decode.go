package roblox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// decodeJSON turns JSON into a fresh Luau value (R50): a null member is absent, a null item a hole
// (R55), and objects that stand for buffers and special numbers are those again (R41, R42).
//
// Strings share memory with text.
func decodeJSON(v *vm.VM, text string) (lua.LValue, error) {
	d := decoder{vm: v, text: text}
	value, ok := d.value(0)
	if ok {
		d.space()
		ok = d.at == len(text)
	}
	if !ok {
		return nil, d.err()
	}
	return value, nil
}

// decoder reads JSON from left to right. Its methods report whether what they read is right; where
// it is not, at stays on the culprit.
type decoder struct {
	vm      *vm.VM
	text    string
	at      int
	items   []lua.LValue // of the arrays being read, one after the other
	members []decoded    // of the objects being read
}

type decoded struct {
	key   string
	value lua.LValue
}

func (d *decoder) err() error {
	if d.at >= len(d.text) {
		return fmt.Errorf("the JSON ends too early, after %d bytes", len(d.text))
	}
	r, _ := utf8.DecodeRuneInString(d.text[d.at:])
	return fmt.Errorf("byte %d of the JSON: %q does not belong here", d.at+1, r)
}

func (d *decoder) value(depth int) (lua.LValue, bool) {
	d.space()
	if d.at == len(d.text) || depth > jsonDepthMax {
		return nil, false
	}
	switch c := d.text[d.at]; c {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"':
		s, ok := d.string()
		return lua.LString(s), ok
	case 't':
		return lua.LTrue, d.word("true")
	case 'f':
		return lua.LFalse, d.word("false")
	case 'n':
		return lua.LNil, d.word("null")
	}
	return d.number()
}

func (d *decoder) array(depth int) (lua.LValue, bool) {
	base := len(d.items)
	d.at++ // consume '['
	d.space()
	for more := !d.byte(']'); more; {
		item, ok := d.value(depth + 1)
		if !ok {
			return nil, false
		}
		d.items = append(d.items, item)
		d.space()
		switch {
		case d.byte(','):
		case d.byte(']'):
			more = false
		default:
			return nil, false
		}
	}
	items := d.items[base:]
	d.items = d.items[:base]
	return machine.NewList(items), true
}

func (d *decoder) object(depth int) (lua.LValue, bool) {
	base := len(d.members)
	d.at++ // consume '{'
	d.space()
	for more := !d.byte('}'); more; {
		d.space()
		if d.at == len(d.text) || d.text[d.at] != '"' {
			return nil, false
		}
		key, ok := d.string()
		if !ok {
			return nil, false
		}
		d.space()
		if !d.byte(':') {
			return nil, false
		}
		value, ok := d.value(depth + 1)
		if !ok {
			return nil, false
		}
		d.members = append(d.members, decoded{key: key, value: value})
		d.space()
		switch {
		case d.byte(','):
		case d.byte('}'):
			more = false
		default:
			return nil, false
		}
	}
	members := d.members[base:]
	d.members = d.members[:base]
	return d.assemble(members), true
}

// assemble makes an object's table, or what the object stands for.
func (d *decoder) assemble(members []decoded) lua.LValue {
	table := d.vm.NewTable(0, len(members))
	tagged := false
	for _, m := range members {
		tagged = tagged || m.key == tagMember && m.value == lua.LNil
		machine.SetField(table, m.key, m.value)
	}
	if tagged {
		if value := untag(table); value != nil {
			return value
		}
	}
	return table
}

// string reads what is in quotes.
func (d *decoder) string() (string, bool) {
	d.at++ // consume '"'
	start := d.at
	for d.at < len(d.text) {
		c := d.text[d.at]
		switch {
		case c == '"':
			d.at++
			return d.text[start : d.at-1], true
		case c == '\\':
			return d.escaped(start)
		case c < ' ' || !d.character():
			return "", false
		}
	}
	return "", false
}

// character moves past one character.
func (d *decoder) character() bool {
	if d.text[d.at] < utf8.RuneSelf {
		d.at++
		return true
	}
	r, size := utf8.DecodeRuneInString(d.text[d.at:])
	if r == utf8.RuneError && size == 1 {
		return false
	}
	d.at += size
	return true
}

// escaped reads on in a string that began at start, from its first backslash.
func (d *decoder) escaped(start int) (string, bool) {
	var b strings.Builder
	for d.at < len(d.text) {
		c := d.text[d.at]
		switch {
		case c == '"':
			b.WriteString(d.text[start:d.at])
			d.at++
			return b.String(), true
		case c == '\\':
			b.WriteString(d.text[start:d.at])
			r, ok := d.escape()
			if !ok {
				return "", false
			}
			b.WriteRune(r)
			start = d.at
		case c < ' ' || !d.character():
			return "", false
		}
	}
	return "", false
}

// escape reads one escape, or the two that make a surrogate pair; half a pair is U+FFFD.
func (d *decoder) escape() (rune, bool) {
	if d.at+1 >= len(d.text) {
		d.at = len(d.text)
		return 0, false
	}
	c := d.text[d.at+1]
	if c == 'u' {
		return d.codePoint()
	}
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	i := strings.IndexByte(letters, c)
	if i < 0 {
		return 0, false
	}
	d.at += 2
	return rune(meanings[i]), true
}

func (d *decoder) codePoint() (rune, bool) {
	high, ok := d.hex()
	if !ok || !utf16.IsSurrogate(high) {
		return high, ok
	}
	if rest := d.text[d.at:]; strings.HasPrefix(rest, `\u`) {
		before := d.at
		low, ok := d.hex()
		if !ok {
			return 0, false
		}
		if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
			return r, true
		}
		d.at = before
	}
	return utf8.RuneError, true
}

// hex reads \uXXXX.
func (d *decoder) hex() (rune, bool) {
	if len(d.text)-d.at < 6 {
		d.at = len(d.text)
		return 0, false
	}
	n := rune(0)
	for i := d.at + 2; i < d.at+6; i++ {
		switch c := d.text[i]; {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			d.at = i
			return 0, false
		}
	}
	d.at += 6
	return n, true
}

// digitsExact is how many decimal digits any int64 and any double hold exactly.
const digitsExact = 15

func (d *decoder) number() (lua.LValue, bool) {
	start := d.at
	negative := d.byte('-')
	first := d.at
	if !d.byte('0') && !d.digits() {
		return nil, false
	}
	whole := true
	if d.byte('.') {
		whole = false
		if !d.digits() {
			return nil, false
		}
	}
	if d.byte('e') || d.byte('E') {
		whole = false
		if !d.byte('+') {
			d.byte('-')
		}
		if !d.digits() {
			return nil, false
		}
	}
	if whole && !negative && d.at-first <= digitsExact {
		n := 0
		for _, c := range []byte(d.text[first:d.at]) {
			n = n*10 + int(c-'0')
		}
		return lua.LNumber(n), true
	}
	n, err := strconv.ParseFloat(d.text[start:d.at], 64)
	if err != nil && !math.IsInf(n, 0) {
		panic(err) // the grammar above is stricter
	}
	return lua.LNumber(n), true
}

func (d *decoder) digits() bool {
	start := d.at
	for d.at < len(d.text) && '0' <= d.text[d.at] && d.text[d.at] <= '9' {
		d.at++
	}
	return d.at > start
}

func (d *decoder) word(word string) bool {
	if !strings.HasPrefix(d.text[d.at:], word) {
		return false
	}
	d.at += len(word)
	return true
}

func (d *decoder) byte(want byte) bool {
	if d.at == len(d.text) || d.text[d.at] != want {
		return false
	}
	d.at++
	return true
}

func (d *decoder) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\r', '\n':
			d.at++
		default:
			return
		}
	}
}
