package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"savestone/scenarios/history"
	"savestone/scenarios/verdict"
)

// perInvariantMax is how many failures of one kind are told: the rest would tell the same again.
const perInvariantMax = 3

// failure is one violation with the world it happened in.
type failure struct {
	Row verdict.Row
	verdict.Example
}

// gravity puts what must never happen before what is only to be rare.
func gravity(invariant string) int {
	if known, _ := history.InvariantOf(invariant); known.Severity == history.Zero {
		return 0
	}
	return 1
}

// told picks the failures that are worth telling, the worst first: of each invariant the few with
// the shortest stories, for those are the easiest to follow.
func told(rows []verdict.Row) []failure {
	var all []failure
	for _, row := range rows {
		for _, example := range row.Examples {
			all = append(all, failure{row, example})
		}
	}
	slices.SortStableFunc(all, func(a, b failure) int {
		return cmp.Or(gravity(a.Invariant)-gravity(b.Invariant), inOrder(a.Invariant, b.Invariant),
			cmp.Compare(length(a), length(b)))
	})
	var picked []failure
	n := 0
	for i, one := range all {
		if i == 0 || one.Invariant != all[i-1].Invariant {
			n = 0
		}
		if n++; n <= perInvariantMax {
			picked = append(picked, one)
		}
	}
	return picked
}

// violation is how often an invariant was broken, and in how many worlds.
type violation struct {
	Name      string
	N, Worlds int
}

func violations(rows []verdict.Row) []violation {
	byName := map[string]violation{}
	for _, row := range rows {
		for name, n := range row.Violations {
			byName[name] = violation{name, byName[name].N + n, byName[name].Worlds + 1}
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b violation) int {
		return inOrder(a.Name, b.Name)
	})
}

// inOrder compares invariants by their place in the list of all; a scenario's own come last.
func inOrder(a, b string) int {
	place := func(id string) int {
		at := slices.IndexFunc(history.Invariants, func(one history.Invariant) bool {
			return one.ID == id
		})
		if at < 0 {
			return len(history.Invariants)
		}
		return at
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

// length orders stories; none at all tells the least.
func length(f failure) int {
	if len(f.Story) == 0 {
		return 1 << 30
	}
	return len(f.Story)
}

// replayCommand is what runs one world again.
func replayCommand(run *verdict.Run, row verdict.Row) string {
	folder := run.Folder
	if folder == "" {
		folder = fmt.Sprintf(".savestone/chaos/%s-%d", run.Name, run.Seed)
	}
	if row.Cell != "" {
		folder += "#" + row.Cell
	}
	return "savestone chaos replay " + shellWord(fmt.Sprintf("%s#%d", folder, row.World))
}

// shellWord quotes a text for a shell where it has to be: names from a run are not trusted.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("-_./:=@%+,", r)
	}
	unsafe := func(r rune) bool { return !plain(r) && r != '#' }
	if text != "" && text[0] != '#' && !strings.ContainsFunc(text, unsafe) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
