package verdict

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"savestone/scenarios/history"
)

// judgedBy is what a row was made with, beside a history and a play.
type judgedBy struct {
	Options RowOptions     `json:"options"`
	Limits  history.Limits `json:"limits"`
}

// keptAbout is what is kept of a world beside its history and its play.
type keptAbout struct {
	Row Row `json:"row"`
	judgedBy
}

// Keep writes a world to a file from which Again judges it anew. The row is what RowOf gave for
// this history and this play.
func Keep(w io.Writer, row *Row, h *history.History, p *history.Play) error {
	if row.judged == nil {
		return errors.New("save world: its row was not made by RowOf")
	}
	about, err := json.Marshal(keptAbout{*row, *row.judged})
	if err != nil {
		return fmt.Errorf("save world: %w", err)
	}
	kept := history.Kept{About: about, History: h, Play: p}
	return kept.Save(w)
}

// Again reads a world that Keep wrote, and judges it. It returns the row that it was kept with, the
// one that it comes to now, and the judgement. What only the world itself knew, as its hash and
// what its scenario checked, is taken over.
func Again(r io.Reader) (then, now Row, j *history.Judgement, err error) {
	kept, err := history.LoadKept(r)
	if err != nil {
		return Row{}, Row{}, nil, err
	}
	var about keptAbout
	if err := json.Unmarshal(kept.About, &about); err != nil {
		return Row{}, Row{}, nil, fmt.Errorf("load world: %w", err)
	}
	j = history.Judge(kept.History, kept.Play, about.Limits)
	now = RowOf(j, about.Options)
	then = about.Row
	then.judged = now.judged
	now.takeOver(&then)
	return then, now, j, nil
}

// takeOver copies what a judgement cannot tell.
func (r *Row) takeOver(then *Row) {
	r.Cell, r.World, r.Seed, r.Hash = then.Cell, then.World, then.Seed, then.Hash
	r.Virtual, r.Events, r.History = then.Virtual, then.Events, then.History
	r.Error, r.Outside = then.Error, then.Outside
	const check = "check"
	for name, count := range then.Counts {
		if strings.HasPrefix(name, check+"(") {
			r.Counts[name] = count
		}
	}
	for _, counts := range []struct{ from, to map[string]int }{
		{then.Violations, r.Violations}, {then.Checked, r.Checked},
	} {
		if n, known := counts.from[check]; known {
			maps.Copy(counts.to, map[string]int{check: n})
		}
	}
	for _, e := range then.Examples {
		if e.Invariant == check {
			r.Examples = append(r.Examples, e)
		}
	}
}
