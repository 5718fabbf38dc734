package verdict

import (
	"fmt"
	"math"
	"strings"

	"savestone/scenarios/stats"
)

// means says in words what a claim is about.
func (c *Claim) means(opts *Options) string {
	switch c.metric.measure {
	case broken:
		return "worlds in which an invariant is broken: " + strings.Join(c.Invariants, ", ")
	case lasting:
		if c.Quantile == 1 {
			return "the longest time " + c.metric.means
		}
		return fmt.Sprintf("times within %s, %s", spanText(c.span()), c.metric.means)
	}
	within := c.within
	if within == 0 && c.metric.within > 0 {
		within = opts.Deadline
	}
	if within > 0 {
		return c.metric.means + "; in time is within " + spanText(within)
	}
	return c.metric.means
}

// foundShare words the measure of a share with its bound.
func (c *Claim) foundShare(r *Result, found *stats.Estimate, rows []Row, opts *Options) string {
	if found.Trials == 0 {
		return "no trials"
	}
	at := fmt.Sprintf("(%s %%)", trimmed(100*opts.Confidence, 3))
	var text string
	switch {
	case found.OfWorlds:
		text = fmt.Sprintf("%s; at most %s of worlds fall short %s",
			percent(r.Value, 0), percent(found.Upper, 1), at)
	case c.metric.measure == failing:
		text = fmt.Sprintf("%s, at most %s %s", percent(r.Value, 0), percent(r.Upper, 1), at)
	case r.Verdict == stats.Refuted:
		text = fmt.Sprintf("%s, at most %s %s", percent(r.Value, 0), percent(r.Upper, 1), at)
	default:
		text = fmt.Sprintf("%s, at least %s %s", percent(r.Value, 0), percent(r.Lower, -1), at)
	}
	if c.metric.measure == lasting {
		text = fmt.Sprintf("p%s is %s; %s within %s: %s", trimmed(100*c.Quantile, 4),
			spanText(c.merged(rows).Quantile(c.Quantile)), percent(r.Value, 0),
			spanText(c.span()), text)
	}
	text += fmt.Sprintf(" · %d of %d in %s", found.Failures, found.Trials, many(found.Worlds))
	if found.DesignEffect > 0 {
		text += fmt.Sprintf(", design effect %.3g", found.DesignEffect)
	}
	return text
}

func (c *Claim) merged(rows []Row) *Histogram {
	all := &Histogram{}
	for i := range rows {
		all.Merge(rows[i].Samples[c.Metric])
	}
	return all
}

// foundNever words how often something happened, with the bound on the share of worlds.
func (c *Claim) foundNever(r *Result, opts *Options) string {
	if r.Worlds == 0 {
		return "no worlds"
	}
	bound := fmt.Sprintf("at most %s of worlds (%s %%)", percent(r.Upper, 1),
		trimmed(100*opts.Confidence, 3))
	switch c.metric.measure {
	case broken:
		if r.Bad == 0 {
			return fmt.Sprintf("0 in %s: %s", many(r.Worlds), bound)
		}
		return fmt.Sprintf("%d in %d of %s", int(r.Value), r.Bad, many(r.Worlds))
	case lasting:
		bound = fmt.Sprintf("%s s at the longest; %d of %s beyond the limit: %s",
			trimmed(r.Value, 3), r.Bad, many(r.Worlds), bound)
	default:
		bound = fmt.Sprintf("%s at the most; %d of %s beyond the limit: %s",
			trimmed(r.Value, 2), r.Bad, many(r.Worlds), bound)
	}
	return bound
}

func many(worlds int) string {
	if worlds == 1 {
		return "1 world"
	}
	return fmt.Sprintf("%s worlds", thousands(worlds))
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// percent writes a share so that rounding never makes it look better: up for 1, down for -1.
func percent(x float64, direction int) string {
	const scale = 1e5 // three places of a percentage
	y := x * scale
	switch {
	case math.Abs(y-math.Round(y)) < 1e-6 || direction == 0:
		y = math.Round(y)
	case direction > 0:
		y = math.Ceil(y)
	default:
		y = math.Floor(y)
	}
	if direction == 0 && y == scale && x < 1 {
		y-- // nearly all is not all
	}
	return trimmed(y/1e3, 3) + " %"
}

// trimmed writes a number with at most so many places.
func trimmed(x float64, places int) string {
	text := fmt.Sprintf("%.*f", places, x)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
