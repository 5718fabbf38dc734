package stdlib

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// pattern is a parsed string pattern: a row of elements that match one after the other. What is
// wrong with a pattern is an element too, because it is an error only if matching gets that far.
type pattern struct {
	elements []element
	anchored bool
	captures int    // how many there are when all elements have matched
	open     uint32 // a bit for each of these that is not closed
}

type elementKind uint8

const (
	elemLiteral  elementKind = iota // one given byte
	elemSet                         // one byte of a set
	elemOpen                        // begins a capture
	elemClose                       // ends one
	elemPosition                    // captures the position
	elemRepeat                      // what an earlier capture holds
	elemBalance                     // from one byte to the other that balances it
	elemFrontier                    // between a byte outside of the set and one in it
	elemEnd                         // the subject's end
	elemWrong                       // an error
)

type element struct {
	kind     elementKind
	quantity byte // '*', '+', '-', '?', or 0 for exactly one
	char     byte // the literal; what opens a balance
	closing  byte // what closes a balance
	capture  int
	set      *byteSet
	problem  string
}

const capturesMax = 32

const patternsKept = 256

// patternOf parses a pattern that may begin with an anchor, or finds it among those of before.
func patternOf(L *lua.LState, text string) *pattern {
	v := vm.Of(L)
	if p, ok := v.Parsed[text].(*pattern); ok {
		return p
	}
	if len(v.Parsed) == patternsKept {
		clear(v.Parsed)
	}
	p := parsePattern(text, true)
	v.Parsed[text] = p
	return p
}

// parsePattern never fails; see elemWrong.
func parsePattern(text string, mayAnchor bool) *pattern {
	p := &pattern{}
	if mayAnchor && strings.HasPrefix(text, "^") {
		p.anchored, text = true, text[1:]
	}
	r := patternReader{text: text, elements: make([]element, 0, len(text))}
	for r.pos < len(r.text) && !r.wrong {
		r.next()
	}
	p.elements, p.captures = r.elements, len(r.closed)
	for i, closed := range r.closed {
		if !closed {
			p.open |= 1 << i
		}
	}
	return p
}

type patternReader struct {
	text     string
	pos      int
	elements []element
	closed   []bool // of each capture begun
	wrong    bool
}

func (r *patternReader) add(e element) { r.elements = append(r.elements, e) }

func (r *patternReader) fail(format string, args ...any) {
	r.add(element{kind: elemWrong, problem: fmt.Sprintf(format, args...)})
	r.wrong = true
}

func (r *patternReader) next() {
	rest := r.text[r.pos:]
	switch {
	case rest[0] == '(':
		r.openCapture(rest)
	case rest[0] == ')':
		r.closeCapture()
	case rest == "$":
		r.pos++
		r.add(element{kind: elemEnd})
	case strings.HasPrefix(rest, "%b"):
		if len(rest) < 4 {
			r.fail("malformed pattern (missing arguments to '%%b')")
			return
		}
		r.pos += 4
		r.add(element{kind: elemBalance, char: rest[2], closing: rest[3]})
	case strings.HasPrefix(rest, "%f"):
		r.pos += 2
		if r.pos == len(r.text) || r.text[r.pos] != '[' {
			r.fail("missing '[' after '%%f' in pattern")
			return
		}
		if e := r.single(); !r.wrong {
			e.kind = elemFrontier
			r.add(e)
		}
	case rest[0] == '%' && len(rest) > 1 && isDigit(rest[1]):
		r.repeatCapture(int(rest[1]) - '1')
	default:
		if e := r.single(); !r.wrong {
			r.quantify(&e)
			r.add(e)
		}
	}
}

func (r *patternReader) openCapture(rest string) {
	r.pos++
	if len(r.closed) == capturesMax {
		r.fail("too many captures")
		return
	}
	e := element{kind: elemOpen, capture: len(r.closed)}
	if strings.HasPrefix(rest, "()") {
		r.pos++
		e.kind = elemPosition
	}
	r.closed = append(r.closed, e.kind == elemPosition)
	r.add(e)
}

