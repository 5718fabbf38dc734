package syntax

import (
	"strings"
	"unicode/utf8"
)

// quoted reads a string between single or double quotes.
func (l *lexer) quoted(t *token, quote byte) {
	l.off++
	start := l.off
	for l.off < len(l.src) {
		switch c := l.src[l.off]; c {
		case quote:
			t.kind = tokString
			t.text = l.src[start:l.off]
			l.off++
			return
		case '\n', '\r':
			t.kind = tokBrokenString
			return
		case '\\':
			t.escaped = true
			l.escape()
		default:
			l.off++
		}
	}
	t.kind = tokBrokenString
}

// escape steps over a backslash and what it hides from the search for the end of the string.
func (l *lexer) escape() {
	l.off++
	switch l.at(0) {
	case '\n':
		l.newLine()
	case '\r':
		l.off++
		if l.at(0) == '\n' {
			l.newLine()
		}
	case 'z':
		l.off++
		l.skipSpace()
	default:
		if l.off < len(l.src) {
			l.off++
		}
	}
}

// bracket reads "[" or a long string.
func (l *lexer) bracket(t *token) {
	level := l.longOpen()
	if level < 0 {
		if l.at(1) == '=' {
			l.punctuation(t, tokBrokenString, 1)
			return
		}
		l.punctuation(t, tokOpenBracket, 1)
		return
	}
	text, ok := l.longText(level)
	t.text = text
	t.kind = tokRawString
	if !ok {
		t.kind = tokBrokenString
	}
}

// interpolated reads a piece of an interpolated string: up to "{" it is the kind more, up to the
// closing backquote the kind last.
func (l *lexer) interpolated(t *token, more, last kind) {
	start := l.off
	for l.off < len(l.src) {
		switch l.src[l.off] {
		case '`':
			t.kind = last
			t.text = l.src[start:l.off]
			l.off++
			return
		case '{':
			l.braces = append(l.braces, true)
			if l.at(1) == '{' {
				l.punctuation(t, tokBrokenInterp, 2)
				return
			}
			t.kind = more
			t.text = l.src[start:l.off]
			l.off++
			return
		case '\n', '\r':
			t.kind = tokBrokenString
			return
		case '\\':
			t.escaped = true
			if l.at(1) == 'u' && l.at(2) == '{' { // that brace opens no expression
				l.off += len(`\u{`)
			} else {
				l.escape()
			}
		default:
			l.off++
		}
	}
	t.kind = tokBrokenString
}

// stringValue returns what a string token stands for; ok is false for a malformed escape.
func (t *token) stringValue() (value string, ok bool) {
	switch {
	case t.kind == tokRawString:
		return unixLines(t.text), true
	case !t.escaped:
		return t.text, true
	}
	return unescape(t.text)
}

// unixLines drops the line break that follows the opening bracket of a long string, and writes
// every other one as a line feed.
func unixLines(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.TrimPrefix(text, "\n")
}

// simpleEscapes are those of one letter; 0 for letters that stand for themselves.
var simpleEscapes = [256]byte{
	'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
}

// unescape resolves the escapes of a quoted or interpolated text.
func unescape(text string) (value string, ok bool) {
	out := make([]byte, 0, len(text))
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			return string(append(out, text...)), true
		}
		out = append(out, text[:i]...)
		text = text[i+1:]
		if text == "" {
			return "", false
		}
		if out, text, ok = appendEscape(out, text); !ok {
			return "", false
		}
	}
}

// appendEscape resolves the escape at the start of text, behind its backslash, and returns the
// text that follows it.
func appendEscape(out []byte, text string) (longer []byte, rest string, ok bool) {
	c := text[0]
	switch {
	case c == 'x':
		if len(text) < 3 || !is(text[1], classHex) || !is(text[2], classHex) {
			return out, "", false
		}
		return append(out, hexDigit(text[1])<<4|hexDigit(text[2])), text[3:], true
	case c == 'z':
		rest := strings.TrimLeft(text[1:], " \t\n\v\f\r")
		return out, rest, true
	case c == 'u':
		return appendCodePoint(out, text[1:])
	case is(c, classDigit):
		code, i := 0, 0
		for i < len(text) && i < 3 && is(text[i], classDigit) {
			code = code*10 + int(text[i]-'0')
			i++
		}
		return append(out, byte(code)), text[i:], code <= 255
	case c == '\r':
		return append(out, '\n'), strings.TrimPrefix(text[1:], "\n"), true
	case simpleEscapes[c] != 0:
		c = simpleEscapes[c]
	case c == 0:
		return out, "", false
	}
	return append(out, c), text[1:], true
}

// appendCodePoint resolves "{hex digits}". Unlike utf8.AppendRune it also encodes surrogates, as
// Luau does.
func appendCodePoint(out []byte, text string) (longer []byte, rest string, ok bool) {
	end := strings.IndexByte(text, '}')
	if end < 2 || end > 17 || text[0] != '{' {
		return out, "", false
	}
	code := uint32(0)
	for i := 1; i < end; i++ {
		if !is(text[i], classHex) {
			return out, "", false
		}
		code = code<<4 | uint32(hexDigit(text[i]))
		if code > utf8.MaxRune {
			return out, "", false
		}
	}
	rest = text[end+1:]
	if code >= 0xD800 && code < 0xE000 {
		return append(out, 0xE0|byte(code>>12), 0x80|byte(code>>6&0x3F), 0x80|byte(code&0x3F)),
			rest, true
	}
	return utf8.AppendRune(out, rune(code)), rest, true
}

func hexDigit(c byte) byte {
	if is(c, classDigit) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
