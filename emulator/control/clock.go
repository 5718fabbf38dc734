package control

import (
	"strconv"
	"strings"
	"time"

	"savestone/emulator"
)

// Clock is how a universe's clock stands.
type Clock struct {
	Now    string  `json:"now" doc:"the universe's time"`
	Mode   string  `json:"mode" doc:"real, frozen, or running (apart from real time)"`
	Rate   float64 `json:"rate" doc:"seconds for each real second; 0 stands still"`
	Ahead  string  `json:"ahead" doc:"of real time, such as 720h0m0s"`
	Asleep int     `json:"asleep" doc:"requests that wait for time to pass"`
	Next   string  `json:"next,omitempty" doc:"until the first of them goes on"`
}

// ClockTarget is where a clock shall go.
type ClockTarget struct {
	To string `json:"to" doc:"a time such as 2026-12-24T18:00:00Z"`
}

// ClockAdvance is how far a clock shall go.
type ClockAdvance struct {
	By string `json:"by" doc:"a duration such as 30s, 1h30m or 30d"`
}

// ClockRate is how fast a clock shall go.
type ClockRate struct {
	Rate float64 `json:"rate" doc:"seconds for each real second"`
}

func shownClock(c *emulator.TravelClock) Clock {
	s := c.State()
	shown := Clock{
		Now: shownTime(s.Now), Mode: "running", Rate: s.Rate,
		Ahead: s.Ahead.Round(time.Millisecond).String(), Asleep: s.Asleep,
	}
	switch {
	case s.Real:
		shown.Mode = "real"
	case s.Rate == 0:
		shown.Mode = "frozen"
	}
	if s.Asleep > 0 {
		shown.Next = s.Next.String()
	}
	return shown
}

// clock returns a route's run that changes the clock and shows it.
func clock(change func(*emulator.TravelClock) error) func(*call) (any, error) {
	return func(c *call) (any, error) {
		u, err := c.universe()
		if err != nil {
			return nil, err
		}
		if err := change(u.Clock); err != nil {
			return nil, wrong("%v", err)
		}
		return shownClock(u.Clock), nil
	}
}

// always is clock for changes that cannot fail.
func always(change func(*emulator.TravelClock)) func(*call) (any, error) {
	return clock(func(c *emulator.TravelClock) error {
		change(c)
		return nil
	})
}

func (c *call) setClock(in ClockTarget) (any, error) {
	to, err := time.Parse(time.RFC3339Nano, in.To)
	if err != nil {
		return nil, wrong("got the time %q, want one such as 2026-12-24T18:00:00Z", in.To)
	}
	return clock(func(c *emulator.TravelClock) error { return c.Set(to) })(c)
}

func (c *call) advanceClock(in ClockAdvance) (any, error) {
	by, err := ParseDuration(in.By)
	if err != nil {
		return nil, wrong("by: %v", err)
	}
	return clock(func(c *emulator.TravelClock) error { return c.Advance(by) })(c)
}

func (c *call) rateClock(in ClockRate) (any, error) {
	return clock(func(c *emulator.TravelClock) error { return c.Run(in.Rate) })(c)
}

// ParseDuration reads a duration as people write it: that of Go, with days in front if need be.
func ParseDuration(text string) (time.Duration, error) {
	bad := wrong("got the duration %q, want one such as 30s, 1h30m or 30d", text)
	total, rest := time.Duration(0), text
	if days, after, found := strings.Cut(text, "d"); found {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || !(n >= 0 && n <= 100_000) {
			return 0, bad
		}
		total, rest = time.Duration(n*float64(24*time.Hour)), after
		if rest == "" {
			return total, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || total+d < total {
		return 0, bad
	}
	return total + d, nil
}
