package faults

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"time"
)

// Quantile is one point of a Distribution: PPM millionths of all values are at most Value.
type Quantile struct {
	PPM   uint32
	Value time.Duration
}

// Distribution is a table of quantiles, from 0 to 1,000,000 PPM, between which values are spread
// evenly. Both a measured histogram and a formula can be written down as one, and sampling it takes
// nothing but integers. Values are cut to microseconds. The zero Distribution is none.
type Distribution struct {
	formula string // what it was made from, if a text says it
	points  []Quantile
}

const ppmWhole = 1_000_000

// Quantiles is the distribution of a table. A plan that holds a bad one is refused.
func Quantiles(points ...Quantile) Distribution {
	return Distribution{points: slices.Clone(points)}
}

// Constant is the distribution whose values are all d.
func Constant(d time.Duration) Distribution {
	return Distribution{durationText(d), []Quantile{{0, d}, {ppmWhole, d}}}
}

// Uniform spreads values evenly from low to high.
func Uniform(low, high time.Duration) Distribution {
	return Distribution{
		fmt.Sprintf("uniform(%s, %s)", durationText(low), durationText(high)),
		[]Quantile{{0, low}, {ppmWhole, high}},
	}
}

// String returns the formula, or the quantiles if there is none.
func (d Distribution) String() string {
	if d.formula != "" {
		return d.formula
	}
	return fmt.Sprint(d.points)
}

func (d Distribution) isNone() bool { return len(d.points) == 0 }

func (d Distribution) validate() error {
	if len(d.points) < 2 {
		return fmt.Errorf("got %d quantiles, want at least 2", len(d.points))
	}
	lowest, highest := d.points[0], d.points[len(d.points)-1]
	if lowest.PPM != 0 || highest.PPM != ppmWhole {
		return fmt.Errorf("got quantiles from %d to %d PPM, want 0 to %d",
			lowest.PPM, highest.PPM, ppmWhole)
	}
	if lowest.Value < 0 {
		return fmt.Errorf("got the quantile value %v, want none below 0", lowest.Value)
	}
	for i := 1; i < len(d.points); i++ {
		before, here := d.points[i-1], d.points[i]
		if here.PPM <= before.PPM || here.Value < before.Value {
			return errors.New("got quantiles out of order, want rising PPM and no falling value")
		}
	}
	return nil
}

// At is the value below which u of 2^32 cases lie: drawn with u, it follows the distribution.
func (d Distribution) At(u uint32) time.Duration {
	ppm32 := uint64(u) * ppmWhole   // in units of 2^-32 PPM
	i, beyond := 1, len(d.points)-1 // it is in one of the stretches that end at these points
	for i < beyond {
		if middle := int(uint(i+beyond) / 2); uint64(d.points[middle].PPM)<<32 > ppm32 {
			beyond = middle
		} else {
			i = middle + 1
		}
	}
	low, high := &d.points[i-1], &d.points[i]
	rise := uint64(high.Value/time.Microsecond - low.Value/time.Microsecond)
	hi, lo := bits.Mul64(ppm32-uint64(low.PPM)<<32, rise)
	micros, _ := bits.Div64(hi, lo, uint64(high.PPM-low.PPM)<<32)
	return low.Value.Truncate(time.Microsecond) + time.Duration(micros)*time.Microsecond
}

// orElse is usual in place of none.
func (d Distribution) orElse(usual Distribution) Distribution {
	if d.isNone() {
		return usual
	}
	return d
}
