package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"savestone/scenarios/stats"
)

// Options say how claims are judged.
type Options struct {
	Confidence float64       // of each bound, one-sided; 0.95
	Deadline   time.Duration // of save_success where a claim names none; 30 s

	// Peeked is set when the results were looked at while they came in, and may have ended the run.
	// Then the bounds are those that hold at any time; they need more worlds.
	Peeked bool
	// Weather is what predictions start from, by cell.
	Weather map[string]Weather

	verdictOnly bool // leave out what only a report shows
}

func (o Options) withDefaults() Options {
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	if o.Deadline == 0 {
		o.Deadline = saveWithin
	}
	return o
}

// Judge says of each claim what the rows show, for each cell that it is about.
func Judge(rows []Row, claims []Claim, opts Options) []Result {
	opts = opts.withDefaults()
	byCell := map[string][]Row{}
	var cells []string
	for _, row := range rows {
		if byCell[row.Cell] == nil {
			cells = append(cells, row.Cell)
		}
		byCell[row.Cell] = append(byCell[row.Cell], row)
	}
	slices.Sort(cells)
	var results []Result
	for i := range claims {
		claim, found := &claims[i], false
		for _, cell := range cells {
			if claim.about(cell) {
				results = append(results, claim.judge(cell, byCell[cell], &opts))
				found = true
			}
		}
		if !found {
			result := claim.result("", &opts)
			result.Verdict, result.Why = stats.NotShown, "there is no world that it is about"
			results = append(results, result)
		}
	}
	return results
}

// about reports whether a claim is about a cell.
func (c *Claim) about(cell string) bool {
	has := strings.Fields(cell)
	for _, want := range c.Cells {
		if !slices.Contains(has, want) {
			return false
		}
	}
	return true
}

// result is what there is to say before any world is looked at.
func (c *Claim) result(cell string, opts *Options) Result {
	r := Result{
		Claim: c.Text, Metric: c.Metric, Cell: cell, Means: c.means(opts), Limit: c.limit,
	}
	switch {
	case c.metric.measure == lasting && c.Quantile == 1:
		r.Unit = Seconds
	case c.metric.measure == number, c.metric.measure == broken:
		r.Unit = Number
	default:
		r.Unit = Share
	}
	if r.Unit == Share && c.metric.measure == lasting {
		r.Limit = c.Quantile
	}
	return r
}

// judge judges a claim by the rows of one cell.
func (c *Claim) judge(cell string, rows []Row, opts *Options) Result {
	var inside, all []Row
	var errs, outside int
	why := ""
	for _, row := range rows {
		switch {
		case row.Error != "":
			if errs++; why == "" {
				why = row.Error
			}
			continue
		case row.Outside != "":
			outside++
		default:
			inside = append(inside, row)
		}
		all = append(all, row)
	}
	r := c.shown(cell, inside, opts)
	if outside > 0 && r.Verdict != stats.Refuted {
		whole := c.shown(cell, all, opts)
		if whole.Verdict == stats.Refuted || len(inside) == 0 {
			whole.Verdict = stats.OutsideModel
			r = whole
		}
		r.Why = joined(r.Why, fmt.Sprintf("%s more broken than the system must survive",
			worldsHad(outside)))
	}
	if errs > 0 && r.Verdict == stats.Proven {
		r.Verdict = stats.NotShown
	}
	if errs > 0 {
		r.Why = joined(r.Why, fmt.Sprintf("%s an error: %s", worldsHad(errs), why))
	}
	if weather, known := opts.Weather[cell]; known {
		r.Predicted = Predict(c, weather, opts.Deadline)
	}
	return r
}

