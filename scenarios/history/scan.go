package history

import (
	"fmt"
	"strconv"
	"strings"
)

// scanner walks through a JSON text that is known to be valid, as all stored values are. It looks
// only at what it is asked for, because a world has thousands of values of which a small part
// matters.
type scanner struct {
	text string
	at   int
}

// peek returns the next byte that is no space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// skip passes over one value.
func (s *scanner) skip() {
	depth := 0
	switch s.peek() {
	case '"':
		s.skipString()
		return
	case '{', '[':
	default:
		for s.at < len(s.text) && !strings.ContainsRune(",]} \t\n\r", rune(s.text[s.at])) {
			s.at++
		}
		return
	}
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			s.skipString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return
		}
	}
}

// skipString passes over a string, from its quote to after the other one.
func (s *scanner) skipString() {
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
}

// raw returns the text of one value.
func (s *scanner) raw() string {
	s.peek()
	from := s.at
	s.skip()
	return s.text[from:min(s.at, len(s.text))]
}

// str returns the string that comes next.
func (s *scanner) str() (string, error) {
	if c := s.peek(); c != '"' {
		return "", fmt.Errorf("got %.20q, want a string", s.raw())
	}
	raw := s.raw()
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1], nil
	}
	return unquoted(raw)
}

// whole returns the whole number that comes next, however it is written.
func (s *scanner) whole() (int64, error) {
	raw := s.raw()
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(raw, 64)
	if n := int64(f); err == nil && float64(n) == f {
		return n, nil
	}
	return 0, fmt.Errorf("got %.20q, want a whole number", raw)
}

// members calls visit before each value of an object or an array; visit must pass over the value.
// The places of an array count as names, from 1: Luau writes a table without holes like that, and
// an empty one too. ok is false for other values, over which it passes.
func (s *scanner) members(visit func(name string) error) (ok bool, err error) {
	open := s.peek()
	if open != '{' && open != '[' {
		s.skip()
		return false, nil
	}
	s.at++
	for n := 1; ; n++ {
		switch s.peek() {
		case '}', ']', 0:
			s.at++
			return true, nil
		case ',':
			s.at++
		}
		name := ""
		if open == '[' {
			name = strconv.Itoa(n)
		} else {
			if name, err = s.str(); err != nil {
				return true, err
			}
			s.peek()
			s.at++ // the colon
		}
		if err := visit(name); err != nil {
			return true, err
		}
	}
}

// member returns the text of what path leads to, "" if there is nothing.
func member(text string, path []string) string {
	for _, want := range path {
		s, found := scanner{text: text}, ""
		_, err := s.members(func(name string) error {
			if name == want && found == "" {
				found = s.raw()
				return nil
			}
			s.skip()
			return nil
		})
		if err != nil || found == "" {
			return ""
		}
		text = found
	}
	return text
}
