package suite

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// TextOptions adjust what WriteText prints.
type TextOptions struct {
	Replay  string // the command that runs one failing case again, without -t and --seed
	Summary string // github: the file for the step's summary; "" writes none
	Verbose bool   // every case, not only files
	Told    bool   // the line of each file was printed already
	Colour  bool
}

// textWriter prints a report for people.
type textWriter struct {
	*bufio.Writer
	o TextOptions
}

// WriteText prints the report: a line for each file, what failed with its place in the source, and
// a summary.
func WriteText(w io.Writer, r *Report, o TextOptions) error {
	t := textWriter{Writer: bufio.NewWriter(w), o: o}
	for _, f := range r.Files {
		if !o.Told {
			t.file(f)
		}
	}
	for _, f := range r.Files {
		t.failures(f)
	}
	t.summary(r)
	return t.Flush()
}

// WriteFile prints the line of one file, for a run that shows them as they end.
func WriteFile(w io.Writer, f *File, o TextOptions) error {
	t := textWriter{Writer: bufio.NewWriter(w), o: o}
	t.file(f)
	return t.Flush()
}

const (
	green  = "32"
	red    = "31"
	yellow = "33"
	grey   = "90"
)

func (t textWriter) paint(colour, s string) string {
	if !t.o.Colour {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func (t textWriter) file(f *File) {
	glyph, detail := t.paint(green, "✓"), fmt.Sprintf("%d tests", len(f.Cases))
	if len(f.Cases) == 1 {
		detail = "1 test"
	}
	if !f.OK() {
		glyph = t.paint(red, "❯")
	}
	if n := f.Count(Failed); n > 0 {
		detail += fmt.Sprintf(" | %d failed", n)
	}
	if n := f.Count(Skipped); n > 0 {
		detail += fmt.Sprintf(" | %d skipped", n)
	}
	if f.Flaky {
		detail += fmt.Sprintf(" | %s with seed %d", t.paint(yellow, "flaky: passed"), f.Seed)
	}
	fmt.Fprintf(t, " %s %s (%s) %s", glyph, f.Name, detail, t.paint(grey, brief(f.Took)))
	if f.Virtual > 0 {
		fmt.Fprintf(t, "  ⏱ %s virtual", Virtual(f.Virtual))
	}
	fmt.Fprintln(t)
	for _, c := range f.Cases {
		name := strings.Join(c.Path, " › ")
		switch {
		case c.Status == Failed:
			fmt.Fprintf(t, "   %s %s %s\n", t.paint(red, "×"), name, brief(c.Took))
		case t.o.Verbose && c.Status == Skipped:
			fmt.Fprintf(t, "   %s %s\n", t.paint(yellow, "↓"), name)
		case t.o.Verbose:
			took := t.paint(grey, brief(c.Took))
			fmt.Fprintf(t, "   %s %s %s\n", t.paint(green, "✓"), name, took)
		}
	}
}

func (t textWriter) failures(f *File) {
	if f.Problem != nil {
		fmt.Fprintf(t, "\n %s  %s\n", t.paint(red, "FAIL"), f.Name)
		t.problem(f.Problem)
		t.output(f.Output)
	}
	for _, c := range f.Cases {
		if c.Status != Failed {
			continue
		}
		fmt.Fprintf(t, "\n %s  %s\n", t.paint(red, "FAIL"), title(f, c))
		t.problem(c.Problem)
		t.output(c.Output)
		if len(c.Trace) > 0 {
			fmt.Fprintln(t, " DataStore trace (virtual time)")
			WriteTrace(t, c.Trace)
		}
		fmt.Fprintf(t, " replay: %s\n", t.o.replay(f, c))
	}
	if f.OK() && f.Uncaught > 0 {
		fmt.Fprintf(t, "\n %s  %s: %d uncaught errors in threads\n",
			t.paint(yellow, "WARN"), f.Name, f.Uncaught)
		t.output(f.Output)
		for _, c := range f.Cases {
			t.output(c.Output)
		}
	}
}

func (t textWriter) problem(p *Problem) {
	if place := p.place(); place != "" {
		fmt.Fprintf(t, " %s\n", place)
	}
	if !t.frame(p) {
		fmt.Fprintf(t, "   %s\n", indent(p.Message, "   "))
	}
	if trace := strings.TrimSpace(p.Trace); strings.Contains(trace, "\n") {
		fmt.Fprintf(t, "%s\n", t.paint(grey, "   at "+indent(trace, "      ")))
	}
}

const linesBefore = 2

// frame prints the failing line with those before it, and the message under it. It reports whether
// the source could be read.
func (t textWriter) frame(p *Problem) bool {
	source, err := os.ReadFile(p.Path)
	if err != nil || p.Line < 1 {
		return false
	}
	lines := strings.Split(string(source), "\n")
	if p.Line > len(lines) {
		return false
	}
	for n := max(1, p.Line-linesBefore); n <= p.Line; n++ {
		mark, line := " ", strings.TrimRight(lines[n-1], "\r")
		if n == p.Line {
			mark = t.paint(red, ">")
		}
		fmt.Fprintf(t, " %s %4d | %s\n", mark, n, strings.ReplaceAll(line, "\t", "    "))
	}
	line, col := lines[p.Line-1], p.Col
	if at := strings.Index(line, ").to."); col == 0 && at >= 0 && isExpectation(p.Message) {
		col = at + len(").to.") + 1
	}
	pad := strings.Repeat(" ", column(line, col))
	fmt.Fprintf(t, "        | %s%s %s\n", pad, t.paint(red, "^"),
		indent(p.Message, "        | "+pad+"  "))
	return true
}

// isExpectation reports whether a message is what expect says.
func isExpectation(message string) bool {
	return len(message) > 1 && strings.HasPrefix(message[1:], "xpected")
}

// column returns where in a line to point, counted with tabs of four: at the known column, or at
// the first character.
func column(line string, col int) int {
	before := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	if col > 0 && col <= len(line)+1 {
		before = line[:col-1]
	}
	return len(strings.ReplaceAll(before, "\t", "    "))
}

func (t textWriter) output(lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(t, " Output")
	for _, line := range lines {
		fmt.Fprintf(t, "   %s\n", indent(line, "   "))
	}
}

func (t textWriter) summary(r *Report) {
	files, failedFiles := len(r.Files), 0
	var calls Calls
	var virtual time.Duration
	uncaught, unstored := 0, 0
	for _, f := range r.Files {
		if !f.OK() {
			failedFiles++
		}
		calls.Requests += f.Calls.Requests
		calls.Failed += f.Calls.Failed
		calls.Faults += f.Calls.Faults
		virtual += f.Virtual
		uncaught += f.Uncaught
		unstored += len(f.Unstored)
	}
	fmt.Fprintln(t)
	fmt.Fprintf(t, " Test Files  %s(%d)\n", counts(failedFiles, files-failedFiles, 0), files)
	passed, failed, skipped := r.Count(Passed), r.Count(Failed), r.Count(Skipped)
	fmt.Fprintf(t, "      Tests  %s(%d)\n", counts(failed, passed, skipped), passed+failed+skipped)
	fmt.Fprintf(t, "  DataStore  %d calls · %d failed · %d faults injected\n",
		calls.Requests, calls.Failed, calls.Faults)
	if unstored > 0 {
		fmt.Fprintf(t, "  Snapshots  %d not stored (files); --update-snapshot stores them\n",
			unstored)
	}
	if uncaught > 0 {
		fmt.Fprintf(t, "   Uncaught  %d errors in threads\n", uncaught)
	}
	fmt.Fprintf(t, "   Duration  %s   virtual %s\n", brief(r.Took), Virtual(virtual))
	fmt.Fprintf(t, " Event hash  %s   seed %d\n", r.Hash, r.Seed)
}

func counts(failed, passed, skipped int) string {
	var parts []string
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", failed))
	}
	parts = append(parts, fmt.Sprintf("%d passed", passed))
	if skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", skipped))
	}
	return strings.Join(parts, " | ") + " "
}

func indent(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }

func brief(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

// Virtual renders a virtual duration in two units at most.
func Virtual(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
}