func worldsHad(n int) string {
	if n == 1 {
		return "1 world had"
	}
	return fmt.Sprintf("%d worlds had", n)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// shown says what rows show of a claim.
func (c *Claim) shown(cell string, rows []Row, opts *Options) Result {
	r := c.result(cell, opts)
	switch r.Unit {
	case Share:
		c.shownShare(&r, rows, opts)
	default:
		c.shownNever(&r, rows, opts)
	}
	return r
}

// shownShare judges a claim about a share of trials.
func (c *Claim) shownShare(r *Result, rows []Row, opts *Options) {
	worlds := make([]stats.World, 0, len(rows))
	for i := range rows {
		if w := c.trials(&rows[i]); w.Trials > 0 {
			worlds = append(worlds, w)
		}
	}
	claim := stats.Claim{FailuresMax: c.failuresMax(), Confidence: opts.Confidence}
	judge := claim.JudgeWorlds
	if opts.Peeked {
		judge = claim.JudgeWorldsPeeked
	}
	verdict, found := judge(worlds)
	r.Verdict, r.Worlds, r.Bad = verdict, found.Worlds, found.BadWorlds
	r.Count = Count{found.Failures, found.Trials}
	r.Effect = found.DesignEffect
	r.Value, r.Lower, r.Upper = found.Rate, found.Lower, found.Upper
	if c.metric.measure != failing {
		r.Value, r.Lower, r.Upper = 1-found.Rate, 1-found.Upper, 1-found.Lower
	}
	if found.Trials == 0 {
		r.Value, r.Why = 0, "no world had one"
	}
	r.Found = c.foundShare(r, &found, rows, opts)
	if opts.verdictOnly {
		return
	}
	r.Running = running(worlds, opts.Confidence, c.metric.measure != failing)
}

// trials are those of one world.
func (c *Claim) trials(row *Row) stats.World {
	if c.metric.measure != lasting {
		count := row.Counts[c.Metric]
		return stats.World{Failures: count.Failures, Trials: count.Trials}
	}
	sample := row.Samples[c.Metric]
	if sample == nil {
		return stats.World{}
	}
	return stats.World{Failures: sample.Over(c.span()), Trials: sample.N}
}

// span is the limit of a claim about how long something takes.
func (c *Claim) span() time.Duration { return time.Duration(c.limit * float64(time.Second)) }

// shownNever judges a claim that no world has something. Once is enough to refute it; else it is
// proven as far as the bound on the share of worlds says that is told with it.
func (c *Claim) shownNever(r *Result, rows []Row, opts *Options) {
	idle := slices.Clone(c.Invariants) // those that no world was held against
	for i := range rows {
		row := &rows[i]
		idle = slices.DeleteFunc(idle, func(id string) bool { return row.Checked[id] > 0 })
		value, bad, ok := c.seen(row)
		if !ok {
			continue
		}
		r.Worlds++
		if bad {
			r.Bad++
		}
		if c.metric.measure == broken {
			r.Value += value
		} else {
			r.Value = max(r.Value, value)
		}
	}
	r.Count = Count{r.Bad, r.Worlds}
	r.Upper = 1
	if r.Worlds > 0 {
		r.Lower, r.Upper = worldBounds(r.Bad, r.Worlds, opts)
	}
	switch {
	case r.Bad > 0:
		r.Verdict = stats.Refuted
	case r.Worlds == 0 || len(idle) > 0 && !c.everything():
		r.Verdict = stats.NotShown
	default:
		r.Verdict = stats.Proven
	}
	if r.Worlds == 0 {
		r.Why = "no world had anything to judge"
	} else if len(idle) > 0 {
		r.Why = "no world had anything to judge by " + strings.Join(idle, ", ")
	}
	r.Found = c.foundNever(r, opts)
}

// everything reports whether a claim is about all invariants of zero tolerance.
func (c *Claim) everything() bool { return len(c.Invariants) == len(zeroTolerance()) }

func worldBounds(bad, worlds int, opts *Options) (lower, upper float64) {
	if opts.Peeked {
		return stats.Sequence{Failures: bad, Trials: worlds}.Bounds(opts.Confidence)
	}
	return stats.LowerBound(bad, worlds, opts.Confidence),
		stats.UpperBound(bad, worlds, opts.Confidence)
}

// seen is what one world says of a claim about what never happens; ok is false if that is nothing.
func (c *Claim) seen(row *Row) (value float64, bad, ok bool) {
	switch c.metric.measure {
	case broken:
		for _, id := range c.Invariants {
			value += float64(row.Violations[id])
			ok = ok || row.Checked[id] > 0 || row.Violations[id] > 0
		}
		return value, value > 0, ok
	case number:
		count, ok := row.Counts[c.Metric]
		value = float64(count.Failures)
		if c.Metric == "amplification" {
			ok = count.Trials > 0
			value /= float64(max(count.Trials, 1))
		}
		return value, value > c.limit, ok
	default:
		sample := row.Samples[c.Metric]
		if sample == nil {
			return 0, false, false
		}
		return sample.Max.Seconds(), sample.Max > c.span(), true
	}
}
