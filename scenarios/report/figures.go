package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"savestone/scenarios/verdict"
)

// count is a number with its thousands apart.
func count(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var text strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			text.WriteByte(',')
		}
		text.WriteRune(digit)
	}
	return sign + text.String()
}

// of names a number of things: "1 world", "3,000 worlds".
func of(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return count(n) + " " + thing + "s"
}

// percent is a share with as many digits as tell it from all and from none. It never rounds up, so
// that what is short of 99.9 % does not read as 99.9 %.
func percent(share float64) string {
	if share < 0.5 {
		return strconv.FormatFloat(100*share, 'g', 3, 64) + " %"
	}
	digits := 2
	if lack := 100 * (1 - share); lack > 0 {
		digits = min(6, max(2, int(math.Ceil(-math.Log10(lack)))+2))
	}
	scale := math.Pow(10, float64(digits))
	// A billionth more, for 0.999 times 100 is a little less than 99.9.
	cut := math.Floor(100*share*scale+1e-9*scale) / scale
	text := strconv.FormatFloat(cut, 'f', digits, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " %"
}

// figure is a value in its unit.
func figure(value float64, unit verdict.Unit) string {
	switch unit {
	case verdict.Share:
		return percent(value)
	case verdict.Seconds:
		return brief(time.Duration(value * float64(time.Second)))
	}
	if value == math.Trunc(value) && math.Abs(value) < 1e15 {
		return count(int(value))
	}
	return strconv.FormatFloat(value, 'g', 4, 64)
}

// brief is a duration to three digits: "812 ms", "4.2 s", "6 h 5 min".
func brief(d time.Duration) string {
	number := func(unit time.Duration, name string) string {
		return strconv.FormatFloat(float64(d)/float64(unit), 'g', 3, 64) + " " + name
	}
	switch {
	case d == 0:
		return "0 s"
	case d < time.Millisecond:
		return number(time.Microsecond, "µs")
	case d < 999500*time.Microsecond:
		return number(time.Millisecond, "ms")
	case d < 2*time.Minute:
		return number(time.Second, "s")
	case d < time.Hour:
		text := fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
		return strings.TrimSuffix(text, " 0 s")
	}
	return strings.TrimSuffix(fmt.Sprintf("%s h %d min", count(int(d/time.Hour)),
		d%time.Hour/time.Minute), " 0 min")
}

// clock is an instant of a world: "12:03.400", "1:12:03.400".
func clock(d time.Duration) string {
	d = d.Round(time.Millisecond)
	minutes, seconds := d/time.Minute, (d % time.Minute).Seconds()
	if minutes < 60 {
		return fmt.Sprintf("%02d:%06.3f", minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d:%06.3f", minutes/60, minutes%60, seconds)
}

// short is the start of a hash, enough to compare by eye.
func short(hash string) string { return hash[:min(len(hash), 12)] }

// seconds is a duration as charts count it.
func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

// tame replaces the control characters of a text, and those that turn its direction. A terminal
// would obey them, a line break could forge a verdict, and XML allows most of them nowhere.
func tame(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return visible(r)
	}, text)
}

// visible replaces a character that does something instead of being seen.
func visible(r rune) rune {
	isControl := r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
	turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	if isControl || turns {
		return '\uFFFD'
	}
	return r
}
