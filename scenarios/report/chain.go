package report

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"savestone/scenarios/verdict"
)

// link is one version in the chain of a key, with what it changed.
type link struct {
	verdict.Version
	Clock string
	Lines []diffLine
	Whole bool // nothing before it to compare with
	Same  bool // as the version before
}

type diffLine struct{ Sign, Text string } // "+", "-" or " "

// chain shows each version as its difference to the one before.
func chain(versions []verdict.Version) []link {
	var links []link
	before := ""
	for i, version := range versions {
		one := link{Version: version, Clock: clock(version.At), Whole: i == 0}
		after := unfolded(version.Value)
		if i == 0 {
			for line := range strings.Lines(after) {
				one.Lines = append(one.Lines, diffLine{" ", strings.TrimRight(line, "\n")})
			}
		} else {
			one.Lines = changes(before, after)
			one.Same = len(one.Lines) == 0
		}
		links = append(links, one)
		before = after
	}
	return links
}

// changes are the lines that differ, with one line around them.
func changes(before, after string) []diffLine {
	edits := udiff.Lines(before, after)
	unified, err := udiff.ToUnifiedDiff("", "", before, edits, 1)
	if err != nil { // only if edits of another text are given
		panic(err)
	}
	signs := map[udiff.OpKind]string{udiff.Delete: "-", udiff.Insert: "+", udiff.Equal: " "}
	var lines []diffLine
	for _, hunk := range unified.Hunks {
		for _, line := range hunk.Lines {
			lines = append(lines, diffLine{signs[line.Kind], strings.TrimRight(line.Content, "\n")})
		}
	}
	return lines
}

// unfolded breaks a value into lines after the commas and brackets of JSON, so that a difference
// shows fields and not the whole value. It is no parser: values may be cut, or be no JSON at all.
func unfolded(value string) string {
	var out strings.Builder
	depth, quoted, escaping := 0, false, false
	newLine := func() {
		out.WriteByte('\n')
		for range min(depth, 20) {
			out.WriteString("  ")
		}
	}
	for _, r := range value {
		closing := !quoted && (r == '}' || r == ']')
		if closing {
			depth = max(0, depth-1)
			newLine()
		}
		out.WriteRune(r)
		switch {
		case escaping:
			escaping = false
		case quoted && r == '\\':
			escaping = true
		case r == '"':
			quoted = !quoted
		case quoted || closing:
		case r == '{' || r == '[':
			depth++
			newLine()
		case r == ',':
			newLine()
		}
	}
	out.WriteByte('\n')
	return out.String()
}
