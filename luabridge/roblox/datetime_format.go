package roblox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// localeEmulated is the one locale whose words are known here.
const localeEmulated = "en-us"

// formatTime fills in the tokens of a format such as "dddd, MMMM Do YYYY, h:mm A" (R244); text in
// brackets and whatever is no token stays.
func formatTime(t time.Time, format string) string {
	var b strings.Builder
	for format != "" {
		if end := strings.IndexByte(format, ']'); format[0] == '[' && end > 0 {
			b.WriteString(format[1:end])
			format = format[end+1:]
			continue
		}
		token := tokenAt(format)
		b.WriteString(formatToken(t, token))
		format = format[len(token):]
	}
	return b.String()
}

// formatTokens lists the tokens so that each comes before those it begins with.
var formatTokens = []string{
	"YYYY", "YY", "Qo", "Q", "MMMM", "MMM", "MM", "Mo", "M", "DDDD", "DDDo", "DDD", "DD", "Do", "D",
	"dddd", "ddd", "dd", "do", "d", "HH", "H", "hh", "h", "kk", "k", "mm", "m", "ss", "s",
	"SSS", "SS", "S", "A", "a", "ZZ", "Z", "X", "x",
	"LTS", "LT", "LLLL", "LLL", "LL", "L", "llll", "lll", "ll", "l",
}

// tokenAt returns the token that a format begins with, or its first byte.
func tokenAt(format string) string {
	for _, token := range formatTokens {
		if strings.HasPrefix(format, token) {
			return token
		}
	}
	return format[:1]
}

// formatLong spells out the tokens that stand for a whole format.
var formatLong = map[string]string{
	"LT": "h:mm A", "LTS": "h:mm:ss A",
	"L": "MM/DD/YYYY", "LL": "MMMM D, YYYY", "LLL": "MMMM D, YYYY h:mm A",
	"LLLL": "dddd, MMMM D, YYYY h:mm A",
	"l":    "M/D/YYYY", "ll": "MMM D, YYYY", "lll": "MMM D, YYYY h:mm A",
	"llll": "ddd, MMM D, YYYY h:mm A",
}

func formatToken(t time.Time, token string) string {
	if long, ok := formatLong[token]; ok {
		return formatTime(t, long)
	}
	if number, ok := formatNumber(t, strings.TrimSuffix(token, "o")); ok {
		if strings.HasSuffix(token, "o") {
			n, err := strconv.Atoi(number)
			if err != nil {
				panic(err) // formatNumber's own text
			}
			return ordinal(n)
		}
		return number
	}
	switch token {
	case "MMMM":
		return t.Month().String()
	case "MMM":
		return t.Month().String()[:3]
	case "dddd":
		return t.Weekday().String()
	case "ddd":
		return t.Weekday().String()[:3]
	case "dd":
		return t.Weekday().String()[:2]
	case "A":
		return t.Format("PM")
	case "a":
		return t.Format("pm")
	case "Z":
		return t.Format("-07:00")
	case "ZZ":
		return t.Format("-0700")
	}
	return token
}

// formatNumber fills in a token that is a number.
func formatNumber(t time.Time, token string) (string, bool) {
	n, width := 0, 1
	switch token {
	case "YYYY", "YY":
		n, width = t.Year(), 4
		if token == "YY" {
			n, width = n%100, 2
		}
	case "Q":
		n = (int(t.Month()) + 2) / 3
	case "M", "MM":
		n, width = int(t.Month()), len(token)
	case "D", "DD":
		n, width = t.Day(), len(token)
	case "DDD":
		n = t.YearDay()
	case "DDDD":
		n, width = t.YearDay(), 3
	case "d":
		n = int(t.Weekday())
	case "H", "HH":
		n, width = t.Hour(), len(token)
	case "h", "hh":
		n, width = (t.Hour()+11)%12+1, len(token)
	case "k", "kk":
		n, width = (t.Hour()+23)%24+1, len(token)
	case "m", "mm":
		n, width = t.Minute(), len(token)
	case "s", "ss":
		n, width = t.Second(), len(token)
	case "S", "SS", "SSS":
		n, width = t.Nanosecond()/1_000_000, len(token)
		for range 3 - width {
			n /= 10
		}
	case "X":
		return strconv.FormatInt(t.Unix(), 10), true
	case "x":
		return strconv.FormatInt(t.UnixMilli(), 10), true
	default:
		return "", false
	}
	return fmt.Sprintf("%0*d", width, n), true
}

// ordinal returns 1st, 2nd, 3rd, 4th, ...
func ordinal(n int) string {
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
