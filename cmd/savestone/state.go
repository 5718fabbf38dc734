package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// stateFlags are the flags that the commands of savestone state share.
type stateFlags struct {
	dbFlag
}

func stateCommand() *cobra.Command {
	f := &stateFlags{}
	cmd := group(&cobra.Command{
		Use:   "state",
		Short: "Carry everything that is stored elsewhere, and back",
		Long: `Carry everything in a database file, or in a running server's data, elsewhere, and
back.`,
	})
	f.add(cmd)
	cmd.AddCommand(f.exportCommand(), f.importCommand(), f.snapshotCommand(), f.restoreCommand(),
		f.listCommand(), f.resetCommand())
	return cmd
}

// deed makes a command's work of a deed on what is stored; name is what messages call that.
func (f *stateFlags) deed(
	do func(cmd *cobra.Command, s stored, name string, args []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return f.on(cmd, func(s stored, name string) error { return do(cmd, s, name, args) })
	}
}

// done tells of a deed, to people.
func done(cmd *cobra.Command, format string, args ...any) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...)
	return broken(err)
}

// environment gives an error that names no exit code the one of the machine.
func environment(err error) error {
	var coded *exit
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &exit{exitEnvironment, err}
}

func (f *stateFlags) exportCommand() *cobra.Command {
	var versions bool
	cmd := &cobra.Command{
		Use:   "export FOLDER",
		Short: "Write all data stores as JSON: a file for each scope of each store",
		Long: `Write all data stores as JSON into a folder: standard/STORE/SCOPE.json and
ordered/STORE/SCOPE.json, in an order that depends on the data alone. Bytes of names that a file
system could take amiss are written as %XX.

Without --versions the files hold what readers find now: values, user ids, metadata. With it they
hold everything, to the last digit of the version ids.

An earlier export in the folder is replaced.`,
		Args: cobra.ExactArgs(1),
		RunE: f.deed(func(
			cmd *cobra.Command, emu stored, path string, args []string,
		) error {
			folder := args[0]
			if err := checkTarget(folder); err != nil {
				return err
			}
			x, err := export(cmd.Context(), emu, folder, versions)
			if err != nil {
				return environment(err)
			}
			return done(cmd, "exported %s to %s", count(x.keys, "key"), folder)
		}),
	}
	cmd.Flags().BoolVar(&versions, "versions", false,
		"version ids, earlier versions and tombstones too")
	return cmd
}

// checkTarget tells why a folder cannot take an export: something else is in it.
func checkTarget(folder string) error {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0:
		return nil
	case err != nil:
		return usage("%w; want a folder for the export", err)
	}
	if _, err := os.Stat(filepath.Join(folder, manifestFile)); err == nil {
		return nil
	}
	for _, entry := range entries {
		if entry.Name() != exportHalf {
			return usage("%s: this folder is not empty and holds no export; want a new folder",
				folder)
		}
	}
	return nil
}

func (f *stateFlags) importCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FOLDER",
		Short: "Read what state export wrote; the database is made if there is none",
		Long: `Read what state export wrote, or files like that written by hand. Each store in the
folder replaces the one in the database; other stores stay. If anything is wrong with a file,
nothing is changed.

An entry needs no more than a value: {"Player_1": {"value": {"coins": 5}}}; a key of an ordered
store is a number: {"Player_1": 5}.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.load(cmd, args[0]) },
	}
}

func (f *stateFlags) load(cmd *cobra.Command, folder string) error {
	path, err := f.file()
	if err != nil {
		return err
	}
	i := newImporter(folder)
	load := func(s stored, _ string) error { return s.load(cmd.Context(), i) }
	isNew := false
	if path == "" {
		err = f.onServer(load)
	} else {
		_, err = os.Stat(path)
		isNew = errors.Is(err, os.ErrNotExist)
		err = f.onFile(cmd, path, load)
	}
	if err != nil && isNew {
		_ = os.Remove(path) // it holds nothing; the error that matters is the other
	}
	if err != nil {
		return err
	}
	return done(cmd, "imported %s from %s", count(i.keys, "key"), folder)
}

func (f *stateFlags) resetCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Forget everything that is stored; snapshots stay",
		Args:  cobra.NoArgs,
		RunE: f.deed(func(
			cmd *cobra.Command, emu stored, path string, _ []string,
		) error {
			if err := emu.Reset(cmd.Context()); err != nil {
				return environment(err)
			}
			return done(cmd, "%s is empty now", path)
		}),
	}
}
