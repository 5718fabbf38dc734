package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
	"savestone/faults"
)

func faultCommand() *cobra.Command {
	f := &remoteFlags{}
	cmd := group(&cobra.Command{
		Use:   "fault",
		Short: "Let requests to a running server fail, and stop that",
	})
	f.add(cmd)
	cmd.AddCommand(f.faultListCommand(), f.faultAddCommand(), f.faultRmCommand(),
		f.faultToggleCommand(), f.faultClearCommand(), f.faultPresetsCommand())
	return cmd
}

// listed prints rules.
func listed(p printer, rules []control.Fault) error {
	const header = "id state hits limit rule"
	return answer(p, rules, header, func(f control.Fault) []string {
		state, limit := "on", "-"
		switch {
		case !f.On:
			state = "off"
		case f.Spent:
			state = "spent"
		}
		if f.Rule.Limit > 0 {
			limit = strconv.Itoa(f.Rule.Limit)
		}
		return []string{plain(f.ID), state, strconv.Itoa(f.Hits), limit, ruleText(f.Rule)}
	})
}

// ruleText is a rule as a table shows it: its JSON without what other columns tell.
func ruleText(r faults.Rule) string {
	r.ID, r.Limit = "", 0
	text, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (f *remoteFlags) faultListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the rules by which requests fail, and how often each has hit",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
			var list control.FaultList
			if err := r.do(cmd.Context(), "GET", r.about("/faults"), nil, &list); err != nil {
				return err
			}
			return listed(printer{cmd.OutOrStdout(), f.output}, list.Faults)
		}),
	}
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

// ruleFlags are a rule as flags have it; each stands for the member of that name.
type ruleFlags struct {
	texts map[string]*string // by member
	limit int
	once  bool
}

// ruleMembers are the members that have a flag, with what it is for.
var ruleMembers = []struct{ name, about string }{
	{"id", "`NAME` of the rule"},
	{"ops", "`OPS` that it hits, such as put, or reads, writes, lists"},
	{"store", "`PATTERN` of data stores"}, {"scope", "`PATTERN` of scopes"},
	{"key", "`PATTERN` of keys"}, {"server", "`PATTERN` of game servers"},
	{"chance", "`SHARE` of the requests, such as 5%"},
	{"from", "`TIME` from now on when it begins"}, {"to", "`TIME` from now on when it ends"},
	{"delay", "`TIME` that latency takes, such as 3s"},
}

func (f *remoteFlags) faultAddCommand() *cobra.Command {
	rule := ruleFlags{texts: map[string]*string{}}
	cmd := &cobra.Command{
		Use:   "add PRESET | KIND | JSON",
		Short: "Let requests fail by a preset, by a kind of fault, or by rules as JSON",
		Long: `Let requests fail from now on:

  savestone fault add calm@v1
  savestone fault add lostReply --ops writes --store 'Player*' --chance 5%
  savestone fault add lostRequest --once
  savestone fault add '[{"kind": "latency", "delay": "3s"}]'

savestone fault presets lists what has a name. "-" reads JSON from standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: f.with(func(cmd *cobra.Command, r *remote, args []string) error {
			plan, err := rule.plan(cmd, args[0])
			if err != nil {
				return err
			}
			var added control.FaultList
			if err := r.do(cmd.Context(), "POST", r.about("/faults"), plan, &added); err != nil {
				return err
			}
			return listed(printer{cmd.OutOrStdout(), f.output}, added.Faults)
		}),
	}
	for _, m := range ruleMembers {
		rule.texts[m.name] = cmd.Flags().String(m.name, "", m.about)
	}
	cmd.Flags().IntVar(&rule.limit, "limit", 0, "hit at most `N` requests")
	cmd.Flags().BoolVar(&rule.once, "once", false, "hit one request: --limit 1")
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

// plan makes the plan that the command line asks for.
func (f *ruleFlags) plan(cmd *cobra.Command, arg string) (json.RawMessage, error) {
	text, name, err := readArgument(cmd, arg)
	if err != nil {
		return nil, err
	}
	members := map[string]any{}
	for _, m := range ruleMembers {
		if value := *f.texts[m.name]; value != "" {
			members[m.name] = value
		}
	}
	switch {
	case f.once && f.limit != 0:
		return nil, usage("got both --once and --limit, want one of them")
	case f.once:
		f.limit = 1
	}
	if f.limit != 0 {
		members["limit"] = f.limit
	}
	raw := planJSON(strings.TrimSpace(string(text)))
	var word string
	switch {
	case !json.Valid(raw):
		return nil, usage("%s: got no JSON, want a preset, a kind of fault, or rules", name)
	case json.Unmarshal(raw, &word) != nil && len(members) > 0:
		return nil, usage("got rules and flags about one, want the rules to have it all")
	case word == "" || len(members) == 0 && isPreset(word):
		return raw, nil
	case isPreset(word):
		members["use"] = word
	default:
		members["kind"] = word
	}
	return json.Marshal(members)
}

func isPreset(name string) bool {
	_, err := faults.PresetNamed(name)
	return err == nil
}

func (f *remoteFlags) faultRmCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rm ID...",
		Short: "Take rules away",
		Args:  cobra.MinimumNArgs(1),
		RunE: f.with(func(cmd *cobra.Command, r *remote, args []string) error {
			for _, id := range args {
				address := r.about("/faults/" + url.PathEscape(id))
				if err := r.do(cmd.Context(), "DELETE", address, nil, nil); err != nil {
					return err
				}
			}
			return done(cmd, "removed %s", count(len(args), "rule"))
		}),
	}
}

func (f *remoteFlags) faultToggleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "toggle ID [on|off]",
		Short: "Turn a rule on or off; it keeps its count of hits",
		Args:  cobra.RangeArgs(1, 2),
		RunE: f.with(func(cmd *cobra.Command, r *remote, args []string) error {
			var in control.FaultSwitch
			if len(args) == 2 {
				on := args[1] == "on"
				if !on && args[1] != "off" {
					return usage("got %q, want on or off", args[1])
				}
				in.On = &on
			}
			var now control.Fault
			address := r.about("/faults/" + url.PathEscape(args[0]))
			if err := r.do(cmd.Context(), "PATCH", address, in, &now); err != nil {
				return err
			}
			return listed(printer{cmd.OutOrStdout(), f.output}, []control.Fault{now})
		}),
	}
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}

func (f *remoteFlags) faultClearCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clear",
		Short: "Take all rules away",
		Args:  cobra.NoArgs,
		RunE: f.with(func(cmd *cobra.Command, r *remote, _ []string) error {
			var cleared control.FaultsCleared
			if err := r.do(cmd.Context(), "DELETE", r.about("/faults"), nil, &cleared); err != nil {
				return err
			}
			return done(cmd, "removed %s", count(cleared.Cleared, "rule"))
		}),
	}
}

func (f *remoteFlags) faultPresetsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "presets",
		Short: "List the rules that have a name together",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var list []control.Preset
			for _, p := range faults.Presets() {
				plan, err := p.Plan()
				if err != nil {
					return fmt.Errorf("preset %q: %w", p.Name, err)
				}
				list = append(list, control.Preset{Name: p.Name, About: p.About, Rules: plan})
			}
			p := printer{cmd.OutOrStdout(), f.output}
			return answer(p, list, "name rules about", func(p control.Preset) []string {
				return []string{p.Name, strconv.Itoa(len(p.Rules)), p.About}
			})
		},
	}
	outputFlag(cmd, &f.output, asTable, asJSON)
	return cmd
}
