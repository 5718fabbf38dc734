package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"savestone/emulator"
)

// attributes are the flags that say what a write puts beside the value.
type attributes struct {
	users    []int64
	metadata string
}

func (a *attributes) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Int64SliceVar(&a.users, "users", nil, "user `IDS` of the entry: 1,2")
	flags.StringVar(&a.metadata, "metadata", "", "metadata of the entry, a `JSON` object")
}

// apply puts the attributes in a request.
func (a *attributes) apply(req *emulator.Request) error {
	req.UserIDs = a.users
	if a.metadata == "" {
		return nil
	}
	metadata, err := compactJSON("--metadata", []byte(a.metadata))
	req.Metadata = metadata
	return err
}

// setFlags are the flags of savestone ds set.
type setFlags struct {
	attributes
	ifVersion string
	create    bool
}

func (f *dsFlags) setCommand() *cobra.Command {
	var s setFlags
	cmd := &cobra.Command{
		Use:   "set STORE KEY JSON|-",
		Short: "Store a value",
		Long: `Store a value: a JSON text, or "-" for standard input. As with SetAsync, user ids and
metadata that are not given are cleared.`,
		Args: cobra.ExactArgs(3),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.set(args[1], args[2], s)
		}),
	}
	s.add(cmd)
	cmd.Flags().StringVar(&s.ifVersion, "if-version", "",
		"store it only if `VERSION` is the current one")
	cmd.Flags().BoolVar(&s.create, "create", false, "store it only if nothing is there")
	cmd.MarkFlagsMutuallyExclusive("if-version", "create")
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) set(key, value string, s setFlags) error {
	text, name, err := readArgument(d.cmd, value)
	if err != nil {
		return err
	}
	req := emulator.Request{Op: emulator.OpPut, Key: key}
	if req.Value, err = compactJSON(name, text); err != nil {
		return err
	}
	if err := s.apply(&req); err != nil {
		return err
	}
	if s.create || s.ifVersion != "" {
		req.IfVersion = &s.ifVersion
	}
	return d.put(req)
}

// put stores a value and tells of it. What was there instead of the wanted version is said.
func (d *ds) put(req emulator.Request) error {
	result, err := d.do(req)
	if errors.Is(err, emulator.ErrVersionConflict) {
		now, readErr := d.do(emulator.Request{Op: emulator.OpGet, Key: req.Key})
		switch {
		case readErr != nil:
			return readErr
		case *req.IfVersion == "":
			return failed("key %q of %s is there already: got version %s, want none",
				req.Key, d.store, now.Info.Version)
		}
		return failed("key %q of %s is at another version: got %q, want %q",
			req.Key, d.store, now.Info.Version, *req.IfVersion)
	}
	if err != nil {
		return err
	}
	return d.wrote(req.Key, result)
}

// wrote tells of the entry that a write made.
func (d *ds) wrote(key string, result emulator.Result) error {
	if d.form == asJSON {
		return d.json(d.record(key, result))
	}
	return d.line("%q of %s is now version %s", key, d.store, result.Info.Version)
}

func (f *dsFlags) incrCommand() *cobra.Command {
	var a attributes
	cmd := &cobra.Command{
		Use:   "incr STORE KEY [DELTA]",
		Short: "Add to a stored integer; without DELTA, 1",
		Long: `Add to a stored integer; a key that is not there counts as 0. As with IncrementAsync,
user ids and metadata that are not given are cleared. A negative DELTA goes after "--".`,
		Args: cobra.RangeArgs(2, 3),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.incr(args[1:], a)
		}),
	}
	a.add(cmd)
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) incr(args []string, a attributes) error {
	req := emulator.Request{Op: emulator.OpIncrement, Key: args[0], Delta: 1}
	if err := a.apply(&req); err != nil {
		return err
	}
	if len(args) > 1 {
		delta, err := wholeNumber(args[1])
		if err != nil {
			return err
		}
		req.Delta = delta
	}
	result, err := d.do(req)
	switch {
	case err != nil:
		return err
	case d.form == asJSON:
		return d.json(d.record(req.Key, result))
	}
	return d.line("%s", result.Value)
}

func wholeNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usage("got %q, want a whole number of 64 bits", text)
	}
	return n, nil
}

func (f *dsFlags) rmCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rm STORE KEY",
		Short: "Remove a key; its versions stay readable for thirty days",
		Args:  cobra.ExactArgs(2),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.rm(args[1])
		}),
	}
	return cmd
}

func (d *ds) rm(key string) error {
	result, err := d.do(emulator.Request{Op: emulator.OpRemove, Key: key})
	switch {
	case err != nil:
		return err
	case !result.Found:
		return d.missing(key, result)
	case d.store.Kind == emulator.Ordered:
		return d.line("removed %q of %s, which was %s", key, d.store, result.Value)
	}
	return d.line("removed %q of %s, which was version %s", key, d.store, result.Info.Version)
}

func (f *dsFlags) revertCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revert STORE KEY VERSION",
		Short: "Store what an earlier version held, as a new version",
		Long: `Store what an earlier version held, with its user ids and metadata, as a new version.
Nothing is stored if somebody else writes in between. This is also how a removed key comes back.`,
		Args: cobra.ExactArgs(3),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.revert(args[1], args[2])
		}),
	}
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) revert(key, version string) error {
	now, err := d.do(emulator.Request{Op: emulator.OpGet, Key: key})
	if err != nil {
		return err
	}
	old, err := d.version(key, version)
	switch {
	case err != nil:
		return err
	case !old.Found:
		return failed("version %s of key %q is a tombstone: got no value to store, want a version "+
			"that has one", old.Info.Version, key)
	}
	return d.put(emulator.Request{
		Op: emulator.OpPut, Key: key, Value: old.Value, UserIDs: old.Info.UserIDs,
		Metadata: old.Info.Metadata, IfVersion: &now.Info.Version,
	})
}

// compactJSON reads a JSON text of the command line and returns it without white space, as Roblox
// stores it.
func compactJSON(name string, text []byte) (json.RawMessage, error) {
	if err := checkJSON(name, text); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		return nil, usage("%s: %w", name, err)
	}
	return b.Bytes(), nil
}
