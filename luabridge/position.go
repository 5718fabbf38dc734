package luabridge

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a line of a file that a text speaks of as a script's, "Service.Folder.Script:12".
type Position struct {
	Script string // its full name
	File   string
	Line   int

	end int // where in the text it ends
}

// Positions finds the lines that a message or a traceback speaks of, in the order of the text. Only
// scripts that have run and were made of files are known.
func (g *Game) Positions(text string) []Position {
	var found []Position
	for at := 0; ; {
		colon := strings.IndexByte(text[at:], ':')
		if colon < 0 {
			return found
		}
		colon += at
		at = colon + 1
		end := at
		for end < len(text) && '0' <= text[end] && text[end] <= '9' {
			end++
		}
		line, err := strconv.Atoi(text[at:end])
		script := g.scriptBefore(text[:colon])
		if err == nil && script != "" {
			found = append(found, Position{script, g.files[script], line, end})
			at = end
		}
	}
}

// scriptBefore returns the longest full name of a script that ends a text.
func (g *Game) scriptBefore(text string) string {
	longest := ""
	for script := range g.files {
		begin := len(text) - len(script)
		if len(script) > len(longest) && strings.HasSuffix(text, script) &&
			(begin == 0 || !partOfName(text[begin-1])) {
			longest = script
		}
	}
	return longest
}

// partOfName reports whether a character before a name would make it a part of a longer one.
func partOfName(c byte) bool {
	letter := c | 0x20
	return c == '.' || c == '_' || c >= 0x80 ||
		'0' <= c && c <= '9' || 'a' <= letter && letter <= 'z'
}

// WithFiles puts the file beside each line that a text speaks of:
// "ServerScriptService.Data:12 (src/Data.luau:12)".
func (g *Game) WithFiles(text string) string {
	var b strings.Builder
	done := 0
	for _, p := range g.Positions(text) {
		fmt.Fprintf(&b, "%s (%s:%d)", text[done:p.end], p.File, p.Line)
		done = p.end
	}
	return b.String() + text[done:]
}
