package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/scenarios/history"
	"savestone/scenarios/verdict"
)

func chaosCheckCommand() *cobra.Command {
	var audit bool
	cmd := &cobra.Command{
		Use:   "check FILE…",
		Short: "Judge saved histories again",
		Long: `Judge histories that chaos run kept, as this version of savestone does: files
*.history.zst, or folders of runs. Exit code 5 if an invariant is violated in any of them.

With --audit each key's history is also searched, by what clients saw alone, for an order that
explains it (porcupine); what is too large to be searched is said, and is no pass.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := historyFiles(args)
			if err != nil {
				return err
			}
			violated := false
			for _, path := range files {
				bad, err := checkHistory(cmd, path, audit)
				if err != nil {
					return err
				}
				violated = violated || bad
			}
			if violated {
				return &exit{exitRefuted, nil}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&audit, "audit", false, "search each key's history for an explanation, too")
	return cmd
}

const historySuffix = ".history.zst"

func historyFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, usage("%w", err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		found, err := filepath.Glob(filepath.Join(path, "*"+historySuffix))
		if err != nil {
			return nil, usage("%w", err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, &exit{exitNothing, fmt.Errorf("got no history in %s, want files *%s",
			strings.Join(paths, ", "), historySuffix)}
	}
	slices.Sort(files)
	return files, nil
}

// checkHistory judges one file and reports whether it has violations.
func checkHistory(cmd *cobra.Command, path string, audit bool) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, &exit{exitEnvironment, err}
	}
	then, now, judged, err := verdict.Again(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return false, usage("%s: %w", path, err)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s: %s, %s, %s\n", path, count(len(judged.History.Ops), "request"),
		count(len(judged.Play.Sessions), "session"), count(len(judged.Violations), "violation"))
	if !maps.Equal(then.Violations, now.Violations) {
		fmt.Fprintf(out, "  judged otherwise when it was run: %v then, %v now\n",
			then.Violations, now.Violations)
	}
	for _, v := range judged.Violations {
		fmt.Fprintf(out, "  +%-12s %s\n", v.At.Round(time.Millisecond), v)
	}
	violated := len(now.Violations) > 0
	if !audit {
		return violated, nil
	}
	found := history.AuditWorld(judged.History, judged.Play, auditTimeout)
	bad, open := len(found.Violations), len(found.Unknown)
	fmt.Fprintf(out, "  audit: %s of %s explained, %s not, %s too large to search\n",
		count(found.Ops, "request"), count(found.Keys-bad-open, "key"), count(bad, "key"),
		count(open, "key"))
	for _, v := range found.Violations {
		fmt.Fprintf(out, "  %s\n", v)
	}
	return violated || !found.Passed(), nil
}

// auditTimeout is how long one key is searched.
const auditTimeout = 2 * time.Second
