package verdict

import (
	"time"

	"savestone/scenarios/stats"
)

// Weather is what a plan knows of its outages and of how the system meets them.
type Weather struct {
	Outages stats.Outages
	Failure float64         // of each request by itself, while the store is up
	Retries []time.Duration // the waits between the attempts of a save
	Queue   bool            // the system keeps trying after that, as long as it takes
}

// Predict returns what a closed formula says of a claim's value, nil where none applies. Each
// attempt is taken for an instant, saves for arriving at random times, and each session for ending
// with a save: what crashes take is not in it.
func Predict(c *Claim, w Weather, deadline time.Duration) *float64 {
	if c.within > 0 {
		deadline = c.within
	}
	var value float64
	switch c.metric.name {
	case "attempt_success":
		if len(w.Retries) > 0 || w.Queue {
			return nil // retries meet the same outage: how many there are changes the share
		}
		value = w.attempt()
	case "save_success":
		value = w.save(deadline)
	default:
		return nil
	}
	return &value
}

func (w *Weather) attempt() float64 {
	return (1 - w.Outages.Unavailability) * (1 - w.Failure)
}

func (w *Weather) save(deadline time.Duration) float64 {
	if w.Queue {
		return w.Outages.WithinWindow(deadline)
	}
	return w.Outages.Survives(w.Retries...)
}
