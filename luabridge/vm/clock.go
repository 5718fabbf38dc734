package vm

import (
	"fmt"
	"time"
)

// What can be wrong with the machine that a VM stands for: its clock, and that it stands still for
// a while.

// clock is a clock that is ahead of virtual time, and gets further ahead.
type clock struct {
	set   time.Time     // when it was set
	ahead time.Duration // by how much it was ahead then
	drift int64         // what it gains since, in millionths
	slewn time.Duration // by how much the slewed time was ahead then
}

// ClockDriftMax is how fast a clock may drift, either way, in millionths.
const ClockDriftMax = 100_000

// slewRateMillionths is how much faster or slower than the true time slewed time goes to catch up
// with a clock that was set: 0.994 to 1.006 times.
const slewRateMillionths = 6000

// SetClock sets the VM's clock ahead of virtual time, or with a negative duration back, and has it
// gain driftPPM millionths from now on.
func (v *VM) SetClock(ahead time.Duration, driftPPM int64) error {
	if driftPPM < -ClockDriftMax || driftPPM > ClockDriftMax {
		return fmt.Errorf("got a clock that drifts by %d ppm, want %d to %d",
			driftPPM, -ClockDriftMax, ClockDriftMax)
	}
	now := v.Sim.Now()
	slewn := v.clock.slewedBy(now)
	if now.Equal(v.Started) {
		slewn = ahead // it was never right
	}
	v.clock = clock{set: now, ahead: ahead, drift: driftPPM, slewn: slewn}
	return nil
}

// Time is the time of day by the VM's clock.
func (v *VM) Time() time.Time {
	now := v.Sim.Now()
	return now.Add(v.clock.aheadBy(now))
}

// SlewedTime is the time of day by the VM's clock, but without jumps: where the clock was set, it
// catches up slowly. It never goes back.
func (v *VM) SlewedTime() time.Time {
	now := v.Sim.Now()
	return now.Add(v.clock.slewedBy(now))
}

func (c *clock) aheadBy(now time.Time) time.Duration {
	return c.ahead + millionths(now.Sub(c.set), c.drift)
}

func (c *clock) slewedBy(now time.Time) time.Duration {
	gap, closed := c.slewn-c.ahead, millionths(now.Sub(c.set), slewRateMillionths)
	if gap > 0 {
		gap = max(gap-closed, 0)
	} else {
		gap = min(gap+closed, 0)
	}
	return c.aheadBy(now) + gap
}

func millionths(d time.Duration, n int64) time.Duration {
	const whole = 1_000_000
	return d/whole*time.Duration(n) + d%whole*time.Duration(n)/whole
}

// Halt has no thread of the VM run for a while: what is due meanwhile comes when that is over, all
// at once, in the order in which it was due. A request that is under way goes on; its answer waits.
// Halting again cannot shorten it.
func (v *VM) Halt(lasts time.Duration) {
	if until := v.Sim.Now().Add(lasts); until.After(v.halted) {
		v.halted = until
	}
}

// Halted tells until when the VM stands still, and whether it does now.
func (v *VM) Halted() (until time.Time, now bool) {
	return v.halted, v.Sim.Now().Before(v.halted)
}
