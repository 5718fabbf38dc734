package faults

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// How plans write quantities: durations as "250ms" or "1h30m", shares as 0.01 or "1%", amounts of
// bytes as "4MB".

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf(`got %q, want a duration such as "250ms" or "1h30m"`, text)
	}
	if d < 0 {
		return 0, fmt.Errorf("got %q, want no negative duration", text)
	}
	return d, nil
}

// durationText is the shortest text that parseDuration reads as d, without parts that are 0.
func durationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// parseShare reads a number from 0 to 1, or from "0%" to "100%".
func parseShare(text string) (float64, error) {
	number, isPercent := strings.CutSuffix(strings.TrimSpace(text), "%")
	number = strings.TrimSpace(number)
	if isPercent {
		if strings.ContainsAny(number, "eExXpP") {
			return 0, shareError(text)
		}
		number += "e-2" // shifts the point, so that "0.05%" is exactly what 0.0005 is
	}
	share, err := strconv.ParseFloat(number, 64)
	if err != nil || !(share >= 0 && share <= 1) {
		return 0, shareError(text)
	}
	return share, nil
}

func shareError(text string) error {
	return fmt.Errorf(`got %s, want a share from 0 to 1, or from "0%%" to "100%%"`, text)
}

var byteUnits = []struct {
	suffix string
	bytes  float64
}{{"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}}

// parseBytes reads a number of bytes, or one with a unit of 1,024 or 1,048,576.
func parseBytes(text string) (int64, error) {
	for _, unit := range append(byteUnits, struct {
		suffix string
		bytes  float64
	}{"", 1}) {
		number, found := strings.CutSuffix(strings.TrimSpace(text), unit.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n >= 0 && n*unit.bytes <= 1<<40) {
			break
		}
		return int64(n * unit.bytes), nil
	}
	return 0, fmt.Errorf(`got %q, want an amount such as 4096 or "4MB"`, text)
}
