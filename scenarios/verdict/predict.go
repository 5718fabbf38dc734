package verdict

import (
	"time"

	"savestone/scenarios/stats"
)

// Weather is what a plan knows of its outages and of how the system meets them.
type Weather struct {
	Unavailability float64       `json:"unavailability"` // the share of time that the store is down
	Mean           time.Duration `json:"meanNs"`         // of one outage
	Failure        float64       `json:"failure"`        // of each request while it is up

	// Retries are the waits between the attempts of one save. Queue is set if the system keeps
	// trying after that for as long as it takes, and then for how long at most: for Life, the mean
	// time that a server goes on after a session has ended.
	Retries []time.Duration `json:"retriesNs,omitempty"`
	Queue   bool            `json:"queue,omitempty"`
	Life    time.Duration   `json:"lifeNs,omitempty"`
	// Requests is how many it takes for a save without any fault: 2 if it reads first; 0 means 1.
	Requests int `json:"requests,omitempty"`
}

// Predict returns what a closed formula says of a claim's value, nil where none applies. Outages
// are taken to last exponentially long, attempts for instants, and saves for coming at random
// times; what crashes take is not in it.
func Predict(c *Claim, w Weather, deadline time.Duration) *float64 {
	if c.within > 0 {
		deadline = c.within
	}
	if !(w.Unavailability > 0 && w.Unavailability < 1) || w.Mean <= 0 {
		return nil
	}
	outages := stats.Outages{Unavailability: w.Unavailability, Mean: w.Mean}
	var value float64
	switch {
	case c.metric.name == "attempt_success" && !w.Queue:
		value = outages.Attempts(w.Failure, max(1, w.Requests), w.Retries...)
	case c.metric.name == "save_success" && w.Queue:
		value = outages.WithinWindow(deadline)
	case c.metric.name == "save_success":
		value = outages.SurvivesWith(w.Failure, within(w.Retries, deadline)...)
	case c.metric.name == "session_final" && w.Queue && w.Life > 0:
		value = outages.WithinWindow(w.Life)
	case c.metric.name == "session_final" && !w.Queue:
		value = outages.SurvivesWith(w.Failure, w.Retries...)
	default:
		return nil
	}
	return &value
}

// within returns the waits of the attempts that come before the deadline.
func within(waits []time.Duration, deadline time.Duration) []time.Duration {
	sum := time.Duration(0)
	for n, wait := range waits {
		if sum += wait; sum > deadline {
			return waits[:n]
		}
	}
	return waits
}
