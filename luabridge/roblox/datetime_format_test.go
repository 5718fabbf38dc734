package roblox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDateTimeFormatsItsTokens(t *testing.T) {
	moment := time.Date(2026, 7, 4, 15, 5, 9, 42_000_000, time.UTC)
	for format, want := range map[string]string{
		"YYYY-MM-DD HH:mm:ss.SSS":       "2026-07-04 15:05:09.042",
		"YY M D H h hh m s":             "26 7 4 15 3 03 5 9",
		"dddd, MMMM Do YYYY, h:mm:ss a": "Saturday, July 4th 2026, 3:05:09 pm",
		"ddd dd d MMM A Q":              "Sat Sa 6 Jul PM 3",
		"LT":                            "3:05 PM",
		"LTS":                           "3:05:09 PM",
		"L":                             "07/04/2026",
		"l":                             "7/4/2026",
		"LL":                            "July 4, 2026",
		"ll":                            "Jul 4, 2026",
		"LLL":                           "July 4, 2026 3:05 PM",
		"llll":                          "Sat, Jul 4, 2026 3:05 PM",
		"LLLL":                          "Saturday, July 4, 2026 3:05 PM",
		"[at] HH [o'clock], x":          "at 15 o'clock, 1783177509042",
		"[open":                         "[open",
		"DDDD DDD DDDo Z ZZ":            "185 185 185th +00:00 +0000",
		"":                              "",
	} {
		require.Equal(t, want, formatTime(moment, format), format)
	}
	midnight := time.Date(2026, 7, 11, 0, 0, 0, 0, time.UTC)
	require.Equal(t, "12 AM 24 11th 0", formatTime(midnight, "h A k Do S"))
	for n, want := range map[int]string{
		1: "1st", 2: "2nd", 3: "3rd", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th",
	} {
		require.Equal(t, want, ordinal(n))
	}
}
