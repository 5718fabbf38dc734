package stats

import (
	"math"
	"time"
)

// RetryAll returns how likely one of several attempts succeeds when each fails by itself, with
// probability failure.
func RetryAll(failure float64, attempts int) float64 {
	return 1 - math.Pow(failure, float64(attempts))
}

// BackOff returns the waits between attempts: the first, then each factor times the one before, and
// none longer than longest.
func BackOff(first, longest time.Duration, factor float64, attempts int) []time.Duration {
	var waits []time.Duration
	next := first
	for range attempts - 1 {
		waits = append(waits, next)
		next = min(longest, time.Duration(float64(next)*factor))
	}
	return waits
}

// Outages are a store's two states by turns: up, and down for a while. Both last exponentially
// long.
type Outages struct {
	Unavailability float64       // the share of time that it is down
	Mean           time.Duration // of one outage
}

// Survives returns how likely a request gets through that starts at a random time, and is repeated
// after each of waits until it succeeds; each attempt is an instant.
func (o Outages) Survives(waits ...time.Duration) float64 { return o.SurvivesWith(0, waits...) }

// SurvivesWith is Survives where requests also fail by themselves while the store is up.
func (o Outages) SurvivesWith(failure float64, waits ...time.Duration) float64 {
	failed := o.failing(failure, waits)
	return 1 - failed[len(failed)-1]
}

// Attempts returns the share of all requests that succeed, where a save that gets through takes so
// many, and each attempt that fails takes one.
func (o Outages) Attempts(failure float64, requests int, waits ...time.Duration) float64 {
	lost := 0.0
	failed := o.failing(failure, waits)
	for _, p := range failed {
		lost += p
	}
	won := float64(requests) * (1 - failed[len(failed)-1])
	return won / (won + lost)
}

// failing returns how likely it is that the first attempt fails, that the first two do, and so on.
func (o Outages) failing(failure float64, waits []time.Duration) []float64 {
	up, down := 1-o.Unavailability, o.Unavailability
	up *= failure
	all := []float64{up + down}
	for _, wait := range waits {
		stays, falls := o.staysDown(wait), o.goesDown(wait)
		up, down = up*(1-falls)+down*(1-stays), up*falls+down*stays
		up *= failure
		all = append(all, up+down)
	}
	return all
}

// goesDown returns how likely the store is down some time after it was up.
func (o Outages) goesDown(after time.Duration) float64 {
	return o.Unavailability * (1 - o.memory(after))
}

// staysDown returns how likely the store is down some time after it was down. In between it may
// have been up.
func (o Outages) staysDown(after time.Duration) float64 {
	return o.Unavailability + (1-o.Unavailability)*o.memory(after)
}

// memory is how much of its state the store still has some time later: 1 at once, 0 in the end.
func (o Outages) memory(after time.Duration) float64 {
	meanUp := o.Mean.Seconds() * (1 - o.Unavailability) / o.Unavailability
	rate := 1/meanUp + 1/o.Mean.Seconds()
	return math.Exp(-after.Seconds() * rate)
}

// WithinWindow returns how likely a request gets through that keeps trying all the time until the
// window ends: as if each outage were watched without a pause.
func (o Outages) WithinWindow(window time.Duration) float64 {
	return 1 - o.Unavailability*math.Exp(-window.Seconds()/o.Mean.Seconds())
}

// UnavailabilityMax returns the greatest unavailability at which no more than rateMax of the
// requests fail that keep trying for the window; 1 when there is none too great.
func (o Outages) UnavailabilityMax(window time.Duration, rateMax float64) float64 {
	return min(1, rateMax*math.Exp(window.Seconds()/o.Mean.Seconds()))
}
