package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// TextOptions adjust what Text prints.
type TextOptions struct {
	Files  []string // where the report's files were written; the first is the page
	Colour bool
	ASCII  bool // for terminals and logs that show nothing else
}

// textWriter prints the summary for a terminal.
type textWriter struct {
	*bufio.Writer
	o TextOptions
}

// Text prints the summary for a terminal: the verdict, a line for each claim, what failed, what
// the faults were, and what the run did not show.
func Text(w io.Writer, run *verdict.Run, o TextOptions) error {
	t := textWriter{bufio.NewWriter(w), o}
	total := sum(run.Rows)
	t.line(" %s   seed %d   %s   %s virtual, %s played", run.Name, run.Seed,
		of(total.Worlds, "world"), brief(total.Virtual), brief(total.PlayerTime))
	t.line("")
	t.verdict(run)
	t.line("")
	for _, r := range worstFirst(run.Claims) {
		t.claim(r, run)
	}
	t.happened(run, total)
	if len(o.Files) > 0 {
		t.line("")
		t.line("report  %s", strings.Join(o.Files, "  "))
	}
	return t.Flush()
}

// line prints one line.
func (t textWriter) line(format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = tame(text)
		}
	}
	t.print(fmt.Sprintf(format, args...) + "\n")
}

func (t textWriter) print(text string) {
	if t.o.ASCII {
		text = ascii(text)
	}
	t.WriteString(text)
}

// ascii replaces what the summary draws; other characters of names become question marks.
func ascii(text string) string {
	text = strings.NewReplacer("█", "#", "✓", "ok", "✕", "XX", "?", "??", "⊘", "--", "·", ",",
		"≥", ">=", "≤", "<=", "µ", "u", "→", "->", "–", "-", "×", "x").Replace(text)
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, text)
}

// glyphs stand before verdicts, so that colour is never all that tells them apart.
var glyphs = map[stats.Verdict]string{
	stats.Proven: "✓", stats.Refuted: "✕", stats.NotShown: "?", stats.OutsideModel: "⊘",
}

var colours = map[stats.Verdict]string{
	stats.Proven: "32", stats.Refuted: "31", stats.NotShown: "33", stats.OutsideModel: "35",
}

// in paints a text in the colour of a verdict.
func (t textWriter) in(v stats.Verdict, text string) string {
	if t.o.ASCII {
		text = ascii(text)
	}
	if !t.o.Colour {
		return text
	}
	return "\x1b[" + colours[v] + "m" + text + "\x1b[0m"
}

func (t textWriter) verdict(run *verdict.Run) {
	v := overall(run.Claims)
	at := ""
	if run.Confidence > 0 {
		at = fmt.Sprintf("   (%s confidence)", percent(run.Confidence))
	}
	t.WriteString(" " + t.in(v, "█ VERDICT  "+string(v)))
	t.line("   %s%s", standing(run.Claims), at)
	for _, text := range incomplete(run) {
		t.line("   %s", text)
	}
}

// standing counts verdicts in words: "2 of 3 claims proven, 1 refuted".
func standing(results []verdict.Result) string {
	if len(results) == 0 {
		return "the plan makes no claims"
	}
	counts := map[stats.Verdict]int{}
	for _, r := range results {
		counts[r.Verdict]++
	}
	text := fmt.Sprintf("%d of %s proven", counts[stats.Proven], of(len(results), "claim"))
	for _, v := range []stats.Verdict{stats.Refuted, stats.NotShown, stats.OutsideModel} {
		if counts[v] > 0 {
			text += fmt.Sprintf(", %d %s", counts[v], strings.ToLower(string(v)))
		}
	}
	return text
}

// claimWide is how wide a claim may be with what was found on the same line.
const claimWide = 44

func (t textWriter) claim(r verdict.Result, run *verdict.Run) {
	name := r.Claim
	if cell := cellBeside(r); cell != "" {
		name += " [" + cell + "]"
	}
	t.WriteString("   " + t.in(r.Verdict, glyphs[r.Verdict]) + " ")
	if utf8.RuneCountInString(name) <= claimWide {
		t.line("%-*s %s", claimWide, name, r.Found)
	} else {
		t.line("%s", name)
		t.line("     %s", r.Found)
	}
	if r.Predicted != nil {
		t.line("     predicted %s, measured %s", figure(*r.Predicted, r.Unit),
			figure(r.Value, r.Unit))
	}
	for _, text := range []string{r.Why, unsettled(r, run)} {
		if text != "" {
			t.line("     %s", text)
		}
	}
}

func (t textWriter) happened(run *verdict.Run, total totals) {
	list := func(title string, all []tally) {
		if len(all) > 0 {
			t.line("   %-26s %s", title, listed(all))
		}
	}
	t.line("")
	list("violations", tallies(total.Violations))
	list("failed saves by cause", tallies(total.Causes))
	list("faults that hit", tallies(total.Fired))
	if names := neverFired(run, total); len(names) > 0 {
		t.line("   %-26s %s", "faults that never hit", strings.Join(names, " · "))
	}
	if len(total.Broken) > 0 {
		t.line("   %-26s %s; the first: %s", "not run to their end",
			of(len(total.Broken), "world"), total.Broken[0].Error)
	}
	if len(total.Outside) > 0 {
		t.line("   %-26s %s; the first: %s", "outside the model",
			of(len(total.Outside), "world"), total.Outside[0].Outside)
	}
	if failed := told(run.Rows); len(failed) > 0 {
		t.line("   %-26s %s", "replay the first", replayCommand(run, failed[0].Row))
	}
	t.line("   %-26s %s", "the same again", identity(run))
}

// identity is what makes the run the one it is.
func identity(run *verdict.Run) string {
	return fmt.Sprintf("seed %d · plan %s · system %s · run %s · savestone %s", run.Seed,
		short(run.PlanID), short(run.SutID), short(run.Hash), run.Version)
}

func listed(all []tally) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = one.Name + " " + count(one.N)
	}
	return strings.Join(texts, " · ")
}
