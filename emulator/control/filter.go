package control

import (
	"strconv"
	"strings"

	"github.com/gobwas/glob"
)

// filter says which requests of the log are meant. Its zero value passes all.
type filter struct {
	universe int64
	low      int // of the status
	high     int
	globs    []globOn
}

// globOn is a pattern for one of the texts of an Entry.
type globOn struct {
	pattern *glob.Pattern
	text    func(*Entry) string
}

// filterTexts are the parameters that are patterns, with what they are held against.
var filterTexts = map[string]func(*Entry) string{
	"op":     func(e *Entry) string { return e.Op },
	"store":  func(e *Entry) string { return e.Store },
	"scope":  func(e *Entry) string { return e.Scope },
	"key":    func(e *Entry) string { return e.Key },
	"origin": func(e *Entry) string { return e.Origin },
	"method": func(e *Entry) string { return e.Method },
	"fault": func(e *Entry) string {
		if len(e.Faults) == 0 {
			return ""
		}
		return e.Faults[len(e.Faults)-1].Rule
	},
}

// filterParameters are those by which requests are chosen.
var filterParameters = []parameter{
	{"universe", "id of a universe; those of all if it is left out"},
	{"status", "such as 429, 4xx, or failed (4xx and 5xx)"},
	{"op", "pattern of the operation, such as put or list*"},
	{"store", "pattern of the data store's name"},
	{"scope", "pattern of the scope"},
	{"key", "pattern of the key"},
	{"origin", "pattern of who asked: open-cloud, or a game server"},
	{"method", "pattern of the method, such as POST or SetAsync"},
	{"fault", "pattern of the rule that hit the request last; * is any"},
}

func (f filter) passes(e *Entry) bool {
	if f.universe != 0 && e.Universe != f.universe ||
		f.low != 0 && (e.Status < f.low || e.Status > f.high) {
		return false
	}
	for _, g := range f.globs {
		if text := g.text(e); text == "" || !g.pattern.Match(text) {
			return false
		}
	}
	return true
}

// filter reads the parameters.
func (c *call) filter() (filter, error) {
	universe, err := c.integer("universe", 1, 1<<62, 0)
	if err != nil {
		return filter{}, err
	}
	f := filter{universe: universe}
	if f.low, f.high, err = statuses(c.query.Get("status")); err != nil {
		return filter{}, err
	}
	for _, p := range filterParameters {
		text, pattern := filterTexts[p.name], c.query.Get(p.name)
		if text == nil || pattern == "" {
			continue
		}
		ready, err := glob.Compile(pattern)
		if err != nil {
			return filter{}, wrong("%s: got the pattern %q: %v", p.name, pattern, err)
		}
		f.globs = append(f.globs, globOn{ready, text})
	}
	return f, nil
}

// statuses reads which statuses are wanted.
func statuses(text string) (low, high int, err error) {
	switch class, isClass := strings.CutSuffix(text, "xx"); {
	case text == "":
		return 0, 0, nil
	case text == "failed":
		return 400, 599, nil
	case isClass && len(class) == 1 && '1' <= class[0] && class[0] <= '5':
		low = int(class[0]-'0') * 100
		return low, low + 99, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 599 {
		return 0, 0, wrong("got the status %q, want one such as 429, 4xx or failed", text)
	}
	return n, n, nil
}
