package faults

import (
	"errors"
	"fmt"
	"math/bits"
	"time"
)

// Quantile is one point of a Distribution: PPM millionths of all values are at most Value.
type Quantile struct {
	PPM   uint32
	Value time.Duration
}

// Distribution is a table of quantiles, from 0 to 1,000,000 PPM, between which values are spread
// evenly. Both a measured histogram and a formula can be written down as one, and sampling it takes
// nothing but integers. Values are cut to microseconds.
type Distribution []Quantile

const ppmWhole = 1_000_000

// Constant is the distribution whose values are all d.
func Constant(d time.Duration) Distribution {
	return Uniform(d, d)
}

// Uniform spreads values evenly from low to high.
func Uniform(low, high time.Duration) Distribution {
	return Distribution{{0, low}, {ppmWhole, high}}
}

func (d Distribution) validate() error {
	if len(d) < 2 {
		return fmt.Errorf("got %d quantiles, want at least 2", len(d))
	}
	if first, last := d[0].PPM, d[len(d)-1].PPM; first != 0 || last != ppmWhole {
		return fmt.Errorf("got quantiles from %d to %d PPM, want 0 to %d", first, last, ppmWhole)
	}
	if d[0].Value < 0 {
		return fmt.Errorf("got the quantile value %v, want none below 0", d[0].Value)
	}
	for i := 1; i < len(d); i++ {
		if d[i].PPM <= d[i-1].PPM || d[i].Value < d[i-1].Value {
			return errors.New("got quantiles out of order, want rising PPM and no falling value")
		}
	}
	return nil
}

// at is the value below which u of 2^32 cases lie.
func (d Distribution) at(u uint32) time.Duration {
	ppm32 := uint64(u) * ppmWhole // in units of 2^-32 PPM
	i := 1
	for uint64(d[i].PPM)<<32 <= ppm32 {
		i++
	}
	low, high := d[i-1], d[i]
	rise := uint64(high.Value/time.Microsecond - low.Value/time.Microsecond)
	hi, lo := bits.Mul64(ppm32-uint64(low.PPM)<<32, rise)
	micros, _ := bits.Div64(hi, lo, uint64(high.PPM-low.PPM)<<32)
	return low.Value.Truncate(time.Microsecond) + time.Duration(micros)*time.Microsecond
}