func (r *patternReader) closeCapture() {
	r.pos++
	for i := len(r.closed) - 1; i >= 0; i-- {
		if !r.closed[i] {
			r.closed[i] = true
			r.add(element{kind: elemClose, capture: i})
			return
		}
	}
	r.fail("invalid pattern capture")
}

func (r *patternReader) repeatCapture(index int) {
	r.pos += 2
	if index < 0 || index >= len(r.closed) || !r.closed[index] {
		r.fail("invalid capture index %%%d", index+1)
		return
	}
	r.add(element{kind: elemRepeat, capture: index})
}

// single reads what matches one byte.
func (r *patternReader) single() element {
	c := r.text[r.pos]
	r.pos++
	switch c {
	case '.':
		return element{kind: elemSet, set: &anyByte}
	case '[':
		return element{kind: elemSet, set: r.set()}
	case '%':
		if r.pos == len(r.text) {
			r.fail("malformed pattern (ends with '%%')")
			return element{}
		}
		c = r.text[r.pos]
		r.pos++
		if set := classSets[c]; set != nil {
			return element{kind: elemSet, set: set}
		}
	}
	return element{kind: elemLiteral, char: c}
}

func (r *patternReader) quantify(e *element) {
	if r.pos < len(r.text) && strings.IndexByte("*+-?", r.text[r.pos]) >= 0 {
		e.quantity = r.text[r.pos]
		r.pos++
	}
}

// set reads a set after its '['. A ']' that comes first stands for itself.
func (r *patternReader) set() *byteSet {
	set := &byteSet{}
	complement := r.pos < len(r.text) && r.text[r.pos] == '^'
	if complement {
		r.pos++
	}
	for first := true; ; first = false {
		rest := r.text[r.pos:]
		switch {
		case rest == "":
			r.fail("malformed pattern (missing ']')")
			return set
		case rest[0] == ']' && !first:
			r.pos++
			if complement {
				set.invert()
			}
			return set
		case rest[0] == '%' && len(rest) > 1:
			r.pos += 2
			if class := classSets[rest[1]]; class != nil {
				set.join(class)
			} else {
				set.add(rest[1], rest[1])
			}
		case len(rest) > 2 && rest[1] == '-' && rest[2] != ']':
			r.pos += 3
			set.add(rest[0], rest[2])
		default:
			r.pos++
			set.add(rest[0], rest[0])
		}
	}
}

// match is one attempt to match a pattern at a place of a subject.
type match struct {
	L        *lua.LState
	pattern  *pattern
	subject  string
	starts   [capturesMax]int
	ends     [capturesMax]int // positionMark for a captured position
	depth    int
	attempts int
}

const (
	positionMark  = -1
	matchDepthMax = 200 // Luau's limit on its C stack
)

// at tries to match all of the pattern from a place on, and returns where the match ends, or -1.
func (m *match) at(place int) int {
	m.depth = 0
	return m.from(0, place)
}

// from matches the elements from index on.
func (m *match) from(index, place int) int {
	if m.depth++; m.depth > matchDepthMax {
		vm.Errorf(m.L, "pattern too complex")
	}
	after := m.walk(index, place)
	m.depth--
	return after
}

// walk goes from element to element, up to the first that leaves a choice.
func (m *match) walk(index, place int) int {
	for ; index < len(m.pattern.elements); index++ {
		e := &m.pattern.elements[index]
		switch {
		case e.quantity != 0:
			return m.repeated(e, index, place)
		case e.kind == elemOpen, e.kind == elemClose, e.kind == elemPosition:
			return m.capture(e, index, place)
		}
		if place = m.one(e, place); place < 0 {
			return -1
		}
	}
	return place
}

