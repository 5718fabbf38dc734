package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"savestone/luabridge/vm"
	"savestone/scenarios/history"
	"savestone/scenarios/verdict"
)

// Options of a run.
type Options struct {
	Seed    uint64
	Workers int      // worlds that run at the same time; less than 1 means 1
	Worlds  int      // of each cell; 0 means as many as the plan says
	Shard   Shard    // which of the worlds; the zero value is all
	Version string   // of savestone, for the report
	Cells   []string // only those whose name contains one of these; empty: all

	// UntilProven ends a run as soon as every claim is decided, by bounds that allow for looking at
	// any time; Worlds is then the most that are run.
	UntilProven bool

	// Limit stops everything by force.
	Limit *vm.Limit
	// Done is told of each world as it ends, one at a time, in any order.
	Done func(verdict.Row)
	// Keep is given the whole history of worlds that failed, one at a time. It returns what the
	// report calls it.
	Keep func(row *verdict.Row, h *history.History, p *history.Play) (string, error)
}

// Takes reports whether the options let a cell be run.
func (o Options) Takes(cell string) bool {
	return len(o.Cells) == 0 || slices.ContainsFunc(o.Cells, func(part string) bool {
		return strings.Contains(cell, part)
	})
}

// Shard is one of several parts of a run: shard i of n has the worlds w with w mod n == i-1. The
// zero value is the whole.
type Shard struct{ Index, Of int }

// Has reports whether a world belongs to the shard.
func (s Shard) Has(world int) bool { return s.Of == 0 || world%s.Of == s.Index-1 }

// cell is a Cell with its systems built.
type cell struct {
	Cell
	file   *File
	builds map[string]*build
	hash   string // of its plan
	claims []verdict.Claim

	assignments []assignment // of an exploration: what each world does
}

// prepare builds the systems of all cells.
func (f *File) prepare(o Options) ([]*cell, error) {
	var cells []*cell
	for _, c := range f.Cells {
		if !o.Takes(c.Name) {
			continue
		}
		if o.Worlds > 0 {
			c.Plan.Worlds = o.Worlds
		}
		built, err := f.compose(c)
		if err != nil {
			if c.Name != "" {
				err = fmt.Errorf("%s: %w", c.Name, err)
			}
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		cells = append(cells, built)
	}
	if len(cells) == 0 {
		return nil, fmt.Errorf("%s: got the cells %q, want one of %q",
			f.Path, o.Cells, f.CellNames())
	}
	return cells, nil
}

// CellNames lists the names of the cells.
func (f *File) CellNames() []string {
	names := make([]string, len(f.Cells))
	for i, c := range f.Cells {
		names[i] = c.Name
	}
	return names
}

func (f *File) compose(c Cell) (*cell, error) {
	builds, err := c.Plan.builds(f)
	if err != nil {
		return nil, err
	}
	claims, err := verdict.ParseClaims(c.Plan.Claims)
	if err != nil {
		return nil, err
	}
	built := &cell{Cell: c, file: f, builds: builds, claims: claims}
	plan := c.Plan
	plan.Worlds = 0 // how many worlds there are says nothing about any of them
	plan.Claims = nil
	texts := []string{string(plan.canonical())}
	for _, name := range sortedKeys(builds) {
		texts = append(texts, name, builds[name].hash)
	}
	built.hash = hashOf(texts...)
	return built, nil
}

// Run runs the worlds of a scenario and judges its claims.
func Run(ctx context.Context, f *File, o Options) (*verdict.Run, error) {
	if o.UntilProven && o.Shard.Of > 1 {
		return nil, errors.New("a shard cannot tell when all claims are decided: its share of " +
			"the worlds says too little; want either shards or to run until proven")
	}
	cells, err := f.prepare(o)
	if err != nil {
		return nil, err
	}
	if err := explored(ctx, cells, o); err != nil {
		return nil, err
	}
	claims, err := verdict.ParseClaims(asked(cells))
	if err != nil {
		return nil, err
	}
	r := &runner{options: o, cells: cells, claims: claims, judging: verdict.Options{
		Confidence: f.Cells[0].Plan.Confidence, Deadline: time.Duration(f.Cells[0].Plan.Deadline),
	}}
	for number := range mostWorlds(cells) {
		for _, c := range cells {
			if number < c.Plan.Worlds && o.Shard.Has(number) {
				r.units = append(r.units, unit{c, number})
			}
		}
	}
	r.rows = make([]*verdict.Row, len(r.units))
	if err := r.all(ctx); err != nil {
		return nil, err
	}
	return f.document(cells, o, r.finished(), ctx.Err() != nil)
}

func mostWorlds(cells []*cell) int {
	most := 0
	for _, c := range cells {
		most = max(most, c.Plan.Worlds)
	}
	return most
}

// unit is one world to run.
type unit struct {
	cell   *cell
	number int
}

// runner runs worlds on several goroutines.
type runner struct {
	options Options
	cells   []*cell
	claims  []verdict.Claim
	judging verdict.Options
	units   []unit // by world, then cell: all cells grow together

	mu     sync.Mutex
	rows   []*verdict.Row // by unit
	prefix int            // so many units have ended, from the first on
	enough int            // after so many all claims were decided; 0: not yet
	fault  error
}

func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan int)
	var group sync.WaitGroup
	for range max(1, min(r.options.Workers, len(r.units))) {
		group.Go(func() {
			for at := range next {
				if err := r.one(ctx, at); err != nil {
					r.stop(err)
					cancel()
				}
			}
		})
	}
	for at := range r.units {
		if ctx.Err() != nil || r.decided() {
			break
		}
		select {
		case next <- at:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	return r.fault
}

func (r *runner) stop(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cut := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if r.fault == nil && !cut {
		r.fault = err
	}
}

// one runs one world.
func (r *runner) one(ctx context.Context, at int) error {
	u := r.units[at]
	result, err := u.cell.world(ctx, r.options, u.number)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return &ProblemError{u.cell.Name, u.number, err}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if result.row.Broken() && r.options.Keep != nil {
		result.row.History, err = r.options.Keep(&result.row, result.history, result.play)
		if err != nil {
			return err
		}
	}
	r.rows[at] = &result.row
	r.look()
	if r.options.Done != nil {
		r.options.Done(result.row)
	}
	return nil
}

// worldsPerLook is how many worlds of each cell come between two looks at the claims. Looks are at
// fixed numbers of worlds, so that when a run ends does not depend on which world was faster.
const worldsPerLook = 50

// look finds out whether all claims are decided. r.mu is held.
func (r *runner) look() {
	every := worldsPerLook * len(r.cells)
	for r.prefix < len(r.rows) && r.rows[r.prefix] != nil {
		r.prefix++
		if r.options.UntilProven && r.enough == 0 && r.prefix%every == 0 {
			if verdict.Decided(plainRows(r.rows[:r.prefix]), r.claims, r.judging) {
				r.enough = r.prefix
			}
		}
	}
}

func (r *runner) decided() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.enough > 0
}

