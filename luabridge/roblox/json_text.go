package roblox

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// number appends a number: the shortest text that reads back the same (R40).
func (e *encoder) number(n float64) {
	switch {
	case n == math.Trunc(n) && math.Abs(n) < 1e15 && (n != 0 || !math.Signbit(n)):
		e.text = strconv.AppendInt(e.text, int64(n), 10)
	case math.IsNaN(n) || math.IsInf(n, 0):
		e.nonFinite(n)
	case math.Abs(n) < 1e-6 && n != 0, math.Abs(n) >= 1e21:
		e.text = strconv.AppendFloat(e.text, n, 'e', -1, 64)
	default:
		e.text = strconv.AppendFloat(e.text, n, 'f', -1, 64)
	}
}

// nonFinite appends a number that JSON has no text for: data stores keep an object that stands for
// it (R41), HttpService writes a word that is no JSON (R219).
func (e *encoder) nonFinite(n float64) {
	word := "nan"
	switch {
	case math.IsInf(n, 1):
		word = "inf"
	case math.IsInf(n, -1):
		word = "-inf"
	}
	if !e.http {
		word = `{"m":null,"t":"numeric","v":"` + word + `"}`
	}
	e.text = append(e.text, word...)
}

// string appends a string in quotes, or refuses one that is not UTF-8 (R39, R56).
func (e *encoder) string(s string) error {
	text := append(e.text, '"')
	from := 0 // s[from:i] is yet to be copied
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				return e.flaw("a string is not valid UTF-8 at byte %d; use a buffer for bytes", i+1)
			}
			i += size
		case c >= ' ' && c != '"' && c != '\\':
			i++
		default:
			text = append(text, s[from:i]...)
			text = appendEscape(text, c)
			i++
			from = i
		}
	}
	text = append(text, s[from:]...)
	e.text = append(text, '"')
	return nil
}

func appendEscape(text []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	switch c {
	case '"', '\\':
		return append(text, '\\', c)
	case '\b':
		return append(text, '\\', 'b')
	case '\t':
		return append(text, '\\', 't')
	case '\n':
		return append(text, '\\', 'n')
	case '\f':
		return append(text, '\\', 'f')
	case '\r':
		return append(text, '\\', 'r')
	}
	return append(text, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}
