package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/luabridge/vm"
	"savestone/scenarios"
	"savestone/scenarios/history"
	"savestone/scenarios/report"
	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// The exit codes of what was claimed.
const (
	exitRefuted  = 5 // a claim is refuted, or an invariant was violated
	exitNotShown = 6 // some claim was neither proven nor refuted
)

// chaosRunFlags are the flags of savestone chaos run.
type chaosRunFlags struct {
	worlds      int
	seed        uint64
	workers     int
	shard       string
	untilProven bool
	cells       []string
	out         string
	deadline    time.Duration
	keep        int
	zoo         bool
}

func chaosRunCommand() *cobra.Command {
	var f chaosRunFlags
	cmd := &cobra.Command{
		Use:   "run FILE…",
		Short: "Run scenarios and judge their claims",
		Long: `Run the worlds of scenarios, files or names of those that ship, and judge their
claims. Each run leaves report.html, report.json, junit.xml and summary.md in a folder, with the
histories of the first worlds that failed.

Exit codes: 0 all is proven · 5 something is refuted · 6 something is not shown · 130 interrupted,
with a report of what had been run by then.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return chaosRun(cmd, f, args) },
	}
	flags := cmd.Flags()
	flags.IntVar(&f.worlds, "worlds", 0, "worlds of each cell; 0: as many as the scenario says")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of everything random; it decides the run")
	flags.IntVar(&f.workers, "workers", runtime.NumCPU(), "worlds that run at the same time")
	flags.StringVar(&f.shard, "shard", "", "run part `I/N` of the worlds; chaos merge joins them")
	flags.BoolVar(&f.untilProven, "until-proven", false,
		"stop as soon as every claim is decided, by bounds that allow for looking")
	flags.StringSliceVar(&f.cells, "cell", nil, "only cells whose name contains `TEXT`")
	flags.StringVar(&f.out, "out", "", "`FOLDER` for the report (default "+chaosDir+"/NAME-SEED)")
	flags.DurationVar(&f.deadline, "deadline", 0, "real time for the run; 0: no limit")
	flags.BoolVar(&f.zoo, "zoo", false,
		"run the zoo, too, and say in the report what the checks caught")
	flags.IntVar(&f.keep, "keep", 5, "histories of worlds that failed to keep")
	return cmd
}

func chaosRun(cmd *cobra.Command, f chaosRunFlags, files []string) error {
	if len(files) == 0 {
		return &exit{exitNothing, errors.New("got no scenario, want files or names: see " +
			"savestone chaos list")}
	}
	shard, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	if f.worlds < 0 || f.workers < 1 || f.keep < 0 {
		return usage("--worlds, --keep: want 0 or more; --workers: want 1 or more")
	}
	if f.out != "" && len(files) > 1 {
		return usage("--out: got %d scenarios for one folder, want one", len(files))
	}
	worst := exitOK
	for _, path := range files {
		code, err := f.one(cmd, path, scenarios.Shard(shard))
		if err != nil {
			return err
		}
		worst = worse(worst, code)
	}
	if worst != exitOK {
		return &exit{worst, nil}
	}
	return nil
}

// worse is the code that tells more of two.
func worse(a, b int) int {
	for _, code := range []int{exitInterrupted, exitDeadline, exitRefuted, exitNotShown} {
		if a == code || b == code {
			return code
		}
	}
	return max(a, b)
}

// one runs one scenario.
func (f chaosRunFlags) one(
	cmd *cobra.Command, path string, shard scenarios.Shard,
) (int, error) {
	file, err := scenarios.Open(path)
	if err != nil {
		return 0, usage("%w", err)
	}
	ctx := cmd.Context()
	if f.deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.deadline)
		defer cancel()
	}
	folder := runFolder{dir: f.out, most: f.keep}
	if folder.dir == "" {
		folder.dir = filepath.Join(chaosDir, fmt.Sprintf("%s-%d", file.Name, f.seed))
		if shard.Of > 0 {
			folder.dir += fmt.Sprintf("-shard%dof%d", shard.Index, shard.Of)
		}
	}
	if err := folder.open(); err != nil {
		return 0, err
	}
	limit := &vm.Limit{} // for scripts that would not end by themselves
	defer context.AfterFunc(ctx, func() { limit.Stop("stopped: interrupted") })()
	o := scenarios.Options{
		Limit: limit,
		Seed:  f.seed, Workers: f.workers, Worlds: f.worlds, Shard: shard, Version: version,
		Cells: f.cells, UntilProven: f.untilProven, Keep: folder.keepWorld,
	}
	bar := newProgress(cmd.ErrOrStderr(), file, o)
	o.Done = bar.done
	run, err := scenarios.Run(ctx, file, o)
	bar.end()
	var problem *scenarios.ProblemError
	if errors.As(err, &problem) {
		return 0, &exit{exitEnvironment, err}
	}
	if err != nil {
		return 0, usage("%w", err)
	}
	if f.zoo {
		mutants, err := scenarios.Zoo()
		if err != nil {
			return 0, &exit{exitEnvironment, err}
		}
		run.Zoo, err = hunt(ctx, mutants, scenarios.Options{Seed: f.seed}, f.workers)
		if err != nil {
			return 0, err
		}
	}
	if err := folder.write(cmd.OutOrStdout(), run); err != nil {
		return 0, err
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return exitDeadline, nil
	case ctx.Err() != nil:
		return exitInterrupted, nil
	}
	return codeOf(run), nil
}

// codeOf is the exit code that a run calls for.
func codeOf(run *verdict.Run) int {
	code := exitOK
	if len(run.Rows) == 0 {
		return exitNothing
	}
	for _, claim := range run.Claims {
		switch claim.Verdict {
		case stats.Refuted:
			return exitRefuted
		case stats.NotShown, stats.OutsideModel:
			code = exitNotShown
		}
	}
	return code
}

// runFolder is where a run is kept.
type runFolder struct {
	dir  string
	most int            // histories to keep
	kept []*verdict.Row // the worlds whose histories are there
}

func (r *runFolder) open() error {
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return &exit{exitEnvironment, err}
	}
	stale, err := filepath.Glob(filepath.Join(r.dir, "*"+historySuffix)) // of an earlier run
	for _, path := range stale {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	return nil
}

// keepWorld keeps the history of a world that failed. Of more than there is room for those with the
// least numbers stay, so that it does not matter which world was faster.
func (r *runFolder) keepWorld(
	row *verdict.Row, h *history.History, p *history.Play,
) (string, error) {
	if r.most == 0 {
		return "", nil
	}
	if len(r.kept) == r.most {
		last := slices.MaxFunc(r.kept, byWorld)
		if byWorld(last, row) < 0 {
			return "", nil
		}
		if err := os.Remove(filepath.Join(r.dir, historyName(last))); err != nil {
			return "", err
		}
		r.kept = slices.DeleteFunc(r.kept, func(kept *verdict.Row) bool { return kept == last })
	}
	name := historyName(row)
	file, err := os.Create(filepath.Join(r.dir, name))
	if err != nil {
		return "", err
	}
	if err := errors.Join(verdict.Keep(file, row, h, p), file.Close()); err != nil {
		return "", err
	}
	r.kept = append(r.kept, &verdict.Row{Cell: row.Cell, World: row.World})
	return name, nil
}

func byWorld(a, b *verdict.Row) int {
	return cmp.Or(a.World-b.World, strings.Compare(a.Cell, b.Cell))
}

func historyName(row *verdict.Row) string {
	cell := strings.NewReplacer(" ", "_", "/", "-", "=", "-").Replace(row.Cell)
	return strings.TrimPrefix(fmt.Sprintf("%s-world-%d%s", cell, row.World, historySuffix), "-")
}

// write writes the report in all its forms, and tells of it.
func (r *runFolder) write(stdout io.Writer, run *verdict.Run) error {
	forms := []struct {
		name  string
		write func(io.Writer, *verdict.Run) error
	}{
		{"report.html", report.HTML}, {"report.json", report.JSON},
		{"junit.xml", report.JUnit}, {"summary.md", report.Markdown},
	}
	run.Folder = r.dir
	var files []string
	for _, form := range forms {
		path := filepath.Join(r.dir, form.name)
		file, err := os.Create(path)
		if err != nil {
			return &exit{exitEnvironment, err}
		}
		if err := errors.Join(form.write(file, run), file.Close()); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("write %s: %w", path, err)}
		}
		files = append(files, path)
	}
	if err := summarize(run); err != nil {
		return err
	}
	return report.Text(stdout, run, report.TextOptions{Files: files, Colour: colour(stdout)})
}

// summarize adds the summary to that of a step in GitHub Actions.
func summarize(run *verdict.Run) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return &exit{exitEnvironment, fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)}
	}
	if err := errors.Join(report.Markdown(file, run), file.Close()); err != nil {
		return &exit{exitEnvironment, fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)}
	}
	return nil
}
