package verdict

import (
	"time"

	"savestone/scenarios/history"
)

// RowOptions says what to tell of a world beyond its counts.
type RowOptions struct {
	Deadline time.Duration // within which a save must be stored to count as one; 30 s
	Metrics  []string      // that claims are about, from Metrics
	Examples int           // of each invariant; 3
	Timeline bool
}

// RowOf is what a world came to. The caller adds what it alone knows: which world it was, its hash,
// and the number of its events.
func RowOf(j *history.Judgement, opts RowOptions) Row {
	if opts.Deadline == 0 {
		opts.Deadline = saveWithin
	}
	if opts.Examples == 0 {
		opts.Examples = 3
	}
	row := Row{
		Virtual: j.Play.End.At, Counts: map[string]Count{}, Samples: map[string]*Histogram{},
		Violations: map[string]int{}, Checked: j.Checked,
		Fired: map[string]int{}, Causes: map[string]int{},
		judged: &judgedBy{opts, j.Limits},
	}
	row.count(j, &opts)
	row.sample(j, &opts)
	row.tell(j, &opts)
	if opts.Timeline {
		row.Timeline = timelineOf(j, opts.Deadline)
	}
	for _, f := range j.Play.Faults {
		row.Fired[f.Rule]++
	}
	for _, v := range j.Violations {
		row.Violations[v.Invariant]++
		if row.Violations[v.Invariant] <= opts.Examples {
			row.Examples = append(row.Examples, exampleOf(j, &v))
		}
	}
	return row
}

// count takes the trials behind claims.
func (r *Row) count(j *history.Judgement, opts *RowOptions) {
	counts := map[string]history.Tally{
		"attempt_success": j.Attempts(),
		"session_final":   j.Finals(),
		"ack_honesty":     j.Honesty(),
		"pessimism":       j.Pessimism(),
		"load_success":    j.Loads(opts.Deadline),
	}
	names := append([]string{
		"save_success", "save_success@30s", "save_success@10m", "mutation_durable@60s",
	}, opts.Metrics...)
	for _, text := range names {
		name, within, err := splitDeadline(text)
		if _, known := counts[text]; known || err != nil {
			continue
		}
		switch {
		case name == "save_success" && within == 0:
			counts[text] = j.Saves(opts.Deadline)
		case name == "save_success":
			counts[text] = j.Saves(within)
		case name == "mutation_durable":
			counts[text] = j.Mutations(within)
		}
	}
	for name, tally := range counts {
		r.Counts[name] = Count(tally)
	}
	lost := Count{}
	for _, e := range j.Endings() {
		lost.Failures += e.Lost
		lost.Trials += e.Made
	}
	r.Counts["changes_lost"] = lost
	r.Counts["queue_drops"], r.Counts["amplification"] = Count(j.Drops), Count(j.Writes)
}

// sample takes the distributions behind claims.
func (r *Row) sample(j *history.Judgement, opts *RowOptions) {
	r.Samples["save_latency"] = histogramOf(j.SaveLatencies())
	r.Samples["load_latency"] = histogramOf(j.LoadLatencies())
	losses := &Histogram{}
	for _, e := range j.Endings() {
		losses.Add(e.Loss)
	}
	r.Samples["loss_seconds"] = losses
	for name, all := range j.Samples {
		r.Samples[name] = histogramOf(all)
	}
	for name, h := range r.Samples {
		if h.N == 0 {
			delete(r.Samples, name)
		}
	}
}

func histogramOf(all []time.Duration) *Histogram {
	h := &Histogram{}
	for _, d := range all {
		h.Add(d)
	}
	return h
}

// tell fills in what a reader wants to know of a world.
func (r *Row) tell(j *history.Judgement, opts *RowOptions) {
	attempts := r.Counts["attempt_success"]
	r.Requests, r.Failed = attempts.Trials, attempts.Failures
	for i := range j.Play.Sessions {
		s := &j.Play.Sessions[i]
		if s.OK {
			r.Sessions++
		}
	}
	for _, life := range j.Play.Servers {
		if life.Reason == "crash" {
			r.Crashes++
		}
	}
	for _, f := range j.Fates(opts.Deadline) {
		r.Intents++
		if f.Answer == history.Acked {
			r.Acked++
		}
		if !f.OK {
			r.Causes[f.Cause]++
		}
	}
	r.LoadsFailed = r.Counts["load_success"].Failures
	r.PlayerTime = j.PlayerTime()
}
