package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/rojo"
	"savestone/luabridge/suite"
	"savestone/luabridge/vm"
)

// testFlags are the flags of savestone test.
type testFlags struct {
	project  string
	name     string
	seed     uint64
	workers  int
	timeout  time.Duration
	deadline time.Duration
	verbose  bool
	allow    bool
}

func testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "Run the *.spec.luau suites of a Rojo project",
		Long: `Run the *.spec.luau suites of a Rojo project, each file in a world of its own: one
game server, an empty data store, virtual time.

The first PATH that is a folder or a project file names the project; without one it is looked for
here and in the folders above. Any other PATH runs only the spec files whose path contains it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTests(cmd, f, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.project, "project", "p", "", "project `FILE` or folder")
	flags.StringVarP(&f.name, "testNamePattern", "t", "", "only cases whose name contains `TEXT`")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of everything random; it decides the run")
	flags.IntVar(&f.workers, "workers", runtime.NumCPU(), "spec files that run at the same time")
	flags.DurationVar(&f.timeout, "timeout", suite.TimeoutDefault, "virtual time for one case")
	flags.DurationVar(&f.deadline, "deadline", 10*time.Minute, "real time for the whole run")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "list every case")
	flags.BoolVar(&f.allow, "pass-with-no-tests", false, "exit 0 when there are no tests")
	return cmd
}

func runTests(cmd *cobra.Command, f testFlags, args []string) error {
	file, filters, err := locate(f.project, args)
	if err != nil {
		return err
	}
	place, err := luabridge.Open(file)
	if err != nil {
		return &exit{exitUsage, err}
	}
	warn(cmd, place)
	stop := watch(cmd.Context(), f.deadline)
	defer stop.end()
	printHeader(cmd, place, f)
	report, err := suite.Run(cmd.Context(), place, suite.Options{
		Seed: f.seed, Workers: f.workers, Files: filters, Name: f.name, Timeout: f.timeout,
		Limit: stop.limit, Clock: emulator.Wall{},
	})
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	options := suite.TextOptions{
		Replay:  strings.Join(append([]string{"savestone", "test"}, quoted(args)...), " "),
		Verbose: f.verbose, Colour: colour(cmd.OutOrStdout()),
	}
	if len(report.Files) > 0 {
		if err := suite.WriteText(cmd.OutOrStdout(), report, options); err != nil {
			return &exit{exitEnvironment, fmt.Errorf("write the report: %w", err)}
		}
	}
	if code := stop.code(); code != 0 {
		return &exit{code, errors.New(stop.limit.Stopped())}
	}
	return verdict(place, report, f, filters)
}

// verdict turns a report into the program's exit.
func verdict(place *luabridge.Place, r *suite.Report, f testFlags, filters []string) error {
	ran := r.Count(suite.Passed) + r.Count(suite.Failed)
	switch {
	case !r.OK():
		return &exit{code: exitFailed}
	case ran > 0 || f.allow:
		return nil
	}
	all := suite.Count(place)
	err := fmt.Errorf("no tests ran: %s has %d spec files (*.spec.luau)", place.Project.File, all)
	if all > 0 {
		err = fmt.Errorf("%w, but none of their cases passed the filters (paths %q, name %q)",
			err, filters, f.name)
	}
	return &exit{exitNothing, err}
}

func printHeader(cmd *cobra.Command, place *luabridge.Place, f testFlags) {
	what := "DataModel"
	if place.Synthetic {
		what = "library in a made-up place"
		if len(place.Project.Mounts) > 0 {
			what += " (" + strings.Join(place.Project.Mounts, ", ") + ")"
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), " savestone %s   %s → %s (%s)   %s   seed %d\n\n",
		version, place.Project.File, what, count(place.Scripts(), "script"),
		count(f.workers, "worker"), f.seed)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func warn(cmd *cobra.Command, place *luabridge.Place) {
	for _, warning := range place.Project.Warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning)
	}
}

// locate tells the project to test and the filters on its spec files.
func locate(project string, args []string) (file string, filters []string, err error) {
	for _, arg := range args {
		info, statErr := os.Stat(arg)
		isProject := strings.HasSuffix(arg, ".project.json") ||
			strings.HasSuffix(arg, ".project.jsonc")
		switch {
		case statErr == nil && (info.IsDir() || isProject) && project == "" && hasProject(arg):
			project = arg
		case statErr != nil && (strings.ContainsAny(arg, `/\`) || isProject):
			return "", nil, usage("%s: no such file or folder; want a Rojo project's folder, a"+
				" project file, or part of a spec file's path", arg)
		default:
			filters = append(filters, filepath.Clean(arg))
		}
	}
	if project != "" {
		if file, err = rojo.Find(project); err != nil {
			return "", nil, &exit{exitNothing, err}
		}
		return file, filters, nil
	}
	above := "."
	if len(filters) > 0 {
		if _, err := os.Stat(filters[0]); err == nil {
			above = filepath.Dir(filters[0])
		}
	}
	file, err = findAbove(above)
	return file, filters, err
}

// hasProject reports whether a path is a project file or a folder with one.
func hasProject(path string) bool {
	_, err := rojo.Find(path)
	return err == nil
}

// findAbove looks for a project in a folder and in those above it.
func findAbove(from string) (string, error) {
	folder, err := filepath.Abs(from)
	if err != nil {
		return "", &exit{exitEnvironment, err}
	}
	for {
		if file, err := rojo.Find(folder); err == nil {
			if near, err := filepath.Rel(mustGetwd(), file); err == nil {
				file = near
			}
			return file, nil
		}
		if filepath.Dir(folder) == folder {
			return "", &exit{exitNothing, fmt.Errorf("no Rojo project in %s or above it:"+
				" want a folder with a *.project.json", from)}
		}
		folder = filepath.Dir(folder)
	}
}

func mustGetwd() string {
	wd, err := os.Getwd()
	if err != nil {
		return "/"
	}
	return wd
}

func quoted(args []string) []string {
	all := make([]string, len(args))
	for i, arg := range args {
		all[i] = arg
		if strings.ContainsAny(arg, " \"'") {
			all[i] = fmt.Sprintf("%q", arg)
		}
	}
	return all
}

// stopper ends scripts by force when the deadline passes or the user interrupts.
type stopper struct {
	limit  *vm.Limit
	ctx    context.Context
	cancel context.CancelFunc
	late   chan struct{} // closed when the deadline passed
}

func watch(ctx context.Context, deadline time.Duration) *stopper {
	s := &stopper{limit: &vm.Limit{}, ctx: ctx, late: make(chan struct{})}
	timer, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	go func() {
		if err := (emulator.Wall{}).Sleep(timer, deadline); err == nil {
			close(s.late)
			s.limit.Stop(fmt.Sprintf("stopped: the deadline of %s of real time passed (--deadline)",
				deadline))
		} else if ctx.Err() != nil {
			s.limit.Stop("stopped: interrupted")
		}
	}()
	return s
}

func (s *stopper) end() { s.cancel() }

// code returns the exit code that the stop calls for, or 0 if nothing was stopped.
func (s *stopper) code() int {
	if s.limit.Stopped() == "" {
		return 0
	}
	select {
	case <-s.late:
		return exitDeadline
	default:
		return exitInterrupted
	}
}
