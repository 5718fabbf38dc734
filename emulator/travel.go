package emulator

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// Where a TravelClock may be taken, and how fast it may run. Version ids and Unix milliseconds hold
// more, a time.Duration from one end to the other does not.
var (
	TravelFirst = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	TravelLast  = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// TravelRateMax is how many times faster than real time a TravelClock may run.
const TravelRateMax = 100_000

// TravelClock is a Clock that goes by another one until it is stopped, moved or told to run faster.
// Who sleeps on it wakes when its time has come, however that came about: a jump ahead wakes all
// whom it passes. A jump back keeps nobody waiting longer: what was left to sleep stays.
type TravelClock struct {
	by Clock

	mu       sync.Mutex
	real     bool      // it shows what by shows
	rate     float64   // seconds for each second of by; 0 stands still
	at       time.Time // what it showed
	byAt     time.Time // when by showed this
	sleepers map[*sleeper]struct{}
}

// sleeper is a Sleep under way.
type sleeper struct {
	until time.Time
	wake  context.CancelFunc
}

// NewTravelClock returns a clock that shows real time, as by has it; nil is Wall{}.
func NewTravelClock(by Clock) *TravelClock {
	if by == nil {
		by = Wall{}
	}
	return &TravelClock{by: by, real: true, rate: 1, sleepers: map[*sleeper]struct{}{}}
}

// Now implements Clock.
func (c *TravelClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *TravelClock) now() time.Time {
	by := c.by.Now()
	if c.real {
		return by
	}
	now := c.at.Add(time.Duration(float64(by.Sub(c.byAt)) * c.rate))
	if now.After(TravelLast) {
		return TravelLast
	}
	return now
}

// Sleep implements Clock.
func (c *TravelClock) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	s := &sleeper{}
	c.mu.Lock()
	s.until = c.now().Add(d)
	c.sleepers[s] = struct{}{}
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.sleepers, s)
	}()
	for ctx.Err() == nil {
		if c.doze(ctx, s) {
			return nil
		}
	}
	return ctx.Err()
}

// doze waits until s may wake or the clock was changed, and reports whether s may.
func (c *TravelClock) doze(ctx context.Context, s *sleeper) bool {
	nap, wake := context.WithCancel(ctx)
	defer wake()
	c.mu.Lock()
	left, rate := s.until.Sub(c.now()), c.rate
	s.wake = wake
	c.mu.Unlock()
	switch {
	case left <= 0:
		return true
	case rate == 0:
		<-nap.Done()
	default:
		real := math.Ceil(float64(left) / rate)
		_ = c.by.Sleep(nap, time.Duration(min(real, math.MaxInt64/2))) // its error is nap's own end
	}
	return false
}

// Freeze stops the clock where it stands.
func (c *TravelClock) Freeze() { c.change(func() { c.rate = 0 }) }

// Resume lets the clock run as fast as real time, from where it stands.
func (c *TravelClock) Resume() { c.change(func() { c.rate = 1 }) }

// Run lets the clock run at another rate.
func (c *TravelClock) Run(rate float64) error {
	if !(rate > 0 && rate <= TravelRateMax) { // not <=, so that NaN is refused
		return fmt.Errorf("got the rate %v, want more than 0 and at most %d", rate, TravelRateMax)
	}
	c.change(func() { c.rate = rate })
	return nil
}

// Real takes the clock back to real time.
func (c *TravelClock) Real() {
	c.change(func() {
		c.move(c.by.Now())
		c.real, c.rate = true, 1
	})
}

// Set takes the clock to a time; it stands still or runs on from there as before.
func (c *TravelClock) Set(to time.Time) error {
	if to.Before(TravelFirst) || to.After(TravelLast) {
		return fmt.Errorf("got the time %s, want one from %d to %d", to.Format(time.RFC3339),
			TravelFirst.Year(), TravelLast.Year()-1)
	}
	c.change(func() { c.move(to.UTC()) })
	return nil
}

// Advance takes the clock ahead.
func (c *TravelClock) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("got %s to advance, want no negative time; set goes back", d)
	}
	err := error(nil)
	c.change(func() {
		if to := c.at.Add(d); to.After(TravelLast) {
			err = fmt.Errorf("got %s to advance, want it to end before %d", d, TravelLast.Year())
		} else {
			c.move(to)
		}
	})
	return err
}

// change lets do change a clock that is not real any more, and then everybody look again.
func (c *TravelClock) change(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.now().Round(0) // without the machine's own reading, so that it can be compared
	c.byAt, c.real = c.by.Now(), false
	do()
	for s := range c.sleepers {
		if s.wake != nil {
			s.wake()
		}
	}
}

// move takes the clock to a time within change.
func (c *TravelClock) move(to time.Time) {
	if back := c.at.Sub(to); back > 0 {
		for s := range c.sleepers {
			s.until = s.until.Add(-back)
		}
	}
	c.at = to
}

// ClockState is what a TravelClock shows at one time.
type ClockState struct {
	Now    time.Time
	Real   bool          // it shows real time
	Rate   float64       // seconds for each real second; 0 stands still
	Ahead  time.Duration // of real time
	Asleep int           // who sleeps on it
	Next   time.Duration // until the first of them wakes
}

// State tells how the clock stands.
func (c *TravelClock) State() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	s := ClockState{Now: now, Real: c.real, Rate: c.rate, Asleep: len(c.sleepers)}
	if !c.real {
		s.Ahead = now.Sub(c.by.Now())
	}
	first := true
	for sleeper := range c.sleepers {
		if left := sleeper.until.Sub(now); first || left < s.Next {
			s.Next, first = max(0, left), false
		}
	}
	return s
}
