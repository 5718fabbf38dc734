package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/scenarios"
)

func benchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how fast savestone is on this machine",
	}
	cmd.AddCommand(benchSimCommand())
	return group(cmd)
}

func benchSimCommand() *cobra.Command {
	var worlds int
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Measure simulated players, the event loop and the oracle",
		Long: `Measure on one goroutine: how many hours of play a second simulates (the scenario
bench-fifty: 50 players whose data the library of lua/ saves once a minute), how many events the
loop does without Luau, how many requests the witness checks, and what judging adds to running.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return benchSim(cmd, worlds) },
	}
	cmd.Flags().IntVar(&worlds, "worlds", 3, "worlds to run; the first one more, to warm up")
	return cmd
}

// benchEvents is how many events the loop is timed over.
const benchEvents = 5_000_000

func benchSim(cmd *cobra.Command, worlds int) error {
	if worlds < 1 {
		return usage("--worlds: got %d, want 1 or more", worlds)
	}
	file, err := scenarios.Open("bench-fifty")
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	clock := emulator.Wall{}
	if _, err := scenarios.Time(cmd.Context(), file, clock, scenarios.Options{}); err != nil {
		return err
	}
	t, err := scenarios.Time(cmd.Context(), file, clock,
		scenarios.Options{Seed: 1, Worlds: worlds})
	if err != nil {
		return err
	}
	players := 50
	events := scenarios.TimeEvents(clock, players, benchEvents)
	all := t.Run + t.Judge
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s/%s, %d cores; one goroutine\n\n", runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU())
	fmt.Fprintf(out, "player-hours per second   %.1f   (%d players, saved once a minute, %s of "+
		"play in %s, oracle included)\n", t.Players.Hours()/all.Seconds(), players,
		t.Players.Round(time.Minute), all.Round(time.Millisecond))
	fmt.Fprintf(out, "times real time           %.0f\n", t.Virtual.Seconds()/all.Seconds())
	fmt.Fprintf(out, "events per second         %.1f million, without Luau\n",
		benchEvents/events.Seconds()/1e6)
	fmt.Fprintf(out, "witness check             %.1f million requests per second\n",
		float64(t.Ops)/t.Witness.Seconds()/1e6)
	fmt.Fprintf(out, "oracle                    %.1f %% of running\n",
		100*t.Judge.Seconds()/t.Run.Seconds())
	return nil
}
