package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

func pageText(t *testing.T, run *verdict.Run) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, HTML(&out, run))
	return out.String()
}

func TestThePageEscapesWhatTheRunSays(t *testing.T) {
	page := pageText(t, hostileRun())
	require.Equal(t, 2, strings.Count(page, "<script"), "the data and the page's own")
	require.Equal(t, 2, strings.Count(page, "</script"))
	require.NotContains(t, page, "<img")
	require.NotContains(t, page, "\x1b")
	require.NotContains(t, page, "\u202e")
	require.Greater(t, strings.Count(page, "&lt;script&gt;alert(1)"), 50, "the names are there, as text")
}

func TestThePageNeedsNothingElse(t *testing.T) {
	page := pageText(t, sampleMatrix(3))
	rest := strings.ReplaceAll(page, "http://www.w3.org/2000/svg", "") // a name, not a place
	for _, outside := range []string{"http:", "https:", "//cdn", "@import", "url(#", "src=", "<link", "<iframe"} {
		if outside == "url(#" {
			continue // clip paths are in the page
		}
		require.NotContains(t, rest, outside)
	}
	require.NotRegexp(t, `<[a-z][^>]* style=`, page, "the policy forbids style attributes")
	require.NotRegexp(t, `<[a-z][^>]* on[a-z]+=`, page)
}

// The policy lets run what has these hashes and nothing else.
func TestThePolicyNamesTheStyleAndTheScript(t *testing.T) {
	page := pageText(t, sampleRun(3))
	policy := regexp.MustCompile(`content="(default-src 'none'[^"]*)"`).FindStringSubmatch(page)[1]
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)[1]
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindStringSubmatch(page)[1]
	require.Contains(t, policy, "style-src '"+sourceHash([]byte(style))+"'")
	require.Contains(t, policy, "script-src '"+sourceHash([]byte(script))+"'")
	require.NotContains(t, policy, "unsafe")
	require.Less(t, strings.Index(page, policy), strings.Index(page, "<style>"), "it holds for what follows it")
}

func TestTheClaimsComeFirst(t *testing.T) {
	page := pageText(t, sampleRun(30))
	_, main, found := strings.Cut(page, "<main>")
	require.True(t, found)
	require.Regexp(t, `^\s*<section id="claims"[^>]*>\s*<h2[^>]*>[^<]*</h2>\s*<table class="claims"`, main)
	order := []string{`badge refuted`, `badge outside-model`, `badge not-shown`, `badge proven`}
	last := -1
	for _, badge := range order {
		at := strings.Index(main, badge)
		require.Greater(t, at, last, badge)
		last = at
	}
}

func TestThreeThousandWorldsFitInALightPage(t *testing.T) {
	page := pageText(t, sampleRun(3000))
	require.Less(t, len(page), 3<<20)
	require.Less(t, len(page), 512<<10, "the page holds what it draws, not the rows")
}

func TestDataArePackedOnlyWhenTheyAreLarge(t *testing.T) {
	data := func(run *verdict.Run) any {
		found := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(pageText(t, run))
		require.NotNil(t, found)
		var value any
		require.NoError(t, json.Unmarshal([]byte(found[1]), &value))
		return value
	}
	require.IsType(t, map[string]any{}, data(&verdict.Run{}))
	packed, ok := data(sampleRun(500)).(string)
	require.True(t, ok)
	zip, err := base64.StdEncoding.DecodeString(packed)
	require.NoError(t, err)
	require.Equal(t, []byte{0x1f, 0x8b}, zip[:2], "gzip")
}

func TestInvariantsThatJudgedNothingAreTold(t *testing.T) {
	run := sampleRun(30)
	require.Empty(t, idle(sum(run.Rows)), "the run does not tell")
	run.Rows[0].Checked = map[string]int{"I1": 7}
	names := idle(sum(run.Rows))
	require.NotContains(t, strings.Join(names, "\n"), "I1:")
	page := pageText(t, run)
	require.Contains(t, page, "I7: a purchase is granted once")
	require.Contains(t, page, "It must hold that what a save was acknowledged for is in every later load")
}

func TestEachCountIsShownAsTheShareThatItIs(t *testing.T) {
	share := func(metric string, failures, trials int) string {
		return countLineOf(metric, verdict.Count{Failures: failures, Trials: trials}).Share
	}
	require.Equal(t, "75 %", share("save_success@30s", 1, 4))
	require.Equal(t, "25 %", share("pessimism", 1, 4), "which is better the less it is")
	require.Equal(t, "1.5 for each", share("amplification", 6, 4))
	require.Equal(t, "–", share("queue_drops", 6, 9))
	require.Equal(t, "no trials", share("load_success", 0, 0))
	require.Contains(t, countLineOf("save_success@30s", verdict.Count{}).Means, "saves asked for")
}

