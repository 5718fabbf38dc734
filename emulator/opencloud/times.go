package opencloud

import (
	"strconv"
	"strings"
	"time"
)

// ticksAtUnixEpoch is 1970 in the time of version ids: steps of 100 ns since the year 1 (R104).
const ticksAtUnixEpoch = 621_355_968_000_000_000

// versionTimes reads from a version id when the object was created and when the version was
// written (R104): more exactly than emulator.KeyInfo tells, because the API shows it (O8).
func versionTimes(version string) (created, written time.Time) {
	parts := strings.Split(version, ".")
	if len(parts) != 4 {
		return time.Time{}, time.Time{}
	}
	return tickTime(parts[0]), tickTime(parts[2])
}

func tickTime(hex string) time.Time {
	ticks, _ := strconv.ParseInt(hex, 16, 64) // the emulator wrote it
	since := ticks - ticksAtUnixEpoch
	const perSecond = 10_000_000
	return time.Unix(since/perSecond, since%perSecond*100).UTC()
}

// timeV1 writes a time as v1 does: up to seven digits of a second (O8).
func timeV1(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999Z") }

// timeV2 writes a time as v2 does: with no, three, six or nine digits of a second (O8).
func timeV2(t time.Time) string {
	layout := "2006-01-02T15:04:05.000000000Z"
	switch nanoseconds := t.Nanosecond(); {
	case nanoseconds == 0:
		layout = "2006-01-02T15:04:05Z"
	case nanoseconds%1e6 == 0:
		layout = "2006-01-02T15:04:05.000Z"
	case nanoseconds%1e3 == 0:
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return t.UTC().Format(layout)
}

// parseTime reads ISO 8601, with or without an offset: without one, it is UTC (assumed).
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
