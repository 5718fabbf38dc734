package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDateTimeCarriesClockPartsButNotDates(t *testing.T) {
	for _, c := range []struct {
		parts dateTimeParts
		want  string
	}{
		{dateTimeParts{1970, 1, 1}, "1970-01-01T00:00:00Z"},
		{dateTimeParts{2024, 2, 29, 25, 61, 61, 1001}, "2024-03-01T02:02:02Z"},
		{dateTimeParts{2026, 1, 1, 0, 0, -1}, "2025-12-31T23:59:59Z"},
		{dateTimeParts{1400, 1, 1}, "1400-01-01T00:00:00Z"},
		{dateTimeParts{9999, 12, 31, 23, 59, 59, 999}, "9999-12-31T23:59:59Z"},
	} {
		d, err := dateTimeOf(c.parts)
		require.NoError(t, err)
		require.Equal(t, c.want, d.iso())
	}
	for _, parts := range []dateTimeParts{
		{2023, 2, 29}, {2023, 13, 1}, {2023, 0, 1}, {2023, 4, 31}, {2023, 1, 0},
		{1399, 12, 31}, {10000, 1, 1}, {9999, 12, 31, 24},
	} {
		_, err := dateTimeOf(parts)
		require.Error(t, err, "%v", parts)
	}
}

func TestDateTimeHasRobloxsRange(t *testing.T) {
	for _, seconds := range []float64{dateTimeSecondsMin, dateTimeSecondsMax, 0} {
		d, err := dateTimeAt(seconds * 1000)
		require.NoError(t, err)
		require.Equal(t, int64(seconds), d.Time().Unix())
	}
	zero := 0.0
	for _, seconds := range []float64{dateTimeSecondsMin - 1, dateTimeSecondsMax + 1, zero / zero} {
		_, err := dateTimeAt(seconds * 1000)
		require.ErrorIs(t, err, errDateTimeRange)
	}
}

func TestDateTimeReadsISODates(t *testing.T) {
	for text, want := range map[string]int64{
		"2020-01-02T10:30:45Z":      1577961045000,
		"2020-01-02T10:30:45.123Z":  1577961045123,
		"2020-01-02T10:30:45+01:00": 1577957445000,
		"2020-01-02T10:30:45-0130":  1577966445000,
		"2020-01-02T10:30:45":       1577961045000,
		"2020-01-02T10:30Z":         1577961000000,
		"2020-01-02":                1577923200000,
		"1969-12-31T23:59:59.999Z":  -1,
	} {
		d, ok := dateTimeFromISO(text)
		require.True(t, ok, text)
		require.Equal(t, want, int64(d), text)
	}
	for _, text := range []string{
		"", "yesterday", "2020-13-01", "2020-01-02T25:00:00Z", "2020-01-02 10:30:45", "0001-01-01",
	} {
		_, ok := dateTimeFromISO(text)
		require.False(t, ok, text)
	}
}

func TestDateTimeIsAValueToScripts(t *testing.T) {
	says(t, `
		local now = DateTime.now()
		print(typeof(now), type(now), now, now.UnixTimestamp, now.UnixTimestampMillis)
		print(now == DateTime.fromUnixTimestamp(1767225600), now == DateTime.fromUnixTimestamp(0))
		print(now:ToIsoDate(), DateTime.fromIsoDate(now:ToIsoDate()) == now)
		local parts = DateTime.fromUniversalTime(2024, 2, 29, 12, 30, 15, 250):ToUniversalTime()
		print(parts.Year, parts.Month, parts.Day, parts.Hour, parts.Minute, parts.Second,
			parts.Millisecond)
		print(DateTime.fromLocalTime(2024) == DateTime.fromUniversalTime(2024))
		print(DateTime.fromUnixTimestampMillis(1500), DateTime.fromIsoDate("tomorrow"))
		print(now:FormatUniversalTime("LL", "en-us"), now:FormatLocalTime("dddd", "en-us"))
		task.wait(90)
		print(DateTime.now().UnixTimestampMillis - now.UnixTimestampMillis)
	`,
		"DateTime userdata 1767225600000 1767225600 1767225600000", "true false",
		"2026-01-01T00:00:00Z true", "2024 2 29 12 30 15 250", "true", "1500 nil",
		"January 1, 2026 Thursday", "90000")
	refuses(t, [][2]string{
		{`DateTime.fromUniversalTime(2023, 2, 29)`,
			"ServerScriptService.Main:1: DateTime has no date 2023-2-29"},
		{`DateTime.fromUnixTimestamp(1e15)`, "ServerScriptService.Main:1: " +
			"DateTime is out of range: the years 1400 to 9999 can be told"},
		{`DateTime.now():FormatLocalTime("LL", "de-de")`,
			`savestone formats a DateTime for the locale "en-us", not "de-de"`},
		{`return DateTime.now().Year`, "Year is not a valid member of DateTime"},
		{`DateTime.now().UnixTimestamp = 1`, "UnixTimestamp cannot be assigned to"},
	})
}
