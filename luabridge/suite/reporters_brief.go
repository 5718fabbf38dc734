package suite

import (
	"bufio"
	"fmt"
	"io"
)

// writeDots prints a sign for each case, then what failed and the summary.
func writeDots(w io.Writer, r *Report, o TextOptions) error {
	t := textWriter{Writer: bufio.NewWriter(w), o: o}
	sign := map[Status]string{
		Passed: ".", Failed: t.paint(red, "×"), Skipped: t.paint(yellow, "↓"),
	}
	for _, f := range r.Files {
		if f.Problem != nil {
			fmt.Fprint(t, t.paint(red, "!"))
		}
		for _, c := range f.Cases {
			fmt.Fprint(t, sign[c.Status])
		}
	}
	fmt.Fprintln(t)
	for _, f := range r.Files {
		t.failures(f)
	}
	t.summary(r)
	return t.Flush()
}

// writeAgent prints failures only, without colour or drawings, and ends with the commands that run
// them again: what a program that reads the output needs, and no more.
func writeAgent(w io.Writer, r *Report, o TextOptions) error {
	out := bufio.NewWriter(w)
	failures(r, func(f *File, c *Case, p *Problem) {
		fmt.Fprintf(out, "FAIL %s\n", title(f, c))
		if place := p.place(); place != "" {
			fmt.Fprintf(out, "at %s\n", place)
		}
		fmt.Fprintln(out, p.Message)
		if c != nil {
			WriteTrace(out, c.Trace)
			fmt.Fprintf(out, "replay: %s\n", o.replay(f, c))
		}
		fmt.Fprintln(out)
	})
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n",
		r.Count(Passed), r.Count(Failed), r.Count(Skipped))
	return out.Flush()
}
