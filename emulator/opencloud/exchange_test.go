package opencloud

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const exchangesFolder = "../../testdata/opencloud"

// TestExchanges plays the files in testdata/opencloud: requests and what they were answered with.
// Blocks are apart by empty lines. A request is a line with method and address, headers, and the
// body behind >; the block after it is the answer, with the body behind <. "wait 1h" lets time
// pass, and # begins a comment. In requests $REVISION, $TOKEN and $READ stand for the last revision,
// page token and readId in an answer. UPDATE_GOLDEN=1 writes the answers anew.
func TestExchanges(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(exchangesFolder, "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			p := player{world: newWorld(t, Options{})}
			got := p.play(strings.Split(strings.TrimSpace(string(text)), "\n\n"))
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			require.Equal(t, string(text), got)
		})
	}
}

// player plays one file.
type player struct {
	*world
	known map[string]string // what $NAMES stand for
}

var requestLine = regexp.MustCompile(`^(GET|POST|PATCH|DELETE|PUT) (\S+)$`)

// play returns the file as it should be.
func (p *player) play(blocks []string) string {
	p.known = map[string]string{}
	var out []string
	for _, block := range blocks {
		lines := strings.Split(block, "\n")
		for len(lines) > 0 && strings.HasPrefix(lines[0], "#") {
			lines = lines[1:]
		}
		switch {
		case len(lines) == 0: // a comment
			out = append(out, block)
		case strings.HasPrefix(lines[0], "wait "):
			d, err := time.ParseDuration(strings.TrimPrefix(lines[0], "wait "))
			require.NoError(p.t, err)
			p.clock.now = p.clock.now.Add(d)
			out = append(out, block)
		case requestLine.MatchString(lines[0]):
			out = append(out, block, p.exchange(lines))
		}
	}
	return strings.Join(out, "\n\n") + "\n"
}

func (p *player) exchange(lines []string) string {
	method, target, _ := strings.Cut(p.expand(lines[0]), " ")
	var body string
	var headers []string
	for _, line := range lines[1:] {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			body += p.expand(text)
			continue
		}
		name, value, ok := strings.Cut(line, ": ")
		require.True(p.t, ok, "got %q, want a header, or a body behind >", line)
		headers = append(headers, name, p.expand(value))
	}
	return p.answer(p.send(method, target, body, headers...))
}

func (p *player) expand(text string) string {
	return os.Expand(text, func(name string) string {
		value, ok := p.known[name]
		require.True(p.t, ok, "nothing is known as $%s yet", name)
		return value
	})
}

// shown are the headers that answers are written with.
var shown = []string{
	"Content-Type", "Content-Md5", "Roblox-Entry-Version", "Roblox-Entry-Created-Time",
	"Roblox-Entry-Version-Created-Time", "Roblox-Entry-Attributes", "Roblox-Entry-Userids",
	"Retry-After", "Savestone-Reason",
}

var remembered = map[string]*regexp.Regexp{
	"REVISION": regexp.MustCompile(`"(?:revisionId|version)":"([^"]+)"`),
	"TOKEN":    regexp.MustCompile(`"nextPage(?:Token|Cursor)":"([^"]+)"`),
	"READ":     regexp.MustCompile(`"readId":"([^"]+)"`),
	"ETAG":     regexp.MustCompile(`"etag":"([^"]+)"`),
}

// last returns the last of a list, or a text that no answer has.
func last(list []string) string {
	if len(list) == 0 {
		return "\x00"
	}
	return list[len(list)-1]
}

func (p *player) answer(got answer) string {
	lines := []string{fmt.Sprint(got.status)}
	for _, name := range shown {
		if value := got.header.Get(name); value != "" {
			lines = append(lines, name+": "+value)
		}
	}
	if got.body != "" {
		token := remembered["TOKEN"].FindStringSubmatch(got.body)
		lines = append(lines, "< "+strings.ReplaceAll(got.body, last(token), "$TOKEN"))
	}
	for name, pattern := range remembered {
		if found := pattern.FindStringSubmatch(got.body); found != nil {
			p.known[name] = found[1]
		}
	}
	return strings.Join(lines, "\n")
}
