package faults

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// outages are the processes by which an outage rule's targets go down and up.
type outages struct {
	own    *renewal
	common *renewal // nil if they have nothing in common
}

// renewal is an alternating renewal process: up for an exponential time, down for one of some
// shape, and so on. It is stationary: at its start it is as likely to be down as at any other time.
// How it goes on depends on seed, rule and stream alone, not on who asks when.
type renewal struct {
	up, down Distribution
	within   Distribution // of lengths of outages in which an instant finds itself; see begin
	starts   threshold    // the chance to be down at the start
	never    bool         // it is always up
}

// The draws of a renewal; those for requests have lower numbers.
const (
	drawStart uint8 = 16 + iota
	drawWithin
	drawUp
	drawDown
)

// cursor is how far a process is known.
type cursor struct {
	spell spell
	n     uint64 // of the spell
	known bool
}

// at is the state of a stream at a time since the process began.
func (r *renewal) at(rule *compiled, stream uint64, t time.Duration) (state spell) {
	if r.never {
		return spell{first: true, to: longest}
	}
	recall(&rule.memory, stream, func(c *cursor) {
		if !c.known || t < c.spell.from {
			*c = cursor{spell: r.begin(rule.key, stream), known: true}
		}
		for c.spell.to <= t {
			c.n++
			c.spell = r.after(rule.key, stream, c.n, c.spell)
		}
		state = c.spell
	})
	return state
}

// begin is the first spell, of which the process sees only what is left.
func (r *renewal) begin(key, stream uint64) spell {
	if !r.starts.reached(draw(key, stream, 0, drawStart).fire) {
		return spell{first: true, to: r.up.At(draw(key, stream, 0, drawUp).size) + time.Microsecond}
	}
	dice := draw(key, stream, 0, drawWithin)
	if r.within.isNone() { // exponential: what is left is distributed as a whole one
		return spell{down: true, first: true, to: r.down.At(dice.size) + time.Microsecond}
	}
	length := uint64(r.within.At(dice.size) / time.Microsecond)
	left := time.Duration(mulDiv(length, uint64(dice.part), 1<<32)) * time.Microsecond
	return spell{down: true, first: true, to: left + time.Microsecond}
}

// after is the n-th spell, which follows on one before it.
func (r *renewal) after(key, stream, n uint64, before spell) spell {
	next := spell{down: !before.down, from: before.to}
	length := r.up.At(draw(key, stream, n, drawUp).size)
	if next.down {
		length = r.down.At(draw(key, stream, n, drawDown).size)
	}
	next.to = next.from + min(length+time.Microsecond, longest-next.from) // never empty
	return next
}

const billion = 1_000_000_000

// prepareOutage makes the processes of a rule that has no schedule.
func prepareOutage(c *compiled) error {
	if len(c.Schedule) > 0 {
		return nil
	}
	shape, err := parseShape(c.Shape)
	if err != nil {
		return err
	}
	// u = 1 - (1-common)(1-own), where common is its share of u; in billionths.
	u := uint64(math.Round(c.Unavailability * billion))
	shared := mulDiv(u, uint64(math.Round(c.Common*billion)), billion)
	own := mulDiv(u-shared, billion, billion-shared)
	c.outages.own = shape.renewal(own, c.MeanOutage)
	if shared > 0 {
		c.outages.common = shape.renewal(shared, c.MeanOutage)
	}
	return nil
}

// shape is a family of distributions of which a mean makes one.
type shape struct {
	name  string
	value float64 // sigma or alpha
}

func parseShape(text string) (shape, error) {
	name, rest, _ := strings.Cut(text, "(")
	number, closed := strings.CutSuffix(rest, ")")
	value, err := strconv.ParseFloat(number, 64)
	inRange := err == nil && closed
	switch {
	case text == "" || text == "exponential":
		return shape{name: "exponential"}, nil
	case name == "lognormal" && inRange && value > 0 && value <= 4,
		name == "pareto" && inRange && value >= 1.05 && value <= 100:
		return shape{name, value}, nil
	}
	return shape{}, fmt.Errorf("got the shape %q, want exponential, "+
		"lognormal(SIGMA) up to 4, or pareto(ALPHA) from 1.05", text)
}

// renewal makes the process that is down for so many billionths of the time.
func (s shape) renewal(unavailable uint64, mean time.Duration) *renewal {
	if unavailable == 0 {
		return &renewal{never: true}
	}
	up := mulDiv(uint64(mean), billion-unavailable, unavailable)
	cases, _ := bits.Div64(unavailable, 0, billion)
	r := &renewal{up: Exponential(time.Duration(up)), starts: threshold{cases: cases}}
	// An instant finds itself in an outage of length x as often as x is long.
	switch s.name {
	case "lognormal":
		sigma := fixedOf(s.value)
		spread, square := sigma.times(log2E), sigma.times(sigma).times(log2E)
		median := grown(mean, -square/2)
		r.down.points = lognormalPoints(median, spread)
		r.within.points = lognormalPoints(grown(median, square), spread)
	case "pareto":
		least := time.Duration(mulDiv(uint64(mean), uint64(fixedOf(s.value)-fixedOne),
			uint64(fixedOf(s.value))))
		r.down = Pareto(max(least, time.Microsecond), s.value, 0)
		r.within = Pareto(max(least, time.Microsecond), s.value-1, 0)
	default:
		r.down = Exponential(mean)
	}
	return r
}
