package emulator

import (
	"encoding/json"
	"math"
	"strconv"
)

// integerIn reads a JSON number that is a whole number, however it is written (5, 5.0, 5e0).
// Whole numbers outside of int64 are not integers here.
func integerIn(value json.RawMessage) (int64, bool) {
	text := string(value)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, text[0] != '+'
	}
	if typeName(value) != "double" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, false
	}
	return int64(f), true
}

// orderedInteger reads what may be stored in an ordered store (R151); a number too large even for
// its 64 bits is refused by the backend (R152).
func orderedInteger(value json.RawMessage) (int64, error) {
	if n, ok := integerIn(value); ok {
		return n, nil
	}
	typ := typeName(value)
	if typ == "double" {
		f, _ := strconv.ParseFloat(string(value), 64)
		if math.Abs(f) >= math.MaxInt64 {
			return 0, RejectedHTTP(400, "Bad Request")
		}
	}
	return 0, ValueNotAllowed(typ)
}

// integerJSON writes n as JSON.
func integerJSON(n int64) json.RawMessage {
	return strconv.AppendInt(nil, n, 10)
}

// addClamped returns a+b, held within ±limit (R95).
func addClamped(a, b, low, high int64) int64 {
	sum := a + b
	switch {
	case b > 0 && sum < a: // overflowed
		return high
	case b < 0 && sum > a:
		return low
	}
	return min(max(sum, low), high)
}
