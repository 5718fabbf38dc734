package suite

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Reporter writes a report in one format.
type Reporter func(w io.Writer, r *Report, o TextOptions) error

var reporters = map[string]Reporter{
	"default": WriteText, "verbose": writeVerbose, "dot": writeDots, "silent": writeNothing,
	"agent": writeAgent, "json": writeJSON, "junit": writeJUnit, "tap": writeTAP,
	"github": writeGitHub,
}

// FindReporter returns the reporter of a name.
func FindReporter(name string) (Reporter, error) {
	if reporter, ok := reporters[name]; ok {
		return reporter, nil
	}
	return nil, fmt.Errorf("got the reporter %q, want one of %s", name, names(reporters))
}

// ReporterNames lists the reporters, sorted.
func ReporterNames() []string {
	return strings.Split(names(reporters), ", ")
}

func names[T any](m map[string]T) string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func writeNothing(io.Writer, *Report, TextOptions) error { return nil }

func writeVerbose(w io.Writer, r *Report, o TextOptions) error {
	o.Verbose = true
	return WriteText(w, r, o)
}

// failures visits what failed: whole files, with a nil case, and cases.
func failures(r *Report, visit func(*File, *Case, *Problem)) {
	for _, f := range r.Files {
		if f.Problem != nil {
			visit(f, nil, f.Problem)
		}
		for _, c := range f.Cases {
			if c.Status == Failed {
				visit(f, c, c.Problem)
			}
		}
	}
}

// title names what failed.
func title(f *File, c *Case) string {
	if c == nil {
		return f.Name
	}
	return Title(f.Name, c.Path)
}

// named reports whether the name of a case contains a text, which may join the parts of the name as
// a shell would or as titles do.
func named(path []string, text string) bool {
	return strings.Contains(strings.Join(path, " "), strings.ReplaceAll(text, " › ", " "))
}

// Title names a case in full: its file, the blocks around it, itself.
func Title(file string, path []string) string {
	return strings.Join(append([]string{file}, path...), " › ")
}

// FailedTitles names the cases that failed, and the files that could not be run.
func FailedTitles(r *Report) []string {
	var titles []string
	failures(r, func(f *File, c *Case, _ *Problem) { titles = append(titles, title(f, c)) })
	return titles
}

// place is "file:line" as far as it is known.
func (p *Problem) place() string {
	switch {
	case p.Path == "":
		return ""
	case p.Line == 0:
		return p.Path
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Col)
}

// replay is the command that runs a case again.
func (o TextOptions) replay(f *File, c *Case) string {
	return fmt.Sprintf("%s -t %q --seed %d", o.Replay, strings.Join(c.Path, " "), f.Seed)
}
