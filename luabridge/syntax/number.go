package syntax

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// number reads everything that looks like part of a number; parseNumber judges it.
func (l *lexer) number(t *token) {
	start := l.off
	for c := l.at(0); is(c, classDigit) || c == '.' || c == '_'; c = l.at(0) {
		l.off++
	}
	if c := l.at(0); c == 'e' || c == 'E' {
		l.off++
		if c := l.at(0); c == '+' || c == '-' {
			l.off++
		}
	}
	for is(l.at(0), className) {
		l.off++
	}
	t.kind = tokNumber
	t.text = l.src[start:l.off]
}

// digitsExact is a number of decimal digits that a float64 always holds exactly.
const digitsExact = 15

// parseNumber converts a number literal: decimal, 0x or 0b, with underscores anywhere.
func parseNumber(text string) (value float64, ok bool) {
	if len(text) <= digitsExact {
		n, i := 0, 0
		for i < len(text) && is(text[i], classDigit) {
			n = n*10 + int(text[i]-'0')
			i++
		}
		if i == len(text) {
			return float64(n), true
		}
	}
	if strings.IndexByte(text, '_') >= 0 {
		text = strings.ReplaceAll(text, "_", "")
	}
	if len(text) > 2 && text[0] == '0' {
		switch text[1] {
		case 'x', 'X':
			return parseInteger(text[2:], 16)
		case 'b', 'B':
			return parseInteger(text[2:], 2)
		}
	}
	// strconv also knows "inf", "nan" and hexadecimal exponents, which Luau does not.
	if strings.Trim(text, "0123456789.eE+-") != "" || strings.ContainsAny(text, "xXpP") {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil || errors.Is(err, strconv.ErrRange)
}

// parseInteger converts digits to the nearest float64. Like Luau's, it stops at 64 bits: what is
// greater becomes the greatest.
func parseInteger(digits string, base int) (value float64, ok bool) {
	n, err := strconv.ParseUint(digits, base, 64)
	if errors.Is(err, strconv.ErrRange) {
		return math.MaxUint64, true
	}
	return float64(n), err == nil
}
