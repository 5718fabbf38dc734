package verdict

import (
	"cmp"
	"slices"
	"time"

	"savestone/scenarios/history"
)

const (
	timelineBin = 10 * time.Second
	pointsMax   = 2000 // of requests, in a world
	bandsMax    = 500
)

// timelineOf is a world over time.
func timelineOf(j *history.Judgement, deadline time.Duration) *Timeline {
	end := j.Play.End.At
	bins := int(end/timelineBin) + 1
	t := &Timeline{
		Bin: timelineBin, Saves: make([]int, bins), Stored: make([]int, bins),
		Online: make([]int, bins), Unsafe: make([]int, bins),
	}
	for i := range j.Play.Saves {
		save := &j.Play.Saves[i]
		bin := t.bin(save.Call.At)
		t.Saves[bin]++
		if fate := j.Fate(save, deadline); fate.OK {
			t.Stored[bin]++
		}
	}
	for i := range j.Play.Sessions {
		s := &j.Play.Sessions[i]
		t.each(t.Online, s.Join.At, cmp.Or(j.Gone(s), end))
	}
	for i := range j.Play.Changes {
		c := &j.Play.Changes[i]
		if stored := j.StoredAt(c); stored > c.At.At {
			t.each(t.Unsafe, c.At.At, stored)
		}
	}
	t.bands(j, end)
	t.points(j)
	t.marks(j)
	return t
}

func (t *Timeline) bin(at time.Duration) int {
	return min(max(0, int(at/t.Bin)), len(t.Saves)-1)
}

// each counts something that lasts in the bins at whose starts it is there.
func (t *Timeline) each(counts []int, from, until time.Duration) {
	first := int((from + t.Bin - 1) / t.Bin)
	for bin := first; bin < len(counts) && time.Duration(bin)*t.Bin < until; bin++ {
		counts[bin]++
	}
}

// bands are the faults that last, and the times without any.
func (t *Timeline) bands(j *history.Judgement, end time.Duration) {
	for i := range j.Play.Faults {
		f := &j.Play.Faults[i]
		if f.Until > f.At.At && f.Op == 0 {
			t.Bands = append(t.Bands, Band{f.At.At, min(f.Until, end), cmp.Or(f.Rule, f.Kind)})
		}
	}
	for _, outage := range j.Outages() {
		t.Bands = append(t.Bands, Band{outage.Begin.At, outage.End.At, "outage"})
	}
	for _, heal := range j.Play.Heals {
		until := heal.End.At
		if heal.End.Seq == 0 {
			until = end
		}
		t.Bands = append(t.Bands, Band{heal.Begin.At, until, "healed"})
	}
	t.Bands = t.Bands[:min(len(t.Bands), bandsMax)]
}

// points are the requests: all that failed as far as there is room, and some of the others.
func (t *Timeline) points(j *history.Judgement) {
	var failed, ok []Point
	for i := range j.History.Ops {
		op := &j.History.Ops[i]
		if op.Return.Seq == 0 {
			continue
		}
		p := Point{op.Call.At, op.Return.At - op.Call.At, op.Outcome.String()}
		if op.Outcome == history.OK {
			ok = append(ok, p)
		} else {
			failed = append(failed, p)
		}
	}
	t.Points = append(thinned(failed, pointsMax/2), thinned(ok, pointsMax/2)...)
	slices.SortStableFunc(t.Points, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
}

// thinned leaves out points evenly until there are no more than most.
func thinned(points []Point, most int) []Point {
	if len(points) <= most {
		return points
	}
	all := make([]Point, 0, most)
	for n := range most {
		all = append(all, points[n*len(points)/most])
	}
	return all
}

// marks are instants: servers that end, and violations.
func (t *Timeline) marks(j *history.Judgement) {
	for i := range j.Play.Servers {
		if life := &j.Play.Servers[i]; life.Reason != "" {
			name := life.Reason + " " + life.Server
			t.Marks = append(t.Marks, Band{life.End.At, life.End.At, name})
		}
	}
	for _, v := range j.Violations {
		t.Marks = append(t.Marks, Band{v.At, v.At, v.Invariant})
	}
	slices.SortStableFunc(t.Marks, func(a, b Band) int { return cmp.Compare(a.From, b.From) })
	t.Marks = t.Marks[:min(len(t.Marks), bandsMax)]
}
