package main

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"savestone/emulator/universe"
)

func (f *stateFlags) snapshotCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "snapshot NAME",
		Short: "Keep a copy of everything that is stored, beside the database",
		Args:  cobra.ExactArgs(1),
		RunE: f.deed(func(
			cmd *cobra.Command, s stored, path string, args []string,
		) error {
			if err := s.snapshot(cmd.Context(), args[0], replace); err != nil {
				return err
			}
			return done(cmd, "snapshot %s of %s", args[0], path)
		}),
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "overwrite a snapshot of that name")
	return cmd
}

// aboutSnapshot gives an error of work on snapshots its exit code, and says what to do about it.
func aboutSnapshot(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, universe.ErrSnapshotName):
		return usage("%w", err)
	case errors.Is(err, universe.ErrSnapshotTaken):
		return failed("%w; --replace overwrites it", err)
	case errors.Is(err, universe.ErrNoSnapshot):
		return failed("%w of %s; savestone state list lists those there are", err, path)
	}
	return environment(err)
}

func (f *stateFlags) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore NAME",
		Short: "Put back everything as it was in a snapshot; what is stored now is lost",
		Args:  cobra.ExactArgs(1),
		RunE: f.deed(func(
			cmd *cobra.Command, s stored, path string, args []string,
		) error {
			if err := s.restore(cmd.Context(), args[0]); err != nil {
				return err
			}
			return done(cmd, "%s is as in snapshot %s", path, args[0])
		}),
	}
}

// snapshotRecord is a snapshot as it is listed.
type snapshotRecord struct {
	Name  string `json:"name"`
	Taken string `json:"taken"`
	Bytes int64  `json:"bytes"`
}

func (f *stateFlags) listCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the snapshots of a database",
		Args:  cobra.NoArgs,
		RunE: f.deed(func(cmd *cobra.Command, s stored, _ string, _ []string) error {
			records, err := s.snapshots(cmd.Context())
			if err != nil {
				return err
			}
			p := printer{cmd.OutOrStdout(), output}
			return answer(p, records, "name taken bytes", func(r snapshotRecord) []string {
				return []string{r.Name, r.Taken, strconv.FormatInt(r.Bytes, 10)}
			})
		}),
	}
	outputFlag(cmd, &output, asTable, asJSON)
	return cmd
}
