package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
)

func budgetCommand() *cobra.Command {
	f := &remoteFlags{}
	cmd := group(&cobra.Command{
		Use:   "budget",
		Short: "Look at what a running server's limits still allow",
	})
	f.add(cmd)
	var keys int
	show := &cobra.Command{
		Use:   "show",
		Short: "Show the budgets of the experience and of game servers, and the busiest keys",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
			address := r.address("/budgets", "universe", r.universe, "keys", strconv.Itoa(keys))
			var b control.Budgets
			if err := r.do(cmd.Context(), "GET", address, nil, &b); err != nil {
				return err
			}
			return showBudgets(printer{cmd.OutOrStdout(), f.output}, b)
		}),
	}
	show.Flags().IntVar(&keys, "keys", 10, "at most `N` keys")
	outputFlag(show, &f.output, asTable, asJSON)
	cmd.AddCommand(show)
	return cmd
}

func showBudgets(p printer, b control.Budgets) error {
	if p.form == asJSON {
		return p.json(b)
	}
	if err := p.line("limits %s, %s\n", b.Profile, count(b.Users, "user")); err != nil {
		return err
	}
	var rows [][]string
	for _, e := range b.Experience {
		rows = append(rows, []string{
			e.RequestType, fmt.Sprint(e.Used), fmt.Sprint(e.PerMinute),
		})
	}
	if err := p.table("experience used /minute", rows); err != nil {
		return err
	}
	rows = nil
	for _, s := range b.Servers {
		for _, t := range slices.Sorted(maps.Keys(s.Budgets)) {
			rows = append(rows, []string{
				s.Server, strconv.Itoa(s.Players), t, strconv.Itoa(s.Budgets[t]),
			})
		}
	}
	if len(rows) > 0 {
		fmt.Fprintln(p.out)
		if err := p.table("server players type left", rows); err != nil {
			return err
		}
	}
	rows = nil
	for _, k := range b.Keys {
		rows = append(rows, []string{
			plain(k.Store), plain(k.Scope), plain(k.Key),
			share(k.Read, b.KeyMax.Read), share(k.Write, b.KeyMax.Write),
		})
	}
	if len(rows) == 0 {
		return nil
	}
	fmt.Fprintln(p.out)
	return p.table("store scope key read/minute written/minute", rows)
}

// share is an amount of bytes, with what may be at most.
func share(bytes, most int64) string {
	if most == 0 {
		return size(bytes)
	}
	return size(bytes) + " of " + size(most)
}
