package faults

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// The formulas that a distribution can be made of. Each is evaluated once, on the grid.

// Lognormal is the distribution with this median and this 99th percentile.
func Lognormal(p50, p99 time.Duration) Distribution {
	d := Distribution{formula: fmt.Sprintf("lognormal(p50=%s, p99=%s)",
		durationText(p50), durationText(p99))}
	if p50 < time.Microsecond || p99 < p50 {
		return d // has no points, so a plan refuses it
	}
	d.points = lognormalPoints(p50, log2(uint64(p99), uint64(p50)).scaled(1<<32, normalP99))
	return d
}

// lognormalPoints has the values median * 2^(spread * score).
func lognormalPoints(median time.Duration, spread fixed) []Quantile {
	points := make([]Quantile, len(grid))
	for i, ppm := range grid {
		points[i] = Quantile{ppm, grown(median, spread.scaled(normalScore(i), 1<<32))}
	}
	return points
}

// Exponential is the distribution of waits for what comes at a constant rate.
func Exponential(mean time.Duration) Distribution {
	d := Distribution{formula: fmt.Sprintf("exponential(mean=%s)", durationText(mean))}
	if mean < time.Microsecond {
		return d
	}
	d.points = make([]Quantile, len(grid))
	for i, ppm := range grid {
		micros := mulDiv(uint64(mean/time.Microsecond), exponentialScores[i], uint64(fixedOne))
		micros = min(micros, math.MaxInt64/uint64(time.Microsecond))
		d.points[i] = Quantile{ppm, time.Duration(micros) * time.Microsecond}
	}
	return d
}

// Pareto is the distribution with a heavy tail: of the values above any one from least on, the
// share that is twice as large is always the same, 2^-alpha. None is above most; 0 means no bound.
func Pareto(least time.Duration, alpha float64, most time.Duration) Distribution {
	text := fmt.Sprintf("pareto(min=%s, alpha=%s", durationText(least), numberText(alpha))
	if most != 0 {
		text += ", max=" + durationText(most)
	}
	d := Distribution{formula: text + ")"}
	if least < time.Microsecond || !validAlpha(alpha) || most != 0 && most < least {
		return d
	}
	cut := uint64(0) // the share that would be above most, of 2^62
	if most != 0 {
		cut = exp2(1<<62, -log2(uint64(most), uint64(least)).times(fixedOf(alpha)))
	}
	d.points = make([]Quantile, len(grid))
	for i, ppm := range grid {
		above := mulDiv(1<<62-cut, uint64(max(halfPPM-2*ppm, 1)), halfPPM) + cut
		if ppm == ppmWhole && most != 0 {
			above = cut
		}
		doublings := -log2(max(above, 1), 1<<62)
		value := grown(least, doublings.scaled(int64(fixedOne), int64(fixedOf(alpha))))
		if most != 0 {
			value = min(value, most)
		}
		d.points[i] = Quantile{ppm, value}
	}
	return d
}

// validAlpha keeps exponents within what fixed can hold.
func validAlpha(alpha float64) bool { return alpha >= 0.05 && alpha <= 100 }

// part is a distribution with its share of a mixture.
type part struct {
	ppm uint32
	of  Distribution
}

// mixture has values from each part as often as its share says; the shares add up to ppmWhole. The
// table has a point wherever a part has one, unless they are closer together than a PPM.
func mixture(parts []part) []Quantile {
	var values []time.Duration
	for _, p := range parts {
		for _, q := range p.of.points {
			values = append(values, q.Value.Truncate(time.Microsecond))
		}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	points := []Quantile{{0, values[0]}}
	highest := values[0] // of those that share the last point's PPM
	add := func(ppm uint32, value time.Duration) {
		last := points[len(points)-1]
		if ppm > last.PPM+1 && highest > last.Value {
			points = append(points, Quantile{last.PPM + 1, highest}) // the gap between two parts
		}
		if ppm > points[len(points)-1].PPM {
			points = append(points, Quantile{ppm, value})
		}
		highest = value
	}
	for _, value := range values {
		atMost, less := uint64(0), uint64(0)
		for _, p := range parts {
			atMost += uint64(p.ppm) * p.of.upTo(value, true)
			less += uint64(p.ppm) * p.of.upTo(value, false)
		}
		add(uint32(less/ppmWhole), value)
		add(uint32(atMost/ppmWhole), value)
	}
	if last := &points[len(points)-1]; last.PPM == ppmWhole {
		last.Value = highest
		return points
	}
	return append(points, Quantile{ppmWhole, highest})
}

// upTo is how many PPM of all cases are less than value, or at most that.
func (d Distribution) upTo(value time.Duration, inclusive bool) uint64 {
	for i := len(d.points) - 1; i >= 0; i-- {
		low := d.points[i]
		switch {
		case low.Value > value || low.Value == value && !inclusive:
		case i == len(d.points)-1 || low.Value == value:
			return uint64(low.PPM)
		default:
			high := d.points[i+1]
			rise := mulDiv(uint64(value-low.Value), uint64(high.PPM-low.PPM),
				uint64(high.Value-low.Value))
			return uint64(low.PPM) + rise
		}
	}
	return 0
}

func numberText(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