func TestInvariantsStandInTheirOrder(t *testing.T) {
	rows := []verdict.Row{
		{Violations: map[string]int{"I10": 1, "I2": 3, "own": 2}}, {Violations: map[string]int{"I2": 1}},
	}
	require.Equal(t, []violation{{"I2", 4, 2}, {"I10", 1, 1}, {"own", 2, 1}}, violations(rows))
}

func TestManyProvenClaimsAreFolded(t *testing.T) {
	run := &verdict.Run{}
	for range 40 {
		run.Claims = append(run.Claims, verdict.Result{Claim: "c", Verdict: stats.Proven})
	}
	run.Claims[39].Verdict = stats.Refuted
	p, err := pageOf(run)
	require.NoError(t, err)
	require.Equal(t, stats.Refuted, p.Open[0].Verdict)
	require.Len(t, p.Open, 1+openClaims)
	require.Len(t, p.More, 39-openClaims)
	require.Contains(t, pageText(t, run), "27 more claims, all proven")
}

func TestCellsMakeATableOfTheirLastDimension(t *testing.T) {
	h := heats(sampleMatrix(2).Claims)
	require.Len(t, h, 1)
	require.Equal(t, "system by weather", h[0].Corner)
	require.Equal(t, []string{"calm", "breezy", "storm"}, h[0].Columns)
	require.Equal(t, "savestone", h[0].Rows[1].Name)
	require.Equal(t, "refuted", h[0].Rows[0].Cells[2].Class)
	require.True(t, h[0].Rows[0].Cells[2].Far)
	require.Equal(t, "not-shown", h[0].Rows[0].Cells[1].Class)
	loose := heats([]verdict.Result{{Claim: "c", Cell: "left"}, {Claim: "c", Cell: "right"}, {Claim: "d"}})
	require.Equal(t, "cell", loose[0].Corner)
	require.Len(t, loose[0].Rows, 2)
	require.Empty(t, heats(sampleRun(2).Claims), "one cell is no matrix")
}

func TestCountsOfManyCellsAreSaidToBe(t *testing.T) {
	const words = "of all cells together"
	require.Contains(t, pageText(t, sampleMatrix(2)), words)
	require.NotContains(t, pageText(t, sampleRun(2)), words)
}

func TestAMatrixWithHolesStillMakesATable(t *testing.T) {
	h := heats([]verdict.Result{{Claim: "c", Cell: "a=1 b=1"}, {Claim: "c", Cell: "a=2 b=2"}})
	require.Nil(t, h[0].Rows[0].Cells[1].Result)
	require.Contains(t, pageText(t, &verdict.Run{Claims: []verdict.Result{
		{Claim: "c", Cell: "a=1 b=1"}, {Claim: "c", Cell: "a=2 b=2"},
	}}), "<td>no result</td>")
}

func TestLanesRunFromPlayersToStorage(t *testing.T) {
	s := draw([]verdict.Event{
		{From: "DataStore", To: "server-2", Kind: "lost", Text: "stored"},
		{From: "timer", To: "server-1", Kind: "call"}, {From: "player 7", To: "server-1", Kind: "odd kind"},
		{Text: "outage", Kind: "fault"}, {From: "DataStore", Kind: "note", Text: strings.Repeat("long ", 50)},
	})
	var names []string
	for _, l := range s.Lanes {
		names = append(names, l.Name)
	}
	require.Equal(t, []string{"player 7", "timer", "server-2", "server-1", "DataStore"}, names)
	lost := s.Steps[0]
	require.Greater(t, lost.X2, s.Lanes[2].X, "it ends short of who waits for it")
	require.Equal(t, lost.X2, lost.Cross)
	require.Zero(t, lost.Head)
	require.Equal(t, 1, s.Steps[1].Head)
	require.Equal(t, "note", s.Steps[2].Kind, "what has no drawing is a note")
	require.Equal(t, s.Lanes[3].X, s.Steps[2].X1, "a note is at whom it is about")
	require.Equal(t, s.Steps[2].X1, s.Steps[2].X2)
	require.Equal(t, sequenceLeft, s.Steps[3].X1)
	require.Equal(t, "end", s.Steps[4].Anchor, "no room to the right")
	require.Less(t, len(s.Steps[4].Text), len(s.Steps[4].Full))
	require.Nil(t, draw(nil))
}

