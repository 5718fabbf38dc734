package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"savestone/scenarios"
	"savestone/scenarios/verdict"
)

func chaosZooCommand() *cobra.Command {
	var seed uint64
	var workers int
	cmd := &cobra.Command{
		Use:   "zoo [NAME…]",
		Short: "Check the checks: run systems and stores with planted bugs",
		Long: `Run systems and stores with a bug planted in each, until a check catches it: a check
that never caught anything proves nothing. Where one is caught, the same worlds without the bug must
be clean. Exit code 5 if one survives all its worlds.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			mutants, err := scenarios.Zoo()
			if err != nil {
				return &exit{exitEnvironment, err}
			}
			if mutants, err = chosenMutants(mutants, args); err != nil {
				return err
			}
			results, err := hunt(cmd.Context(), mutants, scenarios.Options{Seed: seed}, workers)
			if err != nil {
				return err
			}
			return tellZoo(cmd, results)
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed of everything random")
	cmd.Flags().IntVar(&workers, "workers", runtime.NumCPU(), "mutants that run at the same time")
	return cmd
}

func chosenMutants(all []scenarios.Mutant, names []string) ([]scenarios.Mutant, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []scenarios.Mutant
	for _, name := range names {
		i := slices.IndexFunc(all, func(m scenarios.Mutant) bool { return m.Name == name })
		if i < 0 {
			return nil, usage("got the mutant %q, which is not in the zoo", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// hunt runs mutants until they are caught.
func hunt(
	ctx context.Context, mutants []scenarios.Mutant, o scenarios.Options, workers int,
) ([]verdict.ZooResult, error) {
	results := make([]verdict.ZooResult, len(mutants))
	problems := make([]error, len(mutants))
	next := make(chan int)
	var group sync.WaitGroup
	for range max(1, workers) {
		group.Go(func() {
			for i := range next {
				results[i], problems[i] = mutants[i].Hunt(ctx, o)
			}
		})
	}
	for i := range mutants {
		next <- i
	}
	close(next)
	group.Wait()
	if err := errors.Join(problems...); err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	return results, nil
}

// tellZoo prints which check caught which mutant.
func tellZoo(cmd *cobra.Command, results []verdict.ZooResult) error {
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "MUTANT\tCAUGHT BY\tWORLDS\tTHE BUG")
	caught := 0
	var worlds []int
	for _, r := range results {
		by := r.Caught
		if by == "" {
			by = "SURVIVED (want " + r.Want + ")"
		} else {
			caught++
			worlds = append(worlds, r.Worlds)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", r.Mutant, by, r.Worlds, r.About)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	slices.Sort(worlds)
	median := 0
	if len(worlds) > 0 {
		median = worlds[len(worlds)/2]
	}
	fmt.Fprintf(cmd.OutOrStdout(), "\noracle power %d of %d, after %s in the median\n",
		caught, len(results), count(median, "world"))
	if caught < len(results) {
		return &exit{exitRefuted, nil}
	}
	return nil
}
