package verdict

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"savestone/scenarios/stats"
)

// Judge brings a run into its final form: the rows in order, their hash, and what they say about
// the claims. Shards or worlds that are missing prove nothing, so then no claim is shown.
func (r *Run) Judge() error {
	claims, err := ParseClaims(r.Asked)
	if err != nil {
		return err
	}
	r.sort()
	if r.Shards.Of == len(r.Shards.Have) {
		r.Shards = Shards{Of: 1, Have: []int{1}}
	}
	r.Hash = hashOf(r.Rows)
	r.Claims = Judge(r.Rows, claims, r.options())
	missing := r.missing()
	for i := range r.Claims {
		if result := &r.Claims[i]; missing != "" {
			result.Verdict = stats.NotShown
			result.Why = joined(missing, result.Why)
		}
	}
	return nil
}

// options say how the run's claims are judged. A run that was cut short may have been so because of
// what it showed.
func (r *Run) options() Options {
	return Options{
		Confidence: r.Confidence, Deadline: r.Deadline, Weather: r.Weather,
		Peeked: r.Peeked || r.Cut,
	}
}

func (r *Run) sort() {
	slices.SortStableFunc(r.Rows, func(a, b Row) int {
		return cmp.Or(strings.Compare(a.Cell, b.Cell), cmp.Compare(a.World, b.World))
	})
	slices.Sort(r.Shards.Have)
}

func hashOf(rows []Row) string {
	sum := sha256.New()
	for i := range rows {
		fmt.Fprintf(sum, "%s %d %s\n", rows[i].Cell, rows[i].World, rows[i].Hash)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// missing says which parts of a run are not there.
func (r *Run) missing() string {
	var shards []string
	for i := 1; i <= r.Shards.Of; i++ {
		if !slices.Contains(r.Shards.Have, i) {
			shards = append(shards, fmt.Sprint(i))
		}
	}
	if len(shards) > 0 {
		return fmt.Sprintf("of %d shards, %s missing", r.Shards.Of, strings.Join(shards, ", "))
	}
	if r.Peeked || r.Cut {
		return ""
	}
	byCell := map[string]int{}
	for i := range r.Rows {
		byCell[r.Rows[i].Cell]++
	}
	planned, lacking := 0, 0
	for cell, worlds := range r.Worlds {
		planned += worlds
		lacking += max(0, worlds-byCell[cell])
	}
	if lacking > 0 {
		return fmt.Sprintf("%d of %d worlds are missing", lacking, planned)
	}
	return ""
}

// Merge puts shards of a run together. The order does not matter, nor whether some were put
// together before; with all of them the result is the run that one process would have made.
func Merge(runs ...Run) (Run, error) {
	if len(runs) == 0 {
		return Run{}, errors.New("merge: got no run")
	}
	whole := runs[0]
	whole.Rows, whole.Shards.Have = nil, nil
	have := map[int]bool{}
	type place struct {
		cell  string
		world int
	}
	there := map[place]bool{}
	for i := range runs {
		run := &runs[i]
		if err := sameRun(&whole, run); err != nil {
			return Run{}, fmt.Errorf("merge: %w", err)
		}
		if run.Shards.Of < 1 {
			return Run{}, fmt.Errorf("merge: got %d shards, want at least 1", run.Shards.Of)
		}
		for _, shard := range run.Shards.Have {
			if have[shard] {
				return Run{}, fmt.Errorf("merge: shard %d of %d is there twice", shard,
					run.Shards.Of)
			}
			have[shard] = true
		}
		for k := range run.Rows {
			row := &run.Rows[k]
			at := place{row.Cell, row.World}
			if there[at] {
				return Run{}, fmt.Errorf("merge: world %d is there twice", row.World)
			}
			there[at] = true
			if !slices.Contains(run.Shards.Have, row.World%run.Shards.Of+1) {
				return Run{}, fmt.Errorf("merge: world %d does not belong to the shards %v of %d",
					row.World, run.Shards.Have, run.Shards.Of)
			}
		}
		whole.Rows = append(whole.Rows, run.Rows...)
		whole.Shards.Have = append(whole.Shards.Have, run.Shards.Have...)
		whole.Cut = whole.Cut || run.Cut
	}
	return whole, whole.Judge()
}

// sameRun reports why two runs are no parts of the same one.
func sameRun(a, b *Run) error {
	for _, field := range []struct {
		name       string
		want, have any
	}{
		{"schema", a.Schema, b.Schema},
		{"plan", a.PlanID, b.PlanID},
		{"system under test", a.SutID, b.SutID},
		{"version of savestone", a.Version, b.Version},
		{"seed", a.Seed, b.Seed},
		{"number of worlds", fmt.Sprint(a.Worlds), fmt.Sprint(b.Worlds)},
		{"number of shards", a.Shards.Of, b.Shards.Of},
		{"confidence", a.Confidence, b.Confidence},
		{"deadline", a.Deadline, b.Deadline},
		{"plan's text", string(a.Plan), string(b.Plan)},
		{"claims", strings.Join(a.Asked, "\n"), strings.Join(b.Asked, "\n")},
		{"way of stopping", a.Peeked, b.Peeked},
	} {
		if field.want != field.have {
			return fmt.Errorf("these are no parts of one run: one has the %s %v, another %v",
				field.name, field.want, field.have)
		}
	}
	return nil
}

// badWorldsMax is the share of worlds with a violation that must be ruled out before a run may end
// early. Assumed.
const badWorldsMax = 0.01

// Decided reports whether more worlds would change no verdict, so that a run may end. To be fair it
// must be asked of the worlds from the first on, without a gap: those that are fast to run may be
// the ones in which little happens.
func Decided(rows []Row, claims []Claim, opts Options) bool {
	opts.Peeked, opts.verdictOnly = true, true
	for _, r := range Judge(rows, claims, opts) {
		switch {
		case r.Verdict == stats.NotShown:
			return false
		case r.Verdict == stats.Proven && r.Unit != Share && r.Upper > badWorldsMax:
			return false
		}
	}
	return len(claims) > 0
}
