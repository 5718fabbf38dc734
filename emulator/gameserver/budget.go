package gameserver

import (
	"time"

	"savestone/emulator"
)

// oneRequest is what a request costs in a budget's own unit: a budget of one request a minute earns
// one unit each nanosecond, so all sums are exact.
const oneRequest = int64(time.Minute)

// closingSeconds of its rate is what a budget holds at least when the server begins to shut down
// (R171).
const closingSeconds = 150

// budget is what a server may still send of one request type (R168).
type budget struct {
	rate       emulator.Rate
	perMinute  int64 // what rate is for the players there are
	capMinutes int64 // it holds at most what it earns in so many minutes
	units      int64
	at         time.Time // when units was right
}

// most is how many requests it holds when it is full.
func (b *budget) most() int64 { return b.capMinutes * b.perMinute }

// refill adds what was earned until now. With many goroutines, now may be before the last one.
func (b *budget) refill(now time.Time) {
	elapsed := int64(now.Sub(b.at))
	if elapsed <= 0 {
		return
	}
	b.at = now
	if b.perMinute == 0 {
		return
	}
	if missing := b.most()*oneRequest - b.units; elapsed > missing/b.perMinute {
		b.units = b.most() * oneRequest
		return
	}
	b.units += elapsed * b.perMinute
}

// setRate changes what is earned from now on. What the budget holds beyond its new cap is lost
// (assumed).
func (b *budget) setRate(r emulator.Rate, players int, share float64, now time.Time) {
	b.refill(now)
	b.rate, b.perMinute = r, int64(float64(r.PerMinute(players))*share)
	b.units = min(b.units, b.most()*oneRequest)
}

// take spends n requests if it holds as many.
func (b *budget) take(n int64, now time.Time) bool {
	b.refill(now)
	if b.units < n*oneRequest {
		return false
	}
	b.units -= n * oneRequest
	return true
}

// whole is how many requests it holds (R169).
func (b *budget) whole(now time.Time) int64 {
	b.refill(now)
	return b.units / oneRequest
}

// wait is how long it takes to earn n requests at the present rate; false means for ever.
func (b *budget) wait(n int64, now time.Time) (time.Duration, bool) {
	b.refill(now)
	missing := n*oneRequest - b.units
	switch {
	case missing <= 0:
		return 0, true
	case b.perMinute == 0:
		return 0, false
	}
	return time.Duration((missing + b.perMinute - 1) / b.perMinute), true
}

// raise is what a server gets that begins to shut down (R171); never more than the cap (assumed).
func (b *budget) raise(now time.Time) {
	b.refill(now)
	least := closingSeconds * b.perMinute * oneRequest / 60
	b.units = max(b.units, min(least, b.most()*oneRequest))
}
