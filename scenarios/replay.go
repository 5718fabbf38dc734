package scenarios

import (
	"context"
	"fmt"
	"strings"

	"savestone/scenarios/history"
	"savestone/scenarios/verdict"
)

// World is one world that was run, with all that is known of it.
type World struct {
	Row     verdict.Row
	History *history.History
	Play    *history.Play
	Output  []string // warnings and errors of its servers
}

// Replay runs one world of a scenario again.
func Replay(
	ctx context.Context, f *File, o Options, cellName string, number int,
) (*World, error) {
	c, err := f.cell(ctx, o, cellName)
	if err != nil {
		return nil, err
	}
	if number < 0 || number >= max(c.Plan.Worlds, 1) && c.assignments != nil {
		return nil, fmt.Errorf("got the world %d, want one from 0 to %d", number, c.Plan.Worlds-1)
	}
	r, err := c.world(ctx, o, number)
	if err != nil {
		return nil, err
	}
	return &World{r.row, r.history, r.play, r.output}, nil
}

// cell prepares one cell by its name.
func (f *File) cell(ctx context.Context, o Options, name string) (*cell, error) {
	var names []string
	for _, one := range f.Cells {
		if one.Name != name {
			names = append(names, fmt.Sprintf("%q", one.Name))
			continue
		}
		c, err := f.compose(one)
		if err != nil {
			return nil, err
		}
		return c, explored(ctx, []*cell{c}, o)
	}
	return nil, fmt.Errorf("got the cell %q, want one of %s", name, strings.Join(names, ", "))
}

// Check builds the systems of all cells and runs nothing: it finds what cannot be run.
func (f *File) Check() error {
	_, err := f.prepare(Options{})
	return err
}
