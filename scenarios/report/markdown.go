package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"savestone/scenarios/verdict"
)

// markdownFailuresMax is how many failures a summary tells; the page has the rest.
const markdownFailuresMax = 5

// Markdown writes a block for a pull request or the summary of a CI job.
func Markdown(w io.Writer, run *verdict.Run) error {
	out := bufio.NewWriter(w)
	total, v := sum(run.Rows), overall(run.Claims)
	fmt.Fprintf(out, "### %s %s: %s\n\n", glyphs[v], v, escaped(run.Name))
	fmt.Fprintf(out, "%s in %s, %s played.", standing(run.Claims), of(total.Worlds, "world"),
		brief(total.PlayerTime))
	for _, text := range incomplete(run) {
		fmt.Fprintf(out, " **%s**", text)
	}
	out.WriteString("\n\n| | claim | found | predicted |\n|---|---|---|---|\n")
	for _, r := range worstFirst(run.Claims) {
		claim, found, predicted := escaped(r.Claim), escaped(r.Found), ""
		if cell := cellBeside(r); cell != "" {
			claim += "<br>" + escaped(cell)
		}
		for _, text := range []string{r.Why, unsettled(r, run)} {
			if text != "" {
				found += "<br>" + escaped(text)
			}
		}
		if r.Predicted != nil {
			predicted = figure(*r.Predicted, r.Unit)
		}
		fmt.Fprintf(out, "| %s %s | %s | %s | %s |\n", glyphs[r.Verdict], r.Verdict, claim, found,
			predicted)
	}
	markdownLists(out, run, total)
	fmt.Fprintf(out, "\n<sub>%s. This says nothing about Roblox itself.</sub>\n",
		escaped(identity(run)))
	return out.Flush()
}

func markdownLists(out *bufio.Writer, run *verdict.Run, total totals) {
	list := func(title string, all []tally) {
		if len(all) > 0 {
			fmt.Fprintf(out, "- %s: %s\n", title, escaped(listed(all)))
		}
	}
	out.WriteString("\n")
	list("violations", tallies(total.Violations))
	list("failed saves by cause", tallies(total.Causes))
	list("faults that hit", tallies(total.Fired))
	if names := neverFired(run, total); len(names) > 0 {
		fmt.Fprintf(out, "- faults that never hit: %s\n", escaped(strings.Join(names, " · ")))
	}
	failures := told(run.Rows)
	for _, f := range failures[:min(len(failures), markdownFailuresMax)] {
		fmt.Fprintf(out, "- **%s** of %s: %s %s\n", escaped(f.Invariant), escaped(f.Key),
			escaped(f.Text), codeSpan(replayCommand(run, f.Row)))
	}
}

// escaped is a text that no Markdown reads as markup, on one line.
func escaped(text string) string {
	var out strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '&':
			out.WriteString("&amp;")
		case r == '@': // a mention would call people
			out.WriteString("&#64;")
		case strings.ContainsRune("\\`*_{}[]#|~$!>", r):
			out.WriteByte('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// codeSpan is a text as code. A fence longer than any run of backticks in it cannot be closed from
// inside; a pipe would end a table's cell, but these stand in lists.
func codeSpan(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}
