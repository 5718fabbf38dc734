package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/emulator"
)

const (
	snapshotsFolder   = "snapshots"
	snapshotExtension = ".db"
)

// snapshotName is what a snapshot may be called: what is safe as the name of a file.
var snapshotName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// snapshots returns the folder with the snapshots of a database.
func snapshots(db string) string {
	return filepath.Join(filepath.Dir(db), stateFolder, snapshotsFolder, filepath.Base(db))
}

// snapshotFile returns the file of a snapshot.
func snapshotFile(db, name string) (string, error) {
	if !snapshotName.MatchString(name) {
		return "", usage("got the name %q, want up to 100 letters, digits, and any of - _ .", name)
	}
	return filepath.Join(snapshots(db), name+snapshotExtension), nil
}

func (f *stateFlags) snapshotCommand() *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use:   "snapshot NAME",
		Short: "Keep a copy of everything that is stored, beside the database",
		Args:  cobra.ExactArgs(1),
		RunE: f.on(func(
			cmd *cobra.Command, emu *emulator.Emulator, path string, args []string,
		) error {
			file, err := snapshotFile(path, args[0])
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return environment(err)
			}
			if _, err := os.Stat(file); err == nil && !replace {
				return failed("there is a snapshot %q already; --replace overwrites it", args[0])
			}
			if err := keepCopy(cmd, emu, file); err != nil {
				return environment(err)
			}
			return done(cmd, "snapshot %s of %s", args[0], path)
		}),
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "overwrite a snapshot of that name")
	return cmd
}

// keepCopy makes a copy of the database and only then takes it for the one that was there.
func keepCopy(cmd *cobra.Command, emu *emulator.Emulator, file string) error {
	fresh := file + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := emu.Backup(cmd.Context(), fresh); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

func (f *stateFlags) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore NAME",
		Short: "Put back everything as it was in a snapshot; what is stored now is lost",
		Args:  cobra.ExactArgs(1),
		RunE: f.on(func(
			cmd *cobra.Command, emu *emulator.Emulator, path string, args []string,
		) error {
			file, err := snapshotFile(path, args[0])
			if err != nil {
				return err
			}
			if _, err := os.Stat(file); err != nil {
				return failed("no snapshot %q of %s; savestone state list lists those there are",
					args[0], path)
			}
			if err := emu.Restore(cmd.Context(), file); err != nil {
				return environment(err)
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
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := f.path()
			if err != nil {
				return err
			}
			records, err := listSnapshots(path)
			if err != nil {
				return environment(err)
			}
			p := printer{cmd.OutOrStdout(), output}
			return answer(p, records, "name taken bytes", func(r snapshotRecord) []string {
				return []string{r.Name, r.Taken, strconv.FormatInt(r.Bytes, 10)}
			})
		},
	}
	outputFlag(cmd, &output, asTable, asJSON)
	return cmd
}

func listSnapshots(db string) ([]snapshotRecord, error) {
	entries, err := os.ReadDir(snapshots(db))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	var records []snapshotRecord
	for _, entry := range entries {
		name, isSnapshot := strings.CutSuffix(entry.Name(), snapshotExtension)
		if !isSnapshot {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return nil, fmt.Errorf("list snapshots: %w", err)
		}
		records = append(records, snapshotRecord{
			name, timeText(info.ModTime().UnixMilli()), info.Size(),
		})
	}
	return records, nil
}
