package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

// testFlags are the flags of savestone test.
type testFlags struct {
	project    string
	sourcemap  string
	name       string
	framework  string
	snapshots  bool
	seed       uint64
	workers    int
	timeout    time.Duration
	deadline   time.Duration
	reporters  []string
	shard      string
	bail       int
	retries    int
	repeat     int
	verbose    bool
	list       bool
	lastFailed bool
	watch      bool
	allow      bool
	limits     limitFlags
}

func testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "Run the tests of a Rojo project",
		Long: `Run the tests of a Rojo project: its *.spec.luau suites, each file in a world of its
own: one game server, an empty data store, virtual time.

A project that brings its own TestEZ, Jest (with a jest.config) or Midori has its files run by that,
unmodified, in one world. Without any of these files the Scripts of ServerScriptService and
TestService run: an uncaught error or ProcessService:ExitAsync with a code other than 0 fails them.

The first PATH that is a folder or a project file names the project; without one it is looked for
here and in the folders above. Any other PATH runs only the spec files whose path contains it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTests(cmd, f, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.project, "project", "p", "", "project `FILE` or folder")
	flags.StringVar(&f.sourcemap, "sourcemap", "", "take the tree from a sourcemap `FILE`")
	flags.StringVarP(&f.name, "testNamePattern", "t", "", "only cases whose name contains `TEXT`")
	flags.StringVar(&f.framework, "framework", string(suite.Auto),
		"who runs the cases: `NAME` of "+frameworkNames())
	flags.BoolVarP(&f.snapshots, "update-snapshot", "u", false,
		"store the snapshots that a framework of the project's own makes")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of everything random; it decides the run")
	flags.IntVar(&f.workers, "workers", runtime.NumCPU(), "spec files that run at the same time")
	flags.DurationVar(&f.timeout, "timeout", suite.TimeoutDefault, "virtual time for one case")
	flags.DurationVar(&f.deadline, "deadline", 10*time.Minute, "real time for the whole run")
	f.limits.add(flags)
	flags.StringSliceVar(&f.reporters, "reporter", nil, "`NAME[=FILE]`,…: "+
		strings.Join(suite.ReporterNames(), ", ")+" (default: default, and github in Actions)")
	flags.StringVar(&f.shard, "shard", "", "run part `I/N` of the spec files")
	flags.IntVar(&f.bail, "bail", 0, "stop after `N` failures: --bail=3; without a number, 1")
	flags.Lookup("bail").NoOptDefVal = "1"
	flags.IntVar(&f.retries, "retries", 0, "run a failed file up to `N` times more, reseeded")
	flags.IntVar(&f.repeat, "repeat", 1, "run each file `N` times, each with the next seed")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "list every case")
	flags.BoolVar(&f.list, "list", false, "list the cases, run none")
	flags.BoolVar(&f.lastFailed, "last-failed", false, "only what failed in the run before")
	flags.BoolVarP(&f.watch, "watch", "w", false, "run again whenever a file changes")
	flags.BoolVar(&f.allow, "pass-with-no-tests", false, "exit 0 when there are no tests")
	return cmd
}

// check refuses numbers that make no sense.
func (f testFlags) check(cmd *cobra.Command) error {
	for _, flag := range []struct {
		name string
		min  int
	}{{"workers", 1}, {"repeat", 1}, {"retries", 0}, {"bail", 0}} {
		if err := within(cmd, flag.name, flag.min, math.MaxInt32); err != nil {
			return err
		}
	}
	if f.timeout <= 0 || f.deadline <= 0 {
		return usage("--timeout: got %s, --deadline: got %s, want more than 0",
			f.timeout, f.deadline)
	}
	return nil
}

// within checks the value of a flag that holds a whole number.
func within(cmd *cobra.Command, flag string, low, high int) error {
	value, err := cmd.Flags().GetInt(flag)
	if err != nil {
		return err
	}
	if value < low || value > high {
		return usage("--%s: got %d, want %d to %d", flag, value, low, high)
	}
	return nil
}

// testRun is one savestone test.
type testRun struct {
	testFlags
	cmd     *cobra.Command
	args    []string
	file    string // the project
	options suite.Options
	replay  string
}

func runTests(cmd *cobra.Command, f testFlags, args []string) error {
	file, filters := f.sourcemap, args
	if f.sourcemap == "" {
		var err error
		if file, filters, err = locate(f.project, args); err != nil {
			return err
		}
	}
	if !slices.Contains(suite.Frameworks, suite.Framework(f.framework)) {
		return usage("--framework: got %q, want one of %s", f.framework, frameworkNames())
	}
	shard, err := parseShard(f.shard)
	if err != nil {
		return err
	}
	profile, access, err := f.limits.parse()
	if err != nil {
		return err
	}
	if err := f.check(cmd); err != nil {
		return err
	}
	r := &testRun{
		testFlags: f, cmd: cmd, args: args, file: file,
		options: suite.Options{
			Seed: f.seed, Workers: f.workers, Files: filters, Name: f.name, Timeout: f.timeout,
			Shard: shard, Repeat: f.repeat, Retries: f.retries, Bail: f.bail,
			Clock: emulator.Wall{}, Profile: profile, Access: access,
			Framework:       suite.Framework(f.framework),
			UpdateSnapshots: f.snapshots, CI: os.Getenv("CI") != "",
		},
		replay: strings.Join(append([]string{"savestone", "test"}, quoted(args)...), " "),
	}
	if f.lastFailed {
		if r.options.Only, err = readFailed(file); err != nil {
			return err
		}
	}
	switch {
	case f.watch:
		return r.watchFiles()
	case f.list:
		return r.listCases()
	}
	_, err = r.once(r.options)
	return err
}

// open reads the project.
func (r *testRun) open() (*luabridge.Place, error) {
	if r.sourcemap != "" {
		return luabridge.OpenSourcemap(r.sourcemap)
	}
	return luabridge.Open(r.file)
}

// once runs the suites and reports.
func (r *testRun) once(o suite.Options) (*suite.Report, error) {
	outputs, err := r.openReporters()
	if err != nil {
		return nil, err
	}
	defer outputs.close()
	place, err := r.open()
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	warn(r.cmd, place)
	stop := watch(r.cmd.Context(), r.deadline)
	defer stop.end()
	o.Limit = stop.limit
	o.Done = outputs.progress
	frameworks, err := suite.Detect(place, o)
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	outputs.header(place, frameworks, r)
	report, err := suite.Run(r.cmd.Context(), place, o)
	if err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	if err := outputs.write(report); err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	if err := writeFailed(r.file, report); err != nil {
		fmt.Fprintln(r.cmd.ErrOrStderr(), "warning:", err)
	}
	if code := stop.code(); code != 0 {
		return report, &exit{code, errors.New(stop.limit.Stopped())}
	}
	return report, r.verdict(place, report)
}

// verdict turns a report into the program's exit.
func (r *testRun) verdict(place *luabridge.Place, report *suite.Report) error {
	ran := report.Count(suite.Passed) + report.Count(suite.Failed)
	switch {
	case !report.OK():
		return &exit{code: exitFailed}
	case ran > 0 || r.allow:
		return nil
	}
	all := suite.Count(place, r.options.Framework)
	err := fmt.Errorf("no tests ran: %s has %s (*.spec.luau, those of TestEZ, Jest and Midori, "+
		"or scripts)", r.file, count(all, "spec file"))
	if all > 0 {
		err = fmt.Errorf("%w, but the filters let none of their cases through", err)
	}
	return &exit{exitNothing, err}
}

func (r *testRun) listCases() error {
	place, err := r.open()
	if err != nil {
		return &exit{exitUsage, err}
	}
	warn(r.cmd, place)
	if _, err := suite.Detect(place, r.options); err != nil {
		return &exit{exitUsage, err}
	}
	titles, report, err := suite.Titles(r.cmd.Context(), place, r.options)
	if err != nil {
		return &exit{exitEnvironment, err}
	}
	for _, title := range titles {
		fmt.Fprintln(r.cmd.OutOrStdout(), title)
	}
	if !report.OK() {
		return r.fail(report)
	}
	if len(titles) == 0 && !r.allow {
		return &exit{exitNothing, fmt.Errorf("no tests found in %s", r.file)}
	}
	return nil
}

func (r *testRun) fail(report *suite.Report) error {
	if err := suite.WriteText(r.cmd.ErrOrStderr(), report, suite.TextOptions{}); err != nil {
		return &exit{exitEnvironment, err}
	}
	return &exit{code: exitFailed}
}

func frameworkNames() string {
	var names []string
	for _, f := range suite.Frameworks {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

func parseShard(s string) (suite.Shard, error) {
	if s == "" {
		return suite.Shard{}, nil
	}
	index, of, _ := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if err1 != nil || err2 != nil || i < 1 || i > n {
		return suite.Shard{}, usage("--shard: got %q, want I/N with I from 1 to N", s)
	}
	return suite.Shard{Index: i, Of: n}, nil
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

// colour reports whether a stream is a terminal that wants colours.
func colour(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	if os.Getenv("FORCE_COLOR") != "" {
		return true
	}
	return isTerminal(w)
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
