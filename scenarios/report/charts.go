package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

const (
	timelinesMax = 12   // worlds that can be looked at over time
	pointsMax    = 4000 // requests that one of them shows
	// curveStep is the least distance of points of a distribution's curve, in powers of ten.
	curveStep = 0.02
)

// charts is what the page draws. It holds what is drawn and not the run: three thousand rows would
// make a page too heavy to mail. Times are seconds.
type charts struct {
	Timelines []timeline `json:"timelines"`
	Looks     []looks    `json:"looks"`
	Latencies []latency  `json:"latencies"`
}

// timeline is a world over time; lists of the same length have one entry per bin.
type timeline struct {
	Name   string    `json:"name"`
	Bin    float64   `json:"bin"`
	Saves  []int     `json:"saves"`
	Stored []int     `json:"stored"`
	Low    []float64 `json:"low"` // Wilson's band around the share that was stored
	High   []float64 `json:"high"`
	Online []int     `json:"online"`
	Unsafe []int     `json:"unsafe"`
	Bands  []band    `json:"bands"`
	Marks  []band    `json:"marks"`
	Points points    `json:"points"`
}

type band struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Name string  `json:"name"`
}

// points are requests, in columns, since that packs well.
type points struct {
	At    []float64 `json:"at"`
	Took  []float64 `json:"took"`
	Kind  string    `json:"kind"`  // a letter for each: o, f, i
	Whole int       `json:"whole"` // how many there were
}

// looks is a claim after so many worlds.
type looks struct {
	Claim  string    `json:"claim"`
	Cell   string    `json:"cell"`
	Axis   string    `json:"axis"` // what the numbers are, in words
	Log    bool      `json:"log"`
	Unit   string    `json:"unit"`
	Limit  float64   `json:"limit"`
	Worlds []int     `json:"worlds"`
	Value  []float64 `json:"value"`
	Low    []float64 `json:"low"`
	High   []float64 `json:"high"`
}

// latency is how large a share took longer.
type latency struct {
	Metric string    `json:"metric"`
	Cell   string    `json:"cell"`
	Took   []float64 `json:"took"`
	Beyond []float64 `json:"beyond"`
}

func chartsOf(run *verdict.Run, t totals) charts {
	c := charts{Timelines: []timeline{}, Looks: []looks{}, Latencies: []latency{}}
	for _, row := range withTimeline(run.Rows) {
		c.Timelines = append(c.Timelines, timelineOf(row, run.Confidence))
	}
	for _, r := range worstFirst(run.Claims) {
		if len(r.Running) > 1 {
			c.Looks = append(c.Looks, looksOf(r))
		}
	}
	for _, key := range t.sampleKeys() {
		if t.Samples[key].N > 0 {
			c.Latencies = append(c.Latencies, latencyOf(key, t.Samples[key]))
		}
	}
	return c
}

// withTimeline picks the worlds to show over time, those that failed first.
func withTimeline(rows []verdict.Row) []verdict.Row {
	var picked []verdict.Row
	for _, failed := range []bool{true, false} {
		for _, row := range rows {
			bad := len(row.Violations)+len(row.Causes) > 0
			if row.Timeline != nil && row.Timeline.Bin > 0 && bad == failed &&
				len(picked) < timelinesMax {
				picked = append(picked, row)
			}
		}
	}
	return picked
}

func worldName(row verdict.Row) string {
	name := fmt.Sprintf("world %d", row.World)
	if row.Cell != "" {
		name += ", " + row.Cell
	}
	return name
}

