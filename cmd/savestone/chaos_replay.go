package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/scenarios"
	"savestone/scenarios/report"
	"savestone/scenarios/verdict"
)

func chaosReplayCommand() *cobra.Command {
	var key string
	var all bool
	cmd := &cobra.Command{
		Use:   "replay RUN#WORLD",
		Short: "Run one world of a run again, and tell what happened in it",
		Long: `Run one world again. RUN is the folder of a run or its report.json; where the run has
several cells it is RUN#CELL#WORLD, as in ".savestone/chaos/seed-claims-1#weather=bad#17". The world
must give the same events as it did in the run; if it does not, the scenario or the system has
changed since, and that is said.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			again, err := replay(cmd, args[0])
			if err != nil {
				return err
			}
			return again.tell(cmd, key, all)
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "tell everything that happened to the key `NAME`")
	cmd.Flags().BoolVar(&all, "all", false, "tell of every key")
	return cmd
}

// replayed is a world that was run again.
type replayed struct {
	run   *verdict.Run
	file  *scenarios.File
	cell  string
	world *scenarios.World
	then  *verdict.Row // as it was in the run; nil if the run had no such world
}

// loadRun reads a run by its folder or its report.
func loadRun(path string) (*verdict.Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "report.json")
	}
	run, err := report.Load(path)
	if err != nil {
		return nil, usage("%w", err)
	}
	return run, nil
}

func replay(cmd *cobra.Command, text string) (*replayed, error) {
	path, cell, world := splitRun(text)
	run, err := loadRun(path)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(world)
	if err != nil {
		return nil, usage("got %q, want RUN#WORLD with the number of a world", text)
	}
	r := &replayed{run: run, cell: cell}
	for i := range run.Rows {
		row := &run.Rows[i]
		if row.World == number && (row.Cell == cell || cell == "" && r.then == nil) {
			r.then, r.cell = row, row.Cell
		}
	}
	if r.file, err = scenarios.Open(run.From); err != nil {
		return nil, usage("the scenario of the run: %w", err)
	}
	o := scenarios.Options{Seed: run.Seed, Version: version}
	r.world, err = scenarios.Replay(cmd.Context(), r.file, o, r.cell, number)
	if err != nil {
		return nil, usage("%w", err)
	}
	return r, nil
}

// tell prints what happened.
func (r *replayed) tell(cmd *cobra.Command, key string, all bool) error {
	out := cmd.OutOrStdout()
	row := &r.world.Row
	fmt.Fprintf(out, " %s   %s   seed %d   world %d   event hash %s\n",
		r.run.Name, strings.TrimSpace(row.Cell+" "), r.run.Seed, row.World, row.Hash)
	switch {
	case r.then == nil:
		fmt.Fprintln(out, " the run had no such world")
	case r.then.Hash != row.Hash:
		fmt.Fprintf(out, " not the same as in the run, which had %s: the scenario or the system "+
			"has changed since\n", r.then.Hash)
	default:
		fmt.Fprintln(out, " the same as in the run, event by event")
	}
	for _, example := range row.Examples {
		fmt.Fprintf(out, "\n %s  %s  +%s\n   %s\n", example.Invariant, example.Key,
			example.At, example.Text)
		if key == "" && !all {
			for _, event := range example.Story {
				fmt.Fprintf(out, "   +%-12s %-10s → %-10s %-6s %s\n",
					event.At, event.From, event.To, event.Kind, event.Text)
			}
		}
	}
	for _, line := range r.world.Story(key, all) {
		fmt.Fprintln(out, line)
	}
	if len(r.world.Output) > 0 {
		fmt.Fprintln(out, "\n what servers printed")
		for _, line := range r.world.Output {
			fmt.Fprintln(out, "   "+line)
		}
	}
	if row.Error != "" {
		fmt.Fprintf(out, "\n the world could not be run to its end: %s\n", row.Error)
	}
	if r.then != nil && r.then.Hash != row.Hash {
		return &exit{exitFailed, nil}
	}
	return nil
}
