package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/emulator/universe"
)

// stored is what the commands about data work on: a database file, or a running server's data.
type stored interface {
	emulator.Service
	Export(ctx context.Context, visit func(emulator.Record) error) error
	load(ctx context.Context, i *importer) error
	Reset(ctx context.Context) error

	snapshots(ctx context.Context) ([]snapshotRecord, error)
	snapshot(ctx context.Context, name string, replace bool) error
	restore(ctx context.Context, name string) error
}

// dbFlag is what a command works on, and how it answers.
type dbFlag struct {
	remoteFlags
	db string
}

// dbVariable names the environment variable that stands in for --db.
const dbVariable = "SAVESTONE_DB"

func (f *dbFlag) add(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&f.db, "db", "",
		"database `FILE`, as savestone run --db makes it (default: $"+dbVariable+
			", or a running server)")
	f.remoteFlags.add(cmd)
}

// file tells which database file is meant; "" if a running server is.
func (f *dbFlag) file() (string, error) {
	path := f.db
	switch {
	case f.db != "" && f.url != "":
		return "", usage("got both --db and --url, want one of them")
	case f.db == "" && f.url == "":
		path = os.Getenv(dbVariable)
	}
	if path == emulator.InMemory {
		return "", usage("--db: %s holds nothing yet; want a file", path)
	}
	return path, nil
}

// on runs a command's work on what is meant; name is what messages call it. A database must be
// there already, as a slip of the pen should not make a new one.
func (f *dbFlag) on(cmd *cobra.Command, work func(s stored, name string) error) error {
	path, err := f.file()
	if err != nil {
		return err
	}
	if path == "" {
		return f.onServer(work)
	}
	if _, err := os.Stat(path); err != nil {
		return usage("--db: %w; want a database of savestone", err)
	}
	return f.onFile(cmd, path, work)
}

func (f *dbFlag) onFile(
	cmd *cobra.Command, path string, work func(s stored, name string) error,
) error {
	emu, err := emulator.Open(cmd.Context(), path, emulator.Options{})
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	err = work(storedInFile{emu, path}, path)
	if closeErr := emu.Close(); closeErr != nil {
		return errors.Join(err, &exit{exitEnvironment, fmt.Errorf("close %q: %w", path, closeErr)})
	}
	return err
}

func (f *dbFlag) onServer(work func(s stored, name string) error) error {
	r, err := f.connect()
	if errors.Is(err, errNoInstance) {
		return usage("got no database; want --db FILE or %s, or a running server: --url or %s",
			dbVariable, urlVariable)
	}
	if err != nil {
		return err
	}
	return work(storedAtServer{r}, r.told)
}

// storedInFile is a database file.
type storedInFile struct {
	*emulator.Emulator
	path string
}

func (s storedInFile) load(ctx context.Context, i *importer) error {
	return environment(s.Import(ctx, i.records()))
}

func (s storedInFile) snapshots(context.Context) ([]snapshotRecord, error) {
	list, err := universe.SnapshotsOf(s.path).List()
	if err != nil {
		return nil, environment(err)
	}
	records := []snapshotRecord{}
	for _, s := range list {
		records = append(records, snapshotRecord{
			s.Name, timeText(s.Taken.UnixMilli()), s.Bytes,
		})
	}
	return records, nil
}

func (s storedInFile) snapshot(ctx context.Context, name string, replace bool) error {
	err := universe.SnapshotsOf(s.path).Take(ctx, s.Emulator, name, replace)
	return aboutSnapshot(err, s.path)
}

func (s storedInFile) restore(ctx context.Context, name string) error {
	return aboutSnapshot(universe.SnapshotsOf(s.path).Restore(ctx, s.Emulator, name), s.path)
}
