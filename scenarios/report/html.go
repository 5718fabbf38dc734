package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

//go:embed page
var files embed.FS

const (
	// plainBytesMax is up to where the page's data stay readable in its source.
	plainBytesMax = 32 << 10
	// openClaims is how many proven claims are shown before the rest is folded.
	openClaims = 12
)

// page is what the template shows, in the order it shows it.
type page struct {
	*verdict.Run
	Verdict     stats.Verdict
	Standing    string
	Incomplete  []string
	Open, More  []verdict.Result
	Total       totals
	ZooCaught   int
	Fired       []tally
	Never       []string
	Counts      []countLine
	ManyCells   bool // so that Counts are of different weathers or systems
	Violations  []violation
	Shown       []string // that can be looked at over time
	Latencies   []latencyLine
	Heats       []heat
	Failures    []story
	Idle        []string // invariants that had nothing to judge
	Untold      int      // failures that are not told
	Causes      crossing
	NotModelled []string

	Head, Script template.HTML
	Data         template.JS
}

type countLine struct {
	Metric string
	verdict.Count
	Means, Share string
}

type latencyLine struct {
	sampleKey
	N                              int
	Mean, P50, P95, P99, P999, Max time.Duration
}

// story is a failure card.
type story struct {
	failure
	ID       string
	Means    string // the invariant
	Open     bool   // the first of its invariant is told at once
	Diagram  *sequence
	Versions []link
	Replay   string
}

// HTML writes the page: one file that needs no other, no network and no server.
func HTML(w io.Writer, run *verdict.Run) error {
	p, err := pageOf(run)
	if err != nil {
		return err
	}
	t, err := template.New("page.gohtml").Funcs(functions).ParseFS(files, "page/*.gohtml")
	if err != nil {
		return err // a bug in the page
	}
	var out bytes.Buffer
	if err := t.Execute(&out, p); err != nil {
		return fmt.Errorf("write the report of %q: %w", run.Name, err)
	}
	_, err = w.Write(bytes.Map(visible, out.Bytes()))
	return err
}

var functions = template.FuncMap{
	"count": count, "of": of, "percent": percent, "figure": figure, "brief": brief,
	"clock": clock, "short": short, "class": class, "unsettled": unsettled,
	"glyph":    func(v stats.Verdict) string { return glyphs[v] },
	"add":      func(a, b int) int { return a + b },
	"identity": identity,
	"list":     func(values ...any) []any { return values },
	"value":    func(number *float64) float64 { return *number },
	"kind":     kindWords,
	"pretty":   pretty,
	"meaning":  meaning, "cellBeside": cellBeside,
}

func pageOf(run *verdict.Run) (*page, error) {
	t := sum(run.Rows)
	p := &page{
		Run: run, Verdict: overall(run.Claims), Standing: standing(run.Claims),
		Incomplete: incomplete(run), Total: t, Fired: tallies(t.Fired),
		Never: neverFired(run, t), Violations: violations(run.Rows), Heats: heats(run.Claims),
		Causes: cross(run.Rows, t), NotModelled: notModelled, Idle: idle(t),
	}
	results := worstFirst(run.Claims)
	firstProven := slices.IndexFunc(results, func(r verdict.Result) bool {
		return r.Verdict == stats.Proven
	})
	fold := len(results)
	if firstProven >= 0 {
		fold = min(fold, firstProven+openClaims)
	}
	p.Open, p.More = results[:fold], results[fold:]
	for _, one := range run.Zoo {
		if one.Caught != "" {
			p.ZooCaught++
		}
	}
	p.ManyCells = slices.ContainsFunc(run.Rows, func(row verdict.Row) bool {
		return row.Cell != run.Rows[0].Cell
	})
	p.tables(t)
	p.stories()
	return p, p.embed(chartsOf(run, t))
}

// tables fills in the counts and the distributions.
func (p *page) tables(t totals) {
	for metric, c := range t.Counts {
		p.Counts = append(p.Counts, countLineOf(metric, c))
	}
	slices.SortFunc(p.Counts, func(a, b countLine) int {
		return bytes.Compare([]byte(a.Metric), []byte(b.Metric))
	})
	for _, key := range t.sampleKeys() {
		h := t.Samples[key]
		if h.N == 0 {
			continue
		}
		p.Latencies = append(p.Latencies, latencyLine{
			sampleKey: key, N: h.N, Mean: h.Sum / time.Duration(h.N), Max: h.Max,
			P50: h.Quantile(0.5), P95: h.Quantile(0.95),
			P99: h.Quantile(0.99), P999: h.Quantile(0.999),
		})
	}
	for _, row := range withTimeline(p.Run.Rows) {
		p.Shown = append(p.Shown, worldName(row))
	}
}

// countLineOf words what was counted. Of a metric about what must not be, the share that counts is
// that of its failures; two others have no trials.
func countLineOf(metric string, c verdict.Count) countLine {
	means, failing := verdict.Meaning(metric)
	line := countLine{Metric: metric, Count: c, Means: means}
	failed := float64(c.Failures) / float64(max(c.Trials, 1))
	switch {
	case metric == "queue_drops":
		line.Share = "–"
	case c.Trials == 0:
		line.Share = "no trials"
	case metric == "amplification":
		line.Share = fmt.Sprintf("%.3g for each", failed)
	case failing:
		line.Share = percent(failed)
	default:
		line.Share = percent(1 - failed)
	}
	return line
}

func (p *page) stories() {
	for i, one := range told(p.Run.Rows) {
		p.Failures = append(p.Failures, story{
			failure: one, ID: fmt.Sprintf("failure-%d", i+1), Diagram: draw(one.Story),
			Means:    meaning(one.Invariant),
			Open:     i == 0 || p.Failures[i-1].Invariant != one.Invariant,
			Versions: chain(one.Example.Versions), Replay: replayCommand(p.Run, one.Row),
		})
	}
	for _, row := range p.Run.Rows {
		for _, n := range row.Violations {
			p.Untold += n
		}
	}
	p.Untold = max(0, p.Untold-len(p.Failures))
}

// embed puts the charts' data, the style and the script into the page, and forbids it all others:
// only what has one of the hashes runs.
func (p *page) embed(data charts) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write the charts of %q: %w", p.Run.Name, err)
	}
	text = bytes.Map(visible, text)
	if len(text) > plainBytesMax {
		packed, err := zipped(text)
		if err != nil {
			return err
		}
		text = packed
	}
	p.Data = template.JS(text) // #nosec: Marshal escapes what could end the element
	style, err := files.ReadFile("page/page.css")
	if err != nil {
		return err
	}
	script, err := files.ReadFile("page/page.js")
	if err != nil {
		return err
	}
	p.Head = template.HTML(fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="`+
		`default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; `+
		`form-action 'none'">`+"\n<style>%s</style>", sourceHash(style), sourceHash(script), style))
	p.Script = template.HTML(fmt.Sprintf("<script>%s</script>", script))
	return nil
}

// zipped is a text as the page unpacks it: a JSON string of base64 of gzip.
func zipped(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(text); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(packed.Bytes()))
}

// sourceHash is a source as a content security policy names it.
func sourceHash(source []byte) string {
	sum := sha256.Sum256(source)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// kindWords says in words what a diagram shows by the form of a line.
func kindWords(kind string) string {
	return map[string]string{
		"lost": "this never arrived", "late": "after the caller had given up", "error": "an error",
		"fault": "a fault",
	}[kind]
}

// pretty is JSON for people.
func pretty(text json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return string(text)
	}
	return out.String()
}