func timelineOf(row verdict.Row, confidence float64) timeline {
	from := row.Timeline
	bins := max(len(from.Saves), len(from.Stored), len(from.Online), len(from.Unsafe))
	even := func(counts []int) []int {
		return append(slices.Clone(counts), make([]int,
			bins-len(counts))...)
	}
	t := timeline{
		Name: worldName(row), Bin: seconds(from.Bin),
		Saves: even(from.Saves), Stored: even(from.Stored),
		Online: even(from.Online), Unsafe: even(from.Unsafe),
		Bands: bandsOf(from.Bands), Marks: bandsOf(from.Marks), Points: pointsOf(from.Points),
	}
	if confidence == 0 {
		confidence = 0.95
	}
	for i := range bins {
		stored, saves := min(t.Stored[i], t.Saves[i]), t.Saves[i]
		low, high := stats.Wilson(saves-stored, saves, confidence)
		t.Low, t.High = append(t.Low, digits(1-high, 4)), append(t.High, digits(1-low, 4))
	}
	return t
}

func bandsOf(bands []verdict.Band) []band {
	all := []band{}
	for _, b := range bands {
		all = append(all, band{seconds(b.From), seconds(b.To), b.Name})
	}
	return all
}

// pointsOf thins requests out when there are too many: what did not go well stays longest.
func pointsOf(all []verdict.Point) points {
	failed := 0
	for _, p := range all {
		if p.Outcome != "ok" {
			failed++
		}
	}
	every := func(n, room int) int { return max(1, (n+room-1)/max(room, 1)) }
	failedEvery := every(failed, pointsMax/2)
	fineEvery := every(len(all)-failed, pointsMax-failed/failedEvery)
	shown := points{Whole: len(all), At: []float64{}, Took: []float64{}}
	var kinds strings.Builder
	seen := map[bool]int{}
	for _, p := range all {
		fine := p.Outcome == "ok"
		stride := failedEvery
		if fine {
			stride = fineEvery
		}
		if seen[fine]++; (seen[fine]-1)%stride != 0 {
			continue
		}
		shown.At = append(shown.At, seconds(p.At))
		shown.Took = append(shown.Took, seconds(max(p.Took, time.Millisecond)))
		kinds.WriteByte(letter(p.Outcome))
	}
	shown.Kind = kinds.String()
	return shown
}

func letter(outcome string) byte {
	switch outcome {
	case "ok":
		return 'o'
	case "info":
		return 'i'
	}
	return 'f'
}

// looksOf turns a share that should be near 1 into the share that fails: on a log axis one sees how
// far it is from what is allowed, which between 99.9 % and 100 % of a plain axis nobody does.
func looksOf(r verdict.Result) looks {
	l := looks{
		Claim: r.Claim, Cell: cellBeside(r), Unit: string(r.Unit), Limit: r.Limit, Axis: r.Metric,
	}
	flip := r.Unit == verdict.Share && r.Limit > 0.5
	switch {
	case flip:
		l.Axis, l.Limit = "share that fails", digits(1-r.Limit, 9)
	case r.Unit == verdict.Share:
		l.Axis = "share"
	case r.Unit == verdict.Seconds:
		l.Axis = "seconds"
	}
	l.Log = r.Unit == verdict.Share
	for _, look := range r.Running {
		value, low, high := look.Value, look.Lower, look.Upper
		if flip {
			value, low, high = 1-value, 1-high, 1-low
		}
		l.Worlds = append(l.Worlds, look.Worlds)
		l.Value = append(l.Value, digits(value, 7))
		l.Low, l.High = append(l.Low, digits(low, 7)), append(l.High, digits(high, 7))
	}
	return l
}

func latencyOf(key sampleKey, h *verdict.Histogram) latency {
	l := latency{Metric: key.Metric, Cell: key.Cell}
	steps := h.Steps()
	last := math.Inf(-1)
	for i, one := range steps {
		took := max(one.UpTo, time.Microsecond).Seconds()
		at := math.Log10(took)
		if i < len(steps)-1 && at-last < curveStep {
			continue
		}
		last = at
		l.Took = append(l.Took, digits(took, 6))
		l.Beyond = append(l.Beyond, digits(1-float64(one.N)/float64(h.N), 8))
	}
	return l
}

// digits rounds a number, for fewer bytes on the page.
func digits(value float64, places int) float64 {
	scale := math.Pow(10, float64(places))
	return math.Round(value*scale) / scale
}
