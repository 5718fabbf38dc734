package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/emulator"
)

// storeRecord is a store as listings tell of it.
type storeRecord struct {
	Store   string `json:"store"`
	Created string `json:"created"`
	Updated string `json:"updated"`
}

func (f *dsFlags) storesCommand() *cobra.Command {
	var prefix string
	var limit int
	cmd := &cobra.Command{
		Use:   "stores",
		Short: "List the standard stores",
		Args:  cobra.NoArgs,
		RunE: f.on(emulator.Standard, func(d *ds, _ []string) error {
			return d.stores(prefix, limit)
		}),
	}
	cmd.Flags().StringVar(&prefix, "prefix", "", "only stores whose name begins with `TEXT`")
	limitFlag(cmd, &limit, 0)
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) stores(prefix string, limit int) error {
	if err := checkLimit(limit); err != nil {
		return err
	}
	req := emulator.Request{Op: emulator.OpListStores}
	req.Page.Prefix = prefix
	items, more, err := d.list(req, limit)
	if err != nil {
		return err
	}
	records := make([]storeRecord, len(items))
	for i, item := range items {
		records[i] = storeRecord{
			item.Store, timeText(item.Info.CreatedMS), timeText(item.Info.UpdatedMS),
		}
	}
	d.cut(more, limit)
	return answer(d.printer, records, "store created updated", func(r storeRecord) []string {
		return []string{plain(r.Store), r.Created, r.Updated}
	})
}

// keyRecord is a key as listings tell of it.
type keyRecord struct {
	Scope   string `json:"scope"`
	Key     string `json:"key"`
	Removed bool   `json:"removed"`
}

// keysFlags are the flags of savestone ds keys.
type keysFlags struct {
	prefix    string
	limit     int
	deleted   bool
	allScopes bool
}

func (f *dsFlags) keysCommand() *cobra.Command {
	var k keysFlags
	cmd := &cobra.Command{
		Use:   "keys STORE",
		Short: "List the keys of a standard store",
		Args:  cobra.ExactArgs(1),
		RunE: f.on(emulator.Standard, func(d *ds, _ []string) error {
			return d.keys(k)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&k.prefix, "prefix", "",
		"only keys that begin with `TEXT`; with --all-scopes it is compared to scope/key")
	flags.BoolVar(&k.deleted, "deleted", false, "list removed keys too")
	flags.BoolVar(&k.allScopes, "all-scopes", false, "list the keys of all scopes")
	limitFlag(cmd, &k.limit, 0)
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) keys(k keysFlags) error {
	if err := checkLimit(k.limit); err != nil {
		return err
	}
	if k.allScopes && d.cmd.Flags().Changed("scope") {
		return usage("got both --scope and --all-scopes, want one of them")
	}
	if k.allScopes && d.store.Name != "" {
		d.store.Scope = ""
	}
	req := emulator.Request{Op: emulator.OpListKeys}
	req.Page = emulator.Page{
		Size: emulator.KeysPageMax, Prefix: k.prefix, ExcludeDeleted: !k.deleted,
	}
	items, more, err := d.list(req, k.limit)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		if err := d.checkStore(); err != nil {
			return err
		}
	}
	records := make([]keyRecord, len(items))
	for i, item := range items {
		records[i] = keyRecord{item.Scope, item.Key, item.Deleted}
	}
	d.cut(more, k.limit)
	return answer(d.printer, records, "scope key state", func(r keyRecord) []string {
		return []string{plain(r.Scope), plain(r.Key), stateText(r.Removed)}
	})
}

// entryRecord is one version of a key.
type entryRecord struct {
	Store    string          `json:"store"`
	Scope    string          `json:"scope"`
	Key      string          `json:"key"`
	Version  string          `json:"version"`
	Created  string          `json:"created"`
	Updated  string          `json:"updated"`
	UserIDs  []int64         `json:"userIds,omitempty"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Removed  bool            `json:"removed,omitempty"`
	Value    json.RawMessage `json:"value,omitempty"`
}

func (d *ds) record(key string, result emulator.Result) entryRecord {
	return entryRecord{
		Store:    d.store.Name,
		Scope:    d.store.Scope,
		Key:      key,
		Version:  result.Info.Version,
		Created:  timeText(result.Info.CreatedMS),
		Updated:  timeText(result.Info.UpdatedMS),
		UserIDs:  result.Info.UserIDs,
		Metadata: result.Info.Metadata,
		Removed:  !result.Found,
		Value:    result.Value,
	}
}

func (f *dsFlags) getCommand() *cobra.Command {
	var version string
	cmd := &cobra.Command{
		Use:   "get STORE KEY",
		Short: "Show what is stored under a key",
		Args:  cobra.ExactArgs(2),
		RunE: f.on(emulator.Standard, func(d *ds, args []string) error {
			return d.get(args[1], version)
		}),
	}
	cmd.Flags().StringVar(&version, "version", "", "an earlier `VERSION`")
	return f.chooseOutput(cmd, asTable, asJSON, asValue)
}

func (d *ds) get(key, version string) error {
	var result emulator.Result
	var err error
	if version == "" {
		result, err = d.find(key)
	} else {
		result, err = d.version(key, version)
	}
	switch {
	case err != nil:
		return err
	case d.form == asJSON:
		return d.json(d.record(key, result))
	case d.form == asValue && !result.Found:
		return failed("version %s of key %q is a tombstone; it has no value",
			result.Info.Version, key)
	case d.form == asValue:
		return d.line("%s", result.Value)
	}
	return d.describe(d.record(key, result))
}

// describe shows an entry to people.
func (d *ds) describe(r entryRecord) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s of %s\n", strconv.Quote(r.Key), d.store)
	fmt.Fprintf(&b, "version   %s\ncreated   %s\nupdated   %s\n", r.Version, r.Created, r.Updated)
	writeAttributes(&b, r.UserIDs, r.Metadata)
	if r.Removed {
		b.WriteString("removed\n")
	} else {
		b.WriteString("value     ")
		if err := json.Indent(&b, r.Value, "", "  "); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("the value of key %q: %w", r.Key, err)}
		}
		b.WriteByte('\n')
	}
	return d.line("%s", strings.TrimSuffix(b.String(), "\n"))
}

// writeAttributes writes the lines of those attributes that an entry has.
func writeAttributes(b *bytes.Buffer, userIDs []int64, metadata json.RawMessage) {
	if len(userIDs) > 0 {
		ids := make([]string, len(userIDs))
		for i, id := range userIDs {
			ids[i] = strconv.FormatInt(id, 10)
		}
		fmt.Fprintf(b, "users     %s\n", strings.Join(ids, ", "))
	}
	if len(metadata) > 0 {
		fmt.Fprintf(b, "metadata  %s\n", metadata)
	}
}