func TestTheChainOfVersionsShowsWhatChanged(t *testing.T) {
	links := chain(lostAck(1).Versions)
	require.True(t, links[0].Whole)
	require.Contains(t, links[1].Lines, diffLine{"-", `  "coins":150,`})
	require.Contains(t, links[1].Lines, diffLine{"+", `  "coins":100,`})
	require.NotContains(t, links[1].Lines, diffLine{" ", `  "level":12`}, "what stays is left out")
	require.True(t, links[3].Same)
	// A value that was cut in the middle, and one that is no JSON.
	require.Equal(t, "{\n  \"a,]\\\"\":[\n    1,\n    \"cu\n", unfolded(`{"a,]\"":[1,"cu`))
	require.Equal(t, "}]\n", strings.ReplaceAll(unfolded("}]"), "\n", "")+"\n")
}

func TestPointsAreThinnedOutFailuresLast(t *testing.T) {
	var all []verdict.Point
	for i := range 20000 {
		outcome := "ok"
		if i%100 == 0 {
			outcome = "fail"
		}
		all = append(all, verdict.Point{At: time.Duration(i) * time.Second, Took: time.Second, Outcome: outcome})
	}
	shown := pointsOf(all)
	require.LessOrEqual(t, len(shown.At), pointsMax)
	require.Greater(t, len(shown.At), pointsMax/2)
	require.Equal(t, 200, strings.Count(shown.Kind, "f"), "all failures are there")
	require.Equal(t, 20000, shown.Whole)
	for i := range all {
		all[i].Outcome = "fail"
	}
	require.LessOrEqual(t, len(pointsOf(all).At), pointsMax)
}

func TestFailingWorldsComeFirstInTheTimeline(t *testing.T) {
	timeline := &verdict.Timeline{Bin: time.Second}
	failed := verdict.Row{World: 3, Timeline: timeline, Causes: map[string]int{"x": 1}}
	rows := []verdict.Row{{World: 1, Timeline: timeline}, {World: 2}, failed}
	picked := withTimeline(rows)
	require.Equal(t, []int{3, 1}, []int{picked[0].World, picked[1].World})
	require.Len(t, withTimeline(make([]verdict.Row, 3)), 0)
	for range 40 {
		rows = append(rows, verdict.Row{Timeline: timeline})
	}
	require.Len(t, withTimeline(rows), timelinesMax)
}

func TestAShareThatShouldBeHighIsDrawnAsWhatFails(t *testing.T) {
	running := []verdict.Look{{Worlds: 5, Value: 0.99, Lower: 0.97, Upper: 1}}
	l := looksOf(verdict.Result{Unit: verdict.Share, Limit: 0.999, Running: running})
	require.True(t, l.Log)
	require.Equal(t, []any{0.001, 0.01, 0.0, 0.03}, []any{l.Limit, l.Value[0], l.Low[0], l.High[0]})
	running = []verdict.Look{{Worlds: 5, Value: 4, Lower: 3, Upper: 5}}
	l = looksOf(verdict.Result{Unit: verdict.Seconds, Limit: 60, Running: running})
	require.False(t, l.Log)
	require.Equal(t, []any{60.0, 4.0, 3.0, 5.0}, []any{l.Limit, l.Value[0], l.Low[0], l.High[0]})
}

// WCAG 2.2 AA: 4.5 to 1 for text, 3 to 1 for what is drawn.
func TestColoursHaveContrastInBothThemes(t *testing.T) {
	style, err := files.ReadFile("page/page.css")
	require.NoError(t, err)
	pairs := map[string][2]string{}
	pair := regexp.MustCompile(`--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)`)
	for _, m := range pair.FindAllStringSubmatch(string(style), -1) {
		pairs[m[1]] = [2]string{m[2], m[3]}
	}
	text := map[string][]string{
		"page":               {"ink", "soft", "accent", "refuted", "proven", "not-shown", "outside-model"},
		"raised":             {"ink", "soft"},
		"proven-back":        {"proven", "ink", "soft"},
		"refuted-back":       {"refuted", "ink"},
		"outside-model-back": {"outside-model", "ink"},
		"not-shown-back":     {"not-shown", "ink"},
		"not-shown-hatch":    {"not-shown", "ink"},
	}
	drawn := map[string][]string{"page": {"edge", "fine", "unsure", "second", "refuted", "focus"}, "raised": {"edge"}}
	for theme := range 2 {
		for least, of := range map[float64]map[string][]string{4.5: text, 3: drawn} {
			for back, fronts := range of {
				for _, front := range fronts {
					got := contrast(t, pairs[back][theme], pairs[front][theme])
					require.GreaterOrEqual(t, got, least, "%s on %s, theme %d", front, back, theme)
				}
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	luminance := func(colour string) float64 {
		require.Len(t, colour, 7)
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			byteValue, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
			require.NoError(t, err)
			channel := float64(byteValue) / 255
			if channel <= 0.04045 {
				channel /= 12.92
			} else {
				channel = math.Pow((channel+0.055)/1.055, 2.4)
			}
			sum += weight * channel
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