// finished are the rows that count.
func (r *runner) finished() []verdict.Row {
	if r.enough > 0 {
		return plainRows(r.rows[:r.enough])
	}
	return plainRows(r.rows)
}

func plainRows(rows []*verdict.Row) []verdict.Row {
	var all []verdict.Row
	for _, row := range rows {
		if row != nil {
			all = append(all, *row)
		}
	}
	return all
}

// result is what is left of a world.
type result struct {
	row     verdict.Row
	history *history.History
	play    *history.Play
	output  []string
}

// world runs one world to its end and judges it.
func (c *cell) world(ctx context.Context, o Options, number int) (result, error) {
	seed, what := seedOf(c.hash, o.Seed, number), assignment{}
	if c.Plan.Seed != "" {
		seed = c.Plan.seed()
	}
	if c.assignments != nil {
		what = c.assignments[number]
		seed = seedOf(c.hash, o.Seed, what.combination)
	}
	w, err := newWorld(ctx, c, number, seed, what, o.Limit)
	if err != nil {
		return result{}, err
	}
	defer w.close()
	err = w.run(ctx)
	if err != nil && ctx.Err() != nil {
		return result{}, ctx.Err()
	}
	h, play := w.recorder.History(), &w.play
	judged := history.Judge(h, play, history.Limits{})
	row := verdict.RowOf(judged, verdict.RowOptions{
		Deadline: time.Duration(c.Plan.Deadline), Metrics: verdict.Metrics(c.claims),
		Timeline: number < timelines,
	})
	row.Cell, row.World, row.Seed = c.Name, number, seed
	row.Outside = c.Plan.beyond(play)
	row.Hash, row.Events, row.Virtual = w.trace.String(), w.trace.events, w.since()
	w.addChecks(&row)
	if err != nil {
		row.Error = err.Error()
	}
	return result{row, h, play, w.output}, nil
}

// timelines is how many worlds of a cell are shown over time.
const timelines = 2

// ProblemError is what kept a world from being run, when the scenario is not to blame.
type ProblemError struct {
	Cell  string
	World int
	Err   error
}

// Error implements error.
func (e *ProblemError) Error() string {
	world := strings.TrimSpace(fmt.Sprintf("world %d %s", e.World, e.Cell))
	return fmt.Sprintf("%s: %v", world, e.Err)
}

// Unwrap returns what happened.
func (e *ProblemError) Unwrap() error { return e.Err }
