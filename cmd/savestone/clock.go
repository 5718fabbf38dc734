package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
)

func clockCommand() *cobra.Command {
	f := &remoteFlags{}
	cmd := group(&cobra.Command{
		Use:   "clock",
		Short: "Stop, move and hurry the time of a running server",
		Long: `Stop, move and hurry the time of a running server. Version ids, expiry, budgets and
faults go by it; requests that wait for time to pass go on when it has.`,
	})
	f.add(cmd)
	resume := f.clockDeed("resume", "Let time run as fast as real time, from where it stands", "",
		func([]string) (any, error) { return nil, nil })
	real := resume.Flags().Bool("real", false, "go back to real time")
	resume.RunE = f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
		if *real {
			return f.changeClock(cmd, r, "POST", "/clock/real", nil)
		}
		return f.changeClock(cmd, r, "POST", "/clock/resume", nil)
	})
	show := f.clockDeed("show", "Show the time, and how it runs", "", nil)
	show.RunE = f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
		return f.changeClock(cmd, r, "GET", "/clock", nil)
	})
	cmd.AddCommand(show, resume,
		f.clockDeed("freeze", "Stop time where it stands", "",
			func([]string) (any, error) { return nil, nil }),
		f.clockDeed("advance", "Take time ahead, such as by 90s, 1h30m or 30d", "DURATION",
			func(args []string) (any, error) {
				_, err := control.ParseDuration(args[0])
				return control.ClockAdvance{By: args[0]}, err
			}),
		f.clockDeed("set", "Take time to a point, such as 2026-12-24T18:00:00Z", "TIME",
			func(args []string) (any, error) { return control.ClockTarget{To: args[0]}, nil }),
		f.clockDeed("rate", "Let time run at a rate: seconds for each real second", "RATE",
			func(args []string) (any, error) {
				rate, err := strconv.ParseFloat(args[0], 64)
				if err != nil {
					return nil, usage("got the rate %q, want a number", args[0])
				}
				return control.ClockRate{Rate: rate}, nil
			}))
	return cmd
}

// clockDeed makes a command that posts to the route of its name; argument is what it takes.
func (f *remoteFlags) clockDeed(
	name, short, argument string, body func(args []string) (any, error),
) *cobra.Command {
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, args []string) error {
			in, err := body(args)
			if err != nil {
				return usage("%w", err)
			}
			return f.changeClock(cmd, r, "POST", "/clock/"+name, in)
		}),
	}
	if argument != "" {
		cmd.Use, cmd.Args = name+" "+argument, cobra.ExactArgs(1)
	}
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

// changeClock asks for a change and shows what came of it.
func (f *remoteFlags) changeClock(
	cmd *cobra.Command, r *remote, method, path string, in any,
) error {
	var now control.Clock
	if err := r.do(cmd.Context(), method, r.about(path), in, &now); err != nil {
		return err
	}
	p := printer{cmd.OutOrStdout(), f.output}
	if p.form == asJSON {
		return p.json(now)
	}
	return p.table("now mode rate ahead asleep", [][]string{{
		now.Now, now.Mode, strconv.FormatFloat(now.Rate, 'g', -1, 64), now.Ahead,
		strconv.Itoa(now.Asleep),
	}})
}
