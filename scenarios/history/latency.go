package history

import "time"

// SaveLatencies says of each intent in the measured time how long it took until it was stored, and
// was said to be if it was. One that was given up took until the end of the world, and so did one
// that was never stored: to fail fast is not to be fast.
func (j *Judgement) SaveLatencies() []time.Duration {
	var all []time.Duration
	for _, f := range j.Fates(0) {
		until := j.trace.end().At
		switch {
		case f.Answer == GivenUp || f.Stored == nil || !f.Kept:
		case f.Answer == Acked:
			until = max(f.Stored.At, f.Return.At)
		default:
			until = f.Stored.At
		}
		all = append(all, max(0, until-f.Call.At))
	}
	return all
}

// LoadLatencies says of each session that began in the measured time and got its data how long that
// took.
func (j *Judgement) LoadLatencies() []time.Duration {
	var all []time.Duration
	for i := range j.trace.sessions {
		if s := &j.trace.sessions[i]; s.OK && j.trace.measured(s.Join) {
			all = append(all, s.Loaded.At-s.Join.At)
		}
	}
	return all
}

// PlayerTime is the sum of all sessions.
func (j *Judgement) PlayerTime() (sum time.Duration) {
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		sum += max(0, j.trace.gone(s).At-s.Join.At)
	}
	return sum
}
