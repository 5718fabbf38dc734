package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Span is a length of virtual time: in a scenario a text such as "250ms", "5s", "10m", "2h", "3d",
// or a number of seconds.
type Span time.Duration

// MarshalJSON writes the canonical form.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).String()) }

// UnmarshalJSON reads a text or a number of seconds.
func (s *Span) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	d, err := spanOf(value)
	*s = Span(d)
	return err
}

// spanMax is more than any lock, queue or version lasts.
const spanMax = 366 * 24 * time.Hour

func spanOf(value any) (time.Duration, error) {
	var d time.Duration
	switch v := value.(type) {
	case float64:
		if !(math.Abs(v) <= spanMax.Seconds()) {
			return 0, fmt.Errorf("got %g seconds, want no more than a year", v)
		}
		d = time.Duration(math.Round(v * float64(time.Second)))
	case string:
		text := v
		days, isDays := strings.CutSuffix(v, "d")
		if n, err := strconv.ParseFloat(days, 64); isDays && err == nil {
			text = strconv.FormatFloat(24*n, 'f', -1, 64) + "h"
		}
		var err error
		if d, err = time.ParseDuration(strings.TrimPrefix(text, "+")); err != nil {
			return 0, fmt.Errorf("got %q, want a time such as 250ms, 5s, 10m, 2h or 3d", v)
		}
	default:
		return 0, fmt.Errorf("got %s, want a time such as 5s, or a number of seconds",
			shape(value))
	}
	if d > spanMax || d < -spanMax {
		return 0, fmt.Errorf("got %v, want no more than a year", value)
	}
	return d, nil
}

// Share is a part of a whole, from 0 to 1: in a scenario a number or a text such as "0.5%".
type Share float64

// UnmarshalJSON reads a number or a percentage.
func (s *Share) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return err
	}
	share, ok := value.(float64)
	if v, isText := value.(string); isText {
		percent, isPercent := strings.CutSuffix(v, "%")
		n, err := strconv.ParseFloat(strings.TrimSpace(percent), 64)
		share, ok = n/100, isPercent && err == nil
	}
	if !ok || !(share >= 0 && share <= 1) {
		return fmt.Errorf("got %s, want a share such as 0.01 or \"1%%\"", text)
	}
	*s = Share(share)
	return nil
}

// Rate is how often something happens by chance: in a scenario a text such as "12/min", "0.5/h".
// The zero value is never.
type Rate struct{ Every time.Duration }

var ratePeriods = map[string]time.Duration{
	"s": time.Second, "min": time.Minute, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// MarshalJSON writes the canonical form, the mean time between two.
func (r Rate) MarshalJSON() ([]byte, error) {
	if r.Every == 0 {
		return []byte("null"), nil
	}
	return json.Marshal("1/" + r.Every.String())
}

// UnmarshalJSON reads a text.
func (r *Rate) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	problem := fmt.Errorf("got %s, want a rate such as \"12/min\" or \"1/90s\"", text)
	var v string
	if err := json.Unmarshal(text, &v); err != nil {
		return problem
	}
	count, per, found := strings.Cut(v, "/")
	n, err := strconv.ParseFloat(strings.TrimSpace(count), 64)
	period, known := ratePeriods[strings.TrimSpace(per)]
	if !known && found {
		period, err = spanOf(strings.TrimSpace(per))
	}
	if err != nil || !found || !(n >= 0 && n <= 1e6) || period <= 0 {
		return problem
	}
	r.Every = 0
	if n > 0 {
		r.Every = time.Duration(float64(period) / n)
	}
	return nil
}
