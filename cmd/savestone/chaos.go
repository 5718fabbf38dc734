package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"savestone/scenarios"
	"savestone/scenarios/library"
)

// chaosDir is where runs are kept unless --out says otherwise.
var chaosDir = filepath.Join(".savestone", "chaos")

func chaosCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "chaos",
		Short: "Prove or refute what save code promises, under faults",
		Long: `Run scenarios: game servers with players, and what goes wrong for them. A scenario
is a file NAME.chaos.luau that returns a table (savestone chaos list shows those that ship), and
its claims, such as "save_success >= 99.9%", come out PROVEN, REFUTED or NOT SHOWN, with the bound
that says so.`,
	}
	cmd.AddCommand(chaosRunCommand(), chaosListCommand(), chaosValidateCommand(),
		chaosReplayCommand(), chaosCheckCommand(), chaosMergeCommand(), chaosShrinkCommand(),
		chaosZooCommand())
	return group(cmd)
}

func chaosListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [PATH…]",
		Short: "List scenarios: those that ship, and those below the paths",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := scenarioFiles(args)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, path := range append(library.Scenarios(), found...) {
				f, err := scenarios.Open(path)
				if err != nil {
					return usage("%w", err)
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n",
					path, count(len(f.Cells), "cell"), planned(f), f.About)
			}
			return table.Flush()
		},
	}
}

// planned says how many worlds a scenario has; those of an exploration are counted as it runs.
func planned(f *scenarios.File) string {
	worlds := 0
	for _, c := range f.Cells {
		if c.Plan.Explore != nil {
			return "explored"
		}
		worlds += c.Plan.Worlds
	}
	return count(worlds, "world")
}

// scenarioFiles finds the scenario files below some folders.
func scenarioFiles(paths []string) ([]string, error) {
	var found []string
	for _, path := range paths {
		err := filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
				return fs.SkipDir
			}
			if !entry.IsDir() && strings.HasSuffix(at, scenarios.Suffix) {
				found = append(found, at)
			}
			return nil
		})
		if os.IsNotExist(err) {
			return nil, usage("got %q, want a folder or a file that is there", path)
		}
		if err != nil {
			return nil, &exit{exitEnvironment, err}
		}
	}
	return found, nil
}

func chaosValidateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check scenarios without running them",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, path := range args {
				f, err := scenarios.Open(path)
				if err != nil {
					return usage("%w", err)
				}
				if err := f.Check(); err != nil {
					return usage("%w", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %s\n", path, count(len(f.Cells), "cell"))
			}
			return nil
		},
	}
}

// splitRun splits RUN#WORLD, and RUN#CELL#WORLD where a run has several cells.
func splitRun(text string) (run, cell, world string) {
	run, rest, _ := strings.Cut(text, "#")
	if at := strings.LastIndex(rest, "#"); at >= 0 {
		return run, rest[:at], rest[at+1:]
	}
	return run, "", rest
}