// one matches an element that stands for itself; it returns the place after it, or -1.
func (m *match) one(e *element, place int) int {
	switch e.kind {
	case elemLiteral, elemSet:
		if m.fits(e, place) {
			return place + 1
		}
	case elemEnd:
		if place == len(m.subject) {
			return place
		}
	case elemRepeat:
		held := m.subject[m.starts[e.capture]:max(m.ends[e.capture], m.starts[e.capture])]
		if strings.HasPrefix(m.subject[place:], held) {
			return place + len(held)
		}
	case elemBalance:
		return m.balance(e, place)
	case elemFrontier:
		var before, here byte
		if place > 0 {
			before = m.subject[place-1]
		}
		if place < len(m.subject) {
			here = m.subject[place]
		}
		if !e.set.has(before) && e.set.has(here) {
			return place
		}
	case elemWrong:
		vm.Errorf(m.L, "%s", e.problem)
	}
	return -1
}

func (m *match) fits(e *element, place int) bool {
	if place >= len(m.subject) {
		return false
	}
	if e.kind == elemLiteral {
		return m.subject[place] == e.char
	}
	return e.set.has(m.subject[place])
}

func (m *match) balance(e *element, place int) int {
	if place >= len(m.subject) || m.subject[place] != e.char {
		return -1
	}
	for level := 1; ; {
		place++
		switch {
		case place >= len(m.subject):
			return -1
		case m.subject[place] == e.closing:
			if level--; level == 0 {
				return place + 1
			}
		case m.subject[place] == e.char:
			level++
		}
	}
}

// capture notes a place and forgets it if the rest does not match.
func (m *match) capture(e *element, index, place int) int {
	start, end := m.starts[e.capture], m.ends[e.capture]
	switch e.kind {
	case elemOpen:
		m.starts[e.capture] = place
	case elemClose:
		m.ends[e.capture] = place
	case elemPosition:
		m.starts[e.capture], m.ends[e.capture] = place, positionMark
	}
	if after := m.from(index+1, place); after >= 0 {
		return after
	}
	m.starts[e.capture], m.ends[e.capture] = start, end
	return -1
}

// repeated tries the counts that a quantity allows, in its order.
func (m *match) repeated(e *element, index, place int) int {
	least, most := 0, len(m.subject)-place
	switch e.quantity {
	case '+':
		least = 1
	case '?':
		most = min(most, 1)
	case '-':
		return m.fewest(e, index, place)
	}
	count := 0
	for count < most && m.fits(e, place+count) {
		count++
	}
	for ; count >= least; count-- {
		m.poll()
		if after := m.from(index+1, place+count); after >= 0 {
			return after
		}
	}
	return -1
}

func (m *match) fewest(e *element, index, place int) int {
	for {
		m.poll()
		if after := m.from(index+1, place); after >= 0 {
			return after
		}
		if !m.fits(e, place) {
			return -1
		}
		place++
	}
}

// poll lets a match that takes exponential time be stopped.
func (m *match) poll() {
	m.attempts++
	if m.attempts%stepsPerPoll == 0 {
		vm.Poll(m.L)
	}
}

// value returns a capture of the match from start to end. Without captures in the pattern, the
// whole match is the first one.
func (m *match) value(index, start, end int) lua.LValue {
	switch {
	case index >= m.pattern.captures && index != 0:
		vm.Errorf(m.L, "invalid capture index %%%d", index+1)
	case index >= m.pattern.captures:
		return lua.LString(m.subject[start:end])
	case m.pattern.open&(1<<index) != 0:
		vm.Errorf(m.L, "unfinished capture")
	case m.ends[index] == positionMark:
		return lua.LNumber(m.starts[index] + 1)
	}
	return lua.LString(m.subject[m.starts[index]:m.ends[index]])
}

// push pushes all captures, or with whole the match if there are none, and returns how many.
func (m *match) push(start, end int, whole bool) int {
	count := m.pattern.captures
	if count == 0 && whole {
		count = 1
	}
	for i := range count {
		m.L.Push(m.value(i, start, end))
	}
	return count
}
