package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/scenarios"
)

func chaosShrinkCommand() *cobra.Command {
	var out, invariant string
	cmd := &cobra.Command{
		Use:   "shrink RUN#WORLD",
		Short: "Find the smallest world that breaks the same invariant",
		Long: `Make a world that violates an invariant as small as it gets: the fewest faults,
events, players and servers, and the least time, that still break the same invariant. What comes
out is a scenario of its own, which fails the same way on any machine.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return shrink(cmd, args[0], invariant, out)
		},
	}
	cmd.Flags().StringVar(&invariant, "invariant", "",
		"the `ID` of the one to go on breaking (default the worst that is broken)")
	cmd.Flags().StringVar(&out, "out", "", "`FILE` for the scenario (default standard output)")
	return cmd
}

func shrink(cmd *cobra.Command, text, invariant, out string) error {
	path, cell, world := splitRun(text)
	run, err := loadRun(path)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(world)
	if err != nil {
		return usage("got %q, want RUN#WORLD with the number of a world", text)
	}
	if cell == "" {
		for _, row := range run.Rows {
			if row.World == number && len(row.Violations) > 0 {
				cell = row.Cell
				break
			}
		}
	}
	file, err := scenarios.Open(run.From)
	if err != nil {
		return usage("the scenario of the run: %w", err)
	}
	o := scenarios.Options{Seed: run.Seed, Version: version}
	tell := func(step string) { fmt.Fprintln(cmd.ErrOrStderr(), step) }
	small, err := scenarios.Shrink(cmd.Context(), file, o, cell, number, invariant, tell)
	if err != nil {
		return usage("%w", err)
	}
	relocate(&small.Plan, file, out)
	source := small.Plan.Source()
	fmt.Fprintf(cmd.ErrOrStderr(), "%s is violated with %d faults in %d lines, after %d runs\n",
		small.Invariant, small.Faults, strings.Count(source, "\n"), small.Runs)
	if out == "" {
		_, err := fmt.Fprint(cmd.OutOrStdout(), source)
		return err
	}
	if err := os.WriteFile(out, []byte(source), 0o644); err != nil {
		return &exit{exitEnvironment, err}
	}
	return nil
}

// relocate makes the paths of a scenario right for the folder of another file.
func relocate(plan *scenarios.Plan, from *scenarios.File, to string) {
	if from.Dir == "" {
		return // it names what ships with savestone
	}
	for _, path := range []*string{&plan.System.Project, &plan.System.Adapter} {
		whole := filepath.Join(from.Dir, *path)
		if _, err := os.Stat(whole); *path == "" || err != nil {
			continue
		}
		if moved, err := filepath.Rel(filepath.Dir(to), whole); err == nil {
			*path = filepath.ToSlash(moved)
		}
	}
}
