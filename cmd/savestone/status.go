package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/emulator/control"
)

func statusCommand() *cobra.Command {
	f := &remoteFlags{}
	usage := false
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell how a running server is: its universes, clocks and faults",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
			var s control.Status
			address := r.address("/status", "usage", strconv.FormatBool(usage))
			if err := r.do(cmd.Context(), "GET", address, nil, &s); err != nil {
				return err
			}
			return showStatus(printer{cmd.OutOrStdout(), f.output}, r, s)
		}),
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&usage, "usage", false,
		"measure what the data takes of its room; requests wait meanwhile")
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

func showStatus(p printer, r *remote, s control.Status) error {
	if p.form == asJSON {
		return p.json(s)
	}
	err := p.line("savestone %s at %s, process %d, since %s\nlimits %s, auth %s, %s answered\n",
		s.Version, r.base, s.PID, s.Started, s.Profile, s.Auth,
		count(int(s.Requests), "request"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, u := range s.Universes {
		keys, bytes := "-", "-"
		if u.Usage != nil {
			keys, bytes = strconv.Itoa(u.Usage.Keys), size(u.Usage.JSONBytes)
		}
		rows = append(rows, []string{
			strconv.FormatInt(u.Universe, 10), u.Data, keys, bytes, strconv.Itoa(u.Users),
			strconv.Itoa(u.Servers), strconv.Itoa(u.Faults), clockText(u.Clock),
		})
	}
	return p.table("universe data keys size users servers faults clock", rows)
}

// clockText tells of a clock in a word or two.
func clockText(c control.Clock) string {
	switch c.Mode {
	case "real":
		return c.Mode
	case "frozen":
		return "frozen at " + c.Now
	}
	return fmt.Sprintf("×%g at %s", c.Rate, c.Now)
}

// readyLook is how often savestone ready looks again.
const readyLook = 50 * time.Millisecond

func readyCommand() *cobra.Command {
	f := &remoteFlags{}
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "ready",
		Short: "Wait until a server can be used",
		Long: `Wait until a server can be used. Exit codes: 0 when it can, 7 when it could not
before --timeout passed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if patience < 0 {
				return usage("--timeout: got %s, want no negative time", patience)
			}
			return f.waitReady(cmd, patience)
		},
	}
	f.add(cmd)
	cmd.Flags().DurationVar(&patience, "timeout", 30*time.Second, "how long to wait")
	return cmd
}

func (f *remoteFlags) waitReady(cmd *cobra.Command, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), patience)
	defer cancel()
	var last error
	for {
		r, err := f.connect() // each time anew: a server that starts leaves its word then
		if err == nil {
			err = r.do(ctx, "GET", r.address("/ready"), nil, nil)
		}
		var coded *exit
		switch {
		case err == nil:
			return done(cmd, "ready at %s", r.base)
		case errors.As(err, &coded) && coded.code != exitEnvironment:
			return err
		case ctx.Err() == nil || last == nil:
			last = err
		}
		if (emulator.Wall{}).Sleep(ctx, readyLook) != nil {
			if cmd.Context().Err() != nil {
				return cmd.Context().Err()
			}
			return &exit{exitDeadline, fmt.Errorf("not ready after %s: %w", patience, last)}
		}
	}
}
