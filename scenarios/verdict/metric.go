package verdict

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"savestone/faults/suggest"
	"savestone/scenarios/history"
)

// measure is how a metric is measured, and so how claims about it are judged.
type measure uint8

const (
	share   measure = iota // of trials that succeed: Row.Counts
	failing                // of trials that fail: Row.Counts
	lasting                // how long something takes: Row.Samples
	number                 // how often something happens in a world: Row.Counts
	broken                 // violations of invariants: Row.Violations
)

// metric is something that claims can be about.
type metric struct {
	name    string
	measure measure
	within  time.Duration // the deadline that it has if a claim names none; 0 if it has none
	means   string
}

// The deadlines that claims have by themselves. That of save_success is the plan's.
const (
	saveWithin     = 30 * time.Second
	mutationWithin = time.Minute
)

const violations = "violations"

var metrics = []metric{
	{"attempt_success", share, 0, "requests that were answered without an error"},
	{"save_success", share, saveWithin, "saves asked for, also those open at a crash, that the " +
		"system did not give up on and that were stored in time and still are in the end"},
	{"mutation_durable", share, mutationWithin, "changes to players' data that were stored in " +
		"time and still are in the end"},
	{"session_final", share, 0, "sessions whose last state is what the player's next load gave"},
	{"ack_honesty", share, 0, "acknowledged saves that were stored by then"},
	{"pessimism", failing, 0, "saves that were given up, but are stored all the same"},
	{"load_success", share, 0, "sessions that got the player's data"},
	{"changes_lost", failing, 0, "changes that the player's next load did not give"},
	{"save_latency", lasting, 0, "from asking for a save until it was stored, and said to be if " +
		"it was; until the world's end if it never was"},
	{"load_latency", lasting, 0, "from a player's joining until the data was there"},
	{"loss_seconds", lasting, 0, "from the first change that a session lost to its end"},
	{"recovery", lasting, 0, "from the end of an outage, or of all faults, until what waited was " +
		"stored"},
	{"lockout", lasting, 0, "that a player waited for a session while there were no faults"},
	{"double_live_seconds", lasting, 0, "that two servers held a player's session at a time"},
	{"backup_age", lasting, 0, "that a recovery would have gone back behind the last " +
		"acknowledged save"},
	{"queue_drops", number, 0, "requests that a full queue dropped, in a world"},
	{"amplification", number, 0, "writes for each save that was asked for, in a world"},
	{violations, broken, 0, "worlds in which this does not hold"},
}

func metricNamed(name string) (metric, error) {
	names := make([]string, len(metrics))
	for i, m := range metrics {
		if m.name == name {
			return m, nil
		}
		names[i] = m.name
	}
	return metric{}, unknown("metric", name, names)
}

// unknown is the error about a word that is none of the known ones.
func unknown(what, word string, known []string) error {
	if hint := suggest.Hint(word, known); hint != "" {
		return fmt.Errorf("unknown %s %q%s", what, word, hint)
	}
	return fmt.Errorf("unknown %s %q, want one of %s", what, word, strings.Join(known, ", "))
}

// Meaning says in words what a metric of Row.Counts is about, with or without its deadline, and
// whether it is about what should not be. Of one that is not ours there is nothing to say.
func Meaning(name string) (means string, shouldNot bool) {
	name, _, _ = strings.Cut(name, "@")
	m, err := metricNamed(name)
	if err != nil {
		return "", false
	}
	return m.means, m.measure == failing
}

// withDeadline names a metric as Row.Counts does: save_success@10m.
func withDeadline(name string, within time.Duration) string {
	return name + "@" + spanText(within)
}

// splitDeadline takes the deadline off a metric's name; it is 0 if there is none.
func splitDeadline(text string) (name string, within time.Duration, err error) {
	name, span, timed := strings.Cut(text, "@")
	if !timed {
		return name, 0, nil
	}
	within, err = time.ParseDuration(span)
	if err == nil && within <= 0 {
		err = fmt.Errorf("got the deadline %s, want a positive one", span)
	}
	return name, within, err
}

// spanText is a length of time as people write it: 60s, 10m.
func spanText(d time.Duration) string {
	switch {
	case d < 2*time.Minute && d%time.Second == 0:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return d.String()
}

// zeroTolerance lists the invariants of which a single violation is too many.
func zeroTolerance() []string {
	var ids []string
	for _, invariant := range history.Invariants {
		if invariant.Severity == history.Zero {
			ids = append(ids, invariant.ID)
		}
	}
	return ids
}

func invariantIDs() []string {
	ids := make([]string, len(history.Invariants))
	for i, invariant := range history.Invariants {
		ids[i] = invariant.ID
	}
	return ids
}

func knownInvariant(id string) bool { return slices.Contains(invariantIDs(), id) }
