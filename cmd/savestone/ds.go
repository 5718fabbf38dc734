package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"savestone/emulator"
)

// dsFlags are the flags that the commands of savestone ds share.
type dsFlags struct {
	dbFlag
	scope string
}

// ds is one command of savestone ds at work.
type ds struct {
	printer
	cmd   *cobra.Command
	emu   stored
	store emulator.StoreID
}

func dsCommand() *cobra.Command {
	f := &dsFlags{}
	cmd := group(&cobra.Command{
		Use:   "ds",
		Short: "Look into data stores and change them",
		Long: `Look into the data stores of a database file or of a running server and change them,
by the rules of the emulator: what is written here has versions, and what is wrong is refused in
Roblox's words. No fault hits it, and it counts in no budget of the experience.

STORE "" is the store of GetGlobalDataStore. A VERSION is an id as savestone ds versions lists it,
or a number of steps back from the current version, which is 0.`,
	})
	f.add(cmd)
	cmd.PersistentFlags().StringVar(&f.scope, "scope", defaultScope, "scope of the store")
	cmd.AddCommand(
		f.storesCommand(), f.keysCommand(), f.getCommand(), f.versionsCommand(), f.diffCommand(),
		f.setCommand(), f.incrCommand(), f.rmCommand(), f.revertCommand(), f.orderedCommand(),
	)
	return cmd
}

const defaultScope = "global"

// chooseOutput gives a command the flag -o.
func (f *dsFlags) chooseOutput(cmd *cobra.Command, choices ...string) *cobra.Command {
	outputFlag(cmd, &f.output, choices...)
	return cmd
}

// on makes a command's work of a verb on stores of a kind; the first argument, if there is one, is
// the store.
func (f *dsFlags) on(
	kind emulator.Kind, verb func(d *ds, args []string) error,
) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return f.dbFlag.on(cmd, func(emu stored, _ string) error {
			d := &ds{printer: printer{cmd.OutOrStdout(), f.output}, cmd: cmd, emu: emu}
			if len(args) > 0 {
				d.store = emulator.StoreID{Kind: kind, Name: args[0], Scope: f.scope}
			}
			if len(args) > 0 && args[0] == "" && !cmd.Flags().Changed("scope") {
				d.store.Scope = emulator.GlobalStore().Scope
			}
			return verb(d, args)
		})
	}
}

// do sends a request about the command's store. What is wrong with it whatever the data is a wrong
// use of the command line.
func (d *ds) do(req emulator.Request) (emulator.Result, error) {
	req.Store = d.store
	about := d.store.String()
	if req.Key != "" {
		about = fmt.Sprintf("key %q of %s", req.Key, d.store)
	}
	if err := req.Check(); err != nil {
		return emulator.Result{}, usage("%s %s: %w", req.Op, about, err)
	}
	result, err := d.emu.Do(d.cmd.Context(), req)
	var refused *emulator.Error
	switch {
	case errors.As(err, &refused):
		return emulator.Result{}, failed("%s %s: %w", req.Op, about, err)
	case err != nil:
		return emulator.Result{}, environment(err)
	}
	return result, nil
}

// failed is the error of a command that found the data other than it needs to be.
func failed(format string, args ...any) error {
	return &exit{exitFailed, fmt.Errorf(format, args...)}
}

// list collects a listing, page by page, up to limit items; 0 means all. More tells that there are
// others.
func (d *ds) list(req emulator.Request, limit int) (items []emulator.Item, more bool, err error) {
	for {
		page, err := d.do(req)
		if err != nil {
			return nil, false, err
		}
		items = append(items, page.Items...)
		if limit > 0 && len(items) >= limit {
			more = len(items) > limit || page.Cursor != ""
			return items[:limit], more, nil
		}
		if page.Cursor == "" {
			return items, false, nil
		}
		req.Page.Cursor = page.Cursor
	}
}

// cut tells people that a listing goes on.
func (d *ds) cut(more bool, limit int) {
	if more {
		fmt.Fprintf(d.cmd.ErrOrStderr(), "there are more than %d; --limit 0 shows all\n", limit)
	}
}

// limitFlag gives a listing the flag --limit.
func limitFlag(cmd *cobra.Command, limit *int, valueDefault int) {
	cmd.Flags().IntVar(limit, "limit", valueDefault, "at most `N` of them; 0 means all")
}

func checkLimit(limit int) error {
	if limit < 0 {
		return usage("--limit: got %d, want 0 or more", limit)
	}
	return nil
}

// checkStore tells whether the command's standard store is there.
func (d *ds) checkStore() error {
	if d.store.Name == "" {
		return nil // no listing has it (R3)
	}
	req := emulator.Request{Op: emulator.OpListStores}
	req.Page.Prefix = d.store.Name
	stores, err := d.do(req) // the name itself comes before all that it is a prefix of
	if err != nil {
		return err
	}
	if len(stores.Items) == 0 || stores.Items[0].Store != d.store.Name {
		return failed("no %s store %q; savestone ds stores lists those there are",
			d.store.Kind, d.store.Name)
	}
	return nil
}

// find reads an entry that must be there.
func (d *ds) find(key string) (emulator.Result, error) {
	result, err := d.do(emulator.Request{Op: emulator.OpGet, Key: key})
	if err != nil || result.Found {
		return result, err
	}
	return emulator.Result{}, d.missing(key, result)
}

// missing says why a key has no value.
func (d *ds) missing(key string, result emulator.Result) error {
	if d.store.Kind == emulator.Standard {
		if err := d.checkStore(); err != nil {
			return err
		}
	}
	if result.Info.Version != "" {
		return failed("key %q of %s was removed at %s; savestone ds versions lists what is left",
			key, d.store, timeText(result.Info.UpdatedMS))
	}
	return failed("no key %q in %s", key, d.store)
}

// readArgument returns a command's argument, or what stands where it points: standard input for
// "-". Name is what messages call it.
func readArgument(cmd *cobra.Command, arg string) (text []byte, name string, err error) {
	if arg != "-" {
		return []byte(arg), "JSON", nil
	}
	text, err = io.ReadAll(cmd.InOrStdin())
	if err != nil {
		return nil, "", &exit{exitEnvironment, fmt.Errorf("read standard input: %w", err)}
	}
	return text, "standard input", nil
}
