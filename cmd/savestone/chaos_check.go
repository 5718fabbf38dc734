package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/scenarios/history"
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
	h, play, err := history.LoadWorld(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return false, usage("%s: %w", path, err)
	}
	judged := history.Judge(h, play, history.Limits{})
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s: %s, %s, %s\n", path, count(len(h.Ops), "request"),
		count(len(play.Sessions), "session"), count(len(judged.Violations), "violation"))
	for _, v := range judged.Violations {
		fmt.Fprintf(out, "  +%-12s %s\n", v.At.Round(time.Millisecond), v)
	}
	if !audit {
		return len(judged.Violations) > 0, nil
	}
	passed, told := history.AuditWorld(h)
	fmt.Fprintf(out, "  audit: %s\n", told)
	return len(judged.Violations) > 0 || !passed, nil
}
