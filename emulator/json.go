package emulator

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// validJSON reports whether text is one JSON value in valid UTF-8 (R39), none inside more than
// valueDepthMax others. encoding/json's check takes longer than storing the value does, and lets
// malformed UTF-8 pass.
//
// Each function below consumes one production of the grammar: it gets the place where that starts
// and returns the place after it, or bad.
func validJSON(text []byte) bool {
	at := jsonValue(text, 0, 0)
	return at != bad && jsonSpace(text, at) == len(text)
}

const bad = -1

// value = [space] ( object | array | string | number | "true" | "false" | "null" )
func jsonValue(text []byte, at, depth int) int {
	at = jsonSpace(text, at)
	if at == len(text) || depth > valueDepthMax {
		return bad
	}
	switch c := text[at]; {
	case c == '"':
		return jsonString(text, at+1)
	case '1' <= c && c <= '9':
		for at++; at < len(text) && text[at]-'0' <= 9; at++ {
		}
		return jsonRest(text, at)
	case c == '{':
		return jsonObject(text, at, depth)
	case c == '[':
		return jsonArray(text, at, depth)
	case c == 't':
		return jsonWord(text, at, "true")
	case c == 'f':
		return jsonWord(text, at, "false")
	case c == 'n':
		return jsonWord(text, at, "null")
	}
	return jsonNumber(text, at)
}

// object = "{" [ string ":" value { "," string ":" value } ] "}"
func jsonObject(text []byte, at, depth int) int {
	at = jsonSpace(text, at+1)
	if jsonIs(text, at, '}') {
		return at + 1
	}
	for {
		if !jsonIs(text, at, '"') {
			return bad
		}
		// The same keys come again and again, so the processor guesses where they end: a byte at a
		// time is the fastest then.
		for at++; at < len(text) && jsonPlainBytes[text[at]]; at++ {
		}
		if jsonIs(text, at, '"') {
			at++
		} else if at = jsonString(text, at); at == bad {
			return bad
		}
		if at = jsonSpace(text, at); !jsonIs(text, at, ':') {
			return bad
		}
		if at = jsonValue(text, at+1, depth+1); at == bad {
			return bad
		}
		if at = jsonSpace(text, at); at == len(text) {
			return bad
		}
		switch text[at] {
		case '}':
			return at + 1
		case ',':
			at = jsonSpace(text, at+1)
		default:
			return bad
		}
	}
}

// array = "[" [ value { "," value } ] "]"
func jsonArray(text []byte, at, depth int) int {
	if next := jsonSpace(text, at+1); jsonIs(text, next, ']') {
		return next + 1
	}
	for {
		if at = jsonValue(text, at+1, depth+1); at == bad {
			return bad
		}
		if at = jsonSpace(text, at); at == len(text) {
			return bad
		}
		switch text[at] {
		case ']':
			return at + 1
		case ',':
		default:
			return bad
		}
	}
}

// jsonPlainBytes are those that stand for themselves in a string.
var jsonPlainBytes = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// string = '"' { character | escape } '"', of which the first quote is behind us already. Each turn
// skips what stands for itself: ASCII without control characters, quote and backslash.
//
// It looks at eight bytes at a time; in special, the top bit of a byte tells that it is something
// else. Flipping bit 1 brings the quote below '!', to the control characters, and the space above
// it. A subtraction can borrow from the bytes above, but only where its own is rightly marked, so
// the lowest mark is right.
func jsonString(text []byte, at int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for {
		for at+8 <= len(text) {
			eight := binary.LittleEndian.Uint64(text[at:])
			special := eight | // beyond ASCII
				((eight ^ ones*2) - ones*'!') | ((eight ^ ones*'\\') - ones)
			if special &= tops; special != 0 {
				at += bits.TrailingZeros64(special) / 8
				break
			}
			at += 8
		}
		for at < len(text) && jsonPlainBytes[text[at]] {
			at++
		}
		if at == len(text) {
			return bad
		}
		switch c := text[at]; {
		case c == '"':
			return at + 1
		case c < ' ':
			return bad
		case c == '\\':
			if at = jsonEscape(text, at); at == bad {
				return bad
			}
		default:
			r, size := utf8.DecodeRune(text[at:])
			if r == utf8.RuneError && size == 1 {
				return bad
			}
			at += size
		}
	}
}

// escape = "\" ( one of "\/bfnrt and quote | "u" 4 hexadecimal digits )
func jsonEscape(text []byte, at int) int {
	if at+1 == len(text) {
		return bad
	}
	switch text[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2
	case 'u':
		for i := at + 2; i < at+6; i++ {
			if i >= len(text) || !isHex(text[i]) {
				return bad
			}
		}
		return at + 6
	}
	return bad
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// number = ["-"] ( "0" | digits not starting with 0 ) rest
func jsonNumber(text []byte, at int) int {
	if jsonIs(text, at, '-') {
		at++
	}
	if jsonIs(text, at, '0') {
		at++
	} else if at = jsonDigits(text, at); at == bad {
		return bad
	}
	return jsonRest(text, at)
}

// rest = ["." digits] [("e"|"E") ["+"|"-"] digits]
func jsonRest(text []byte, at int) int {
	if at == len(text) || text[at] != '.' && text[at]|' ' != 'e' {
		return at // an integer, as most are
	}
	return jsonFraction(text, at)
}

func jsonFraction(text []byte, at int) int {
	if text[at] == '.' {
		if at = jsonDigits(text, at+1); at == bad {
			return bad
		}
	}
	if jsonIs(text, at, 'e') || jsonIs(text, at, 'E') {
		at++
		if jsonIs(text, at, '+') || jsonIs(text, at, '-') {
			at++
		}
		return jsonDigits(text, at)
	}
	return at
}

// digits = digit { digit }
func jsonDigits(text []byte, at int) int {
	start := at
	for at < len(text) && text[at]-'0' <= 9 {
		at++
	}
	if at == start {
		return bad
	}
	return at
}

func jsonWord(text []byte, at int, word string) int {
	if len(text)-at < len(word) || string(text[at:at+len(word)]) != word {
		return bad
	}
	return at + len(word)
}

func jsonIs(text []byte, at int, want byte) bool {
	return at < len(text) && text[at] == want
}

// jsonSpace is apart from jsonSpaces so that the compiler can inline it: mostly there is no space.
func jsonSpace(text []byte, at int) int {
	if at < len(text) && text[at] <= ' ' {
		return jsonSpaces(text, at)
	}
	return at
}

// space = { " " | tab | carriage return | line feed }
func jsonSpaces(text []byte, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ', '\t', '\r', '\n':
			at++
		default:
			return at
		}
	}
	return at
}
