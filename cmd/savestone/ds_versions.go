package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"savestone/emulator"
)

// versionRecord is a version as listings tell of it.
type versionRecord struct {
	Back    int    `json:"back"`
	Version string `json:"version"`
	Updated string `json:"updated"`
	Removed bool   `json:"removed"`
}

func (f *dsFlags) versionsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "versions STORE KEY",
		Short: "List the versions of a key that can be read, the newest first",
		Args:  cobra.ExactArgs(2),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.versions(args[1], limit)
		}),
	}
	limitFlag(cmd, &limit, 0)
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) versions(key string, limit int) error {
	if err := checkLimit(limit); err != nil {
		return err
	}
	items, more, err := d.listVersions(key, limit)
	if err != nil {
		return err
	}
	records := make([]versionRecord, len(items))
	for i, item := range items {
		records[i] = versionRecord{
			i, item.Info.Version, timeText(item.Info.UpdatedMS), item.Deleted,
		}
	}
	d.cut(more, limit)
	return answer(d.printer, records, "back version updated state",
		func(r versionRecord) []string {
			return []string{strconv.Itoa(r.Back), r.Version, r.Updated, stateText(r.Removed)}
		})
}

// listVersions lists the versions of a key that must have some, the newest first.
func (d *ds) listVersions(key string, limit int) (items []emulator.Item, more bool, err error) {
	req := emulator.Request{Op: emulator.OpListVersions, Key: key}
	req.Page.Descending = true
	items, more, err = d.list(req, limit)
	if err == nil && len(items) == 0 {
		err = d.missing(key, emulator.Result{})
	}
	return items, more, err
}

// stepsDigitsMax tells a number of steps back from a version's id, which is longer.
const stepsDigitsMax = 9

// version reads the version of a key that is meant by its id or by how many steps back it is.
func (d *ds) version(key, meant string) (emulator.Result, error) {
	id := meant
	if len(meant) <= stepsDigitsMax {
		steps, err := strconv.ParseUint(meant, 10, 31)
		if err != nil {
			return emulator.Result{}, usage("got version %q; want an id that savestone ds "+
				"versions lists, or a number of steps back from the current version", meant)
		}
		items, _, err := d.listVersions(key, int(steps)+1)
		if err != nil {
			return emulator.Result{}, err
		}
		if len(items) <= int(steps) {
			return emulator.Result{}, failed("got version %s, but the oldest version of key %q "+
				"is %s back", meant, key, count(len(items)-1, "step"))
		}
		id = items[steps].Info.Version
	}
	result, err := d.do(emulator.Request{Op: emulator.OpGetVersion, Key: key, Version: id})
	if errors.Is(err, emulator.ErrVersionInvalid) {
		err = failed("no version %q of key %q in %s; savestone ds versions lists those there are",
			meant, key, d.store)
	}
	return result, err
}

func (f *dsFlags) diffCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "diff STORE KEY VERSION [VERSION]",
		Short: "Show what changed from one version of a key to another, or to the current one",
		Args:  cobra.RangeArgs(3, 4),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			to := "0"
			if len(args) > 3 {
				to = args[3]
			}
			return d.diff(args[1], args[2], to)
		}),
	}
}

func (d *ds) diff(key, from, to string) error {
	before, err := d.version(key, from)
	if err != nil {
		return err
	}
	after, err := d.version(key, to)
	if err != nil {
		return err
	}
	oldText, err := versionText(before)
	if err != nil {
		return err
	}
	newText, err := versionText(after)
	if err != nil {
		return err
	}
	if oldText == newText {
		_, err := fmt.Fprintln(d.cmd.ErrOrStderr(), "the two versions hold the same")
		return broken(err)
	}
	text, err := udiff.ToUnified(label(before), label(after), oldText,
		udiff.Lines(oldText, newText), udiff.DefaultContextLines)
	if err != nil {
		return &exit{exitEnvironment, fmt.Errorf("compare versions of %q: %w", key, err)}
	}
	_, err = fmt.Fprint(d.out, text)
	return broken(err)
}

// label names a version above a diff.
func label(result emulator.Result) string {
	return result.Info.Version + "\t" + timeText(result.Info.UpdatedMS)
}

// versionText writes a version as text that differs where the version does: the members of objects
// stand in order, as theirs means nothing.
func versionText(result emulator.Result) (string, error) {
	var b bytes.Buffer
	writeAttributes(&b, result.Info.UserIDs, result.Info.Metadata)
	if !result.Found {
		b.WriteString("removed\n")
		return b.String(), nil
	}
	decoder := json.NewDecoder(bytes.NewReader(result.Value))
	decoder.UseNumber() // so that no digit is lost
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", &exit{exitEnvironment, fmt.Errorf("read the stored value: %w", err)}
	}
	err := printer{out: &b}.json(value)
	return b.String(), err
}
