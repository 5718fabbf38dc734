package main

import (
	"encoding/json"
	"strconv"

	"github.com/spf13/cobra"

	"savestone/emulator"
)

// numberRecord is a key of an ordered store.
type numberRecord struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// orderedFlags are the flags of savestone ds ordered list.
type orderedFlags struct {
	descending bool
	min, max   int64
	limit      int
}

func (f *dsFlags) orderedCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "ordered",
		Short: "Look into ordered data stores and change them",
	})
	cmd.AddCommand(f.orderedStoresCommand(), f.orderedListCommand(), f.orderedGetCommand(),
		f.orderedSetCommand(), f.orderedIncrCommand(), f.orderedRmCommand())
	return cmd
}

// orderedRecord is a scope of an ordered store.
type orderedRecord struct {
	Store string `json:"store"`
	Scope string `json:"scope"`
	Keys  int    `json:"keys"`
}

func (f *dsFlags) orderedStoresCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stores",
		Short: "List the ordered stores and their scopes",
		Long: `List the ordered stores and their scopes. There is no such listing at Roblox; here it
looks at everything that is stored.`,
		Args: cobra.NoArgs,
		RunE: f.on(emulator.Ordered, func(d *ds, _ []string) error {
			return d.orderedStores()
		}),
	}
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) orderedStores() error {
	var records []orderedRecord
	var last emulator.StoreID
	err := d.emu.Export(d.cmd.Context(), func(r emulator.Record) error {
		if r.Store.Kind != emulator.Ordered || r.Key == "" {
			return nil
		}
		if r.Store != last {
			last = r.Store
			records = append(records, orderedRecord{Store: last.Name, Scope: last.Scope})
		}
		records[len(records)-1].Keys++
		return nil
	})
	if err != nil {
		return environment(err)
	}
	return answer(d.printer, records, "store scope keys", func(r orderedRecord) []string {
		return []string{plain(r.Store), plain(r.Scope), strconv.Itoa(r.Keys)}
	})
}

func (f *dsFlags) orderedListCommand() *cobra.Command {
	var o orderedFlags
	cmd := &cobra.Command{
		Use:   "list STORE",
		Short: "List the keys of an ordered store by value",
		Args:  cobra.ExactArgs(1),
	}
	cmd.RunE = f.on(emulator.Ordered, func(d *ds, _ []string) error {
		return d.listSorted(o)
	})
	flags := cmd.Flags()
	flags.BoolVar(&o.descending, "desc", false, "the largest value first")
	flags.Int64Var(&o.min, "min", 0, "the least value, `N` itself included")
	flags.Int64Var(&o.max, "max", 0, "the largest value, `N` itself included")
	limitFlag(cmd, &o.limit, 0)
	return f.chooseOutput(cmd, asTable, asJSON)
}

func (d *ds) listSorted(o orderedFlags) error {
	if err := checkLimit(o.limit); err != nil {
		return err
	}
	req := emulator.Request{Op: emulator.OpListSorted}
	req.Page = emulator.Page{Size: emulator.SortedPageMax, Descending: o.descending}
	if d.cmd.Flags().Changed("min") {
		req.Page.Min = &o.min
	}
	if d.cmd.Flags().Changed("max") {
		req.Page.Max = &o.max
	}
	items, more, err := d.list(req, o.limit)
	if err != nil {
		return err
	}
	records := make([]numberRecord, len(items))
	for i, item := range items {
		records[i] = numberRecord{item.Key, item.Value}
	}
	d.cut(more, o.limit)
	return answer(d.printer, records, "key value", func(r numberRecord) []string {
		return []string{plain(r.Key), string(r.Value)}
	})
}

func (f *dsFlags) orderedGetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "get STORE KEY",
		Short: "Print a key's value",
		Args:  cobra.ExactArgs(2),
		RunE: f.on(emulator.Ordered, func(d *ds, args []string) error {
			result, err := d.find(args[1])
			if err != nil {
				return err
			}
			return d.line("%s", result.Value)
		}),
	}
	return cmd
}

func (f *dsFlags) orderedSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set STORE KEY N",
		Short: `Store a whole number; a negative one goes after "--"`,
		Args:  cobra.ExactArgs(3),
		RunE: f.on(emulator.Ordered, func(d *ds, args []string) error {
			n, err := wholeNumber(args[2])
			if err != nil {
				return err
			}
			result, err := d.do(emulator.Request{
				Op: emulator.OpPut, Key: args[1], Value: strconv.AppendInt(nil, n, 10),
			})
			if err != nil {
				return err
			}
			return d.line("%s", result.Value)
		}),
	}
	return cmd
}

func (f *dsFlags) orderedIncrCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "incr STORE KEY [DELTA]",
		Short: `Add to a key's value; without DELTA, 1; a negative one goes after "--"`,
		Args:  cobra.RangeArgs(2, 3),
		RunE: f.on(emulator.Ordered, func(d *ds, args []string) error {
			return d.incr(args[1:], attributes{})
		}),
	}
}

func (f *dsFlags) orderedRmCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rm STORE KEY",
		Short: "Remove a key for good; ordered stores keep no versions",
		Args:  cobra.ExactArgs(2),
		RunE: f.on(emulator.Ordered, func(d *ds, args []string) error {
			return d.rm(args[1])
		}),
	}
}
