package opencloud

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// doubles gives the numbers in a JSON text the value that they have as doubles, which is how v2
// carries them (O23): integers beyond 2^53 lose digits. What is exact stays as it is written.
func doubles(value json.RawMessage) json.RawMessage {
	var out []byte // nil while nothing has changed
	copied := 0
	for at := 0; at < len(value); {
		switch {
		case value[at] == '"':
			at += stringLength(value[at:])
		case isNumberStart(value[at]):
			end := at + numberLength(value[at:])
			if text, changed := double(string(value[at:end])); changed {
				out = append(append(out, value[copied:at]...), text...)
				copied = end
			}
			at = end
		default:
			at++
		}
	}
	if out == nil {
		return value
	}
	return append(out, value[copied:]...)
}

func isNumberStart(b byte) bool { return b == '-' || '0' <= b && b <= '9' }

// numberLength returns how long the number is that a JSON text begins with.
func numberLength(text []byte) int {
	at := 1
	for at < len(text) && ('0' <= text[at] && text[at] <= '9' || text[at] == '-' ||
		text[at] == '+' || text[at] == '.' || text[at] == 'e' || text[at] == 'E') {
		at++
	}
	return at
}

// stringLength returns how long the string is that a JSON text begins with.
func stringLength(text []byte) int {
	for at := 1; at < len(text); {
		end := bytes.IndexByte(text[at:], '"')
		if end < 0 {
			break
		}
		escape := bytes.IndexByte(text[at:at+end], '\\')
		if escape < 0 {
			return at + end + 1
		}
		at += escape + 2 // past what is escaped
	}
	return len(text)
}

// compact drops the white space of a JSON text, which most have none of.
func compact(value json.RawMessage) json.RawMessage {
	for at := 0; at < len(value); {
		switch value[at] {
		case '"':
			at += stringLength(value[at:])
		case ' ', '\t', '\r', '\n':
			var dense bytes.Buffer
			if json.Compact(&dense, value) != nil {
				return value // it is no JSON, and nobody's to mend
			}
			return dense.Bytes()
		default:
			at++
		}
	}
	return value
}

// double writes a number as its nearest double, unless that is what it is. What is beyond all
// doubles is held at the largest.
func double(text string) (string, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err == nil && len(text) <= 15 { // no more digits than a double has
		return text, false
	}
	n = min(max(n, -math.MaxFloat64), math.MaxFloat64)
	format := byte('f')
	if size := math.Abs(n); size >= 1e21 || size < 1e-6 && size > 0 {
		format = 'e'
	}
	short := strconv.FormatFloat(n, format, -1, 64)
	return short, short != text
}
