package emulator

import "unicode/utf8"

// validJSON reports whether text is one JSON value in valid UTF-8 (R39), nested no deeper than
// valueDepthMax. encoding/json's check is several times slower than storing the value, and lets
// malformed UTF-8 pass.
func validJSON(text []byte) bool {
	s := jsonScanner{text: text}
	if !s.value(0) {
		return false
	}
	s.space()
	return s.at == len(text)
}

// jsonScanner walks over JSON text; each method consumes one production and reports whether it was
// there.
type jsonScanner struct {
	text []byte
	at   int
}

// value = object | array | string | number | "true" | "false" | "null"
func (s *jsonScanner) value(depth int) bool {
	s.space()
	if depth > valueDepthMax || s.at == len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '{':
		return s.list('}', depth, s.member)
	case '[':
		return s.list(']', depth, s.value)
	case '"':
		return s.string()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

// list = open [ item { "," item } ] close
func (s *jsonScanner) list(end byte, depth int, item func(depth int) bool) bool {
	s.at++ // consume the bracket
	s.space()
	if s.byte(end) {
		return true
	}
	for {
		if !item(depth + 1) {
			return false
		}
		s.space()
		if s.byte(end) {
			return true
		}
		if !s.byte(',') {
			return false
		}
	}
}

// member = string ":" value
func (s *jsonScanner) member(depth int) bool {
	s.space()
	if s.at == len(s.text) || s.text[s.at] != '"' || !s.string() {
		return false
	}
	s.space()
	return s.byte(':') && s.value(depth)
}

// string = '"' { character | escape } '"'
func (s *jsonScanner) string() bool {
	s.at++ // consume the quote
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return true
		case c == '\\':
			if !s.escape() {
				return false
			}
		case c < ' ':
			return false
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return false
			}
			s.at += size
		}
	}
	return false
}

// escape = "\" ( one of "\/bfnrt | "u" 4 hexadecimal digits )
func (s *jsonScanner) escape() bool {
	if s.at+1 == len(s.text) {
		return false
	}
	c := s.text[s.at+1]
	s.at += 2
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if s.at == len(s.text) || !isHex(s.text[s.at]) {
				return false
			}
			s.at++
		}
		return true
	}
	return false
}

// number = ["-"] ( "0" | digits not starting with 0 ) [ "." digits ] [ ("e"|"E") ["+"|"-"] digits ]
func (s *jsonScanner) number() bool {
	s.byte('-')
	if !s.byte('0') && !s.digits() {
		return false
	}
	if s.byte('.') && !s.digits() {
		return false
	}
	if s.byte('e') || s.byte('E') {
		if !s.byte('+') {
			s.byte('-')
		}
		return s.digits()
	}
	return true
}

func (s *jsonScanner) digits() bool {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at > start
}

func (s *jsonScanner) word(word string) bool {
	if len(s.text)-s.at < len(word) || string(s.text[s.at:s.at+len(word)]) != word {
		return false
	}
	s.at += len(word)
	return true
}

func (s *jsonScanner) byte(want byte) bool {
	if s.at == len(s.text) || s.text[s.at] != want {
		return false
	}
	s.at++
	return true
}

func (s *jsonScanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
