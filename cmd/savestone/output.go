package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"savestone/luabridge"
	"savestone/luabridge/suite"
)

// outputs are the reporters of a run, each with where it writes.
type outputs struct {
	stdout  io.Writer
	options suite.TextOptions
	all     []output
	live    bool // the lines of files are printed as they end
	files   []*os.File
}

type output struct {
	name   string
	report suite.Reporter
	to     io.Writer
}

// people are the reporters whose output is for people who watch the run.
var people = []string{"default", "verbose"}

func (r *testRun) openReporters() (*outputs, error) {
	out := &outputs{stdout: r.cmd.OutOrStdout(), options: suite.TextOptions{
		Replay: r.replay, Verbose: r.verbose, Colour: colour(r.cmd.OutOrStdout()),
		Summary: os.Getenv("GITHUB_STEP_SUMMARY"),
	}}
	list := r.reporters
	if len(list) == 0 {
		list = []string{"default"}
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" && !slices.Contains(list, "github") {
		list = append(slices.Clone(list), "github")
	}
	for _, entry := range list {
		name, path, toFile := strings.Cut(entry, "=")
		reporter, err := suite.FindReporter(name)
		if err != nil {
			return nil, usage("--reporter: %w", err)
		}
		to := out.stdout
		if toFile {
			file, err := createFile(path)
			if err != nil {
				return nil, &exit{exitEnvironment, fmt.Errorf("--reporter %s: %w", entry, err)}
			}
			out.files = append(out.files, file)
			to = file
		} else if slices.Contains(people, name) {
			out.live = true
			out.options.Verbose = out.options.Verbose || name == "verbose"
		}
		out.all = append(out.all, output{name, reporter, to})
	}
	return out, nil
}

// createFile creates a file, and the folders it is in.
func createFile(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.Create(path)
}

func (o *outputs) close() {
	for _, file := range o.files {
		_ = file.Close() // write has closed them and told of errors; this is for runs that failed
	}
}

// header says what is run, to people.
func (o *outputs) header(
	place *luabridge.Place, frameworks []suite.Framework, r *testRun,
) {
	if !o.live {
		return
	}
	what := "DataModel"
	if place.Synthetic {
		what = "library in a made-up place"
		if len(place.Project.Mounts) > 0 {
			what += " (" + strings.Join(place.Project.Mounts, ", ") + ")"
		}
	}
	by := ""
	for i, framework := range frameworks {
		if i > 0 {
			by += ", "
		}
		by += framework.Title()
	}
	if by != "" {
		by += "   "
	}
	fmt.Fprintf(o.stdout, " savestone %s   %s → %s (%s)   %s%s   seed %d\n\n",
		version, r.file, what, count(place.Scripts(), "script"), by,
		count(r.workers, "worker"), r.seed)
}

func (o *outputs) progress(f *suite.File) {
	if o.live {
		_ = suite.WriteFile(o.stdout, f, o.options) // write tells when the stream is broken
	}
}

func (o *outputs) write(report *suite.Report) error {
	for _, output := range o.all {
		if len(report.Files) == 0 && slices.Contains(people, output.name) {
			continue // the verdict says that nothing ran
		}
		options := o.options
		options.Told = o.live && output.to == o.stdout
		if output.to != o.stdout {
			options.Colour = false
		}
		if err := output.report(output.to, report, options); err != nil {
			return fmt.Errorf("reporter %s: %w", output.name, err)
		}
	}
	for _, file := range o.files {
		if err := file.Close(); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}

// stateFolder is where savestone keeps what it wants to know in the next run, beside the project.
const stateFolder = ".savestone"

func failedFile(project string) string {
	return filepath.Join(filepath.Dir(project), stateFolder, "last-failed.json")
}

// writeFailed notes what failed, for --last-failed. The folder comes to be only when there is
// something to note.
func writeFailed(project string, report *suite.Report) error {
	path := failedFile(project)
	titles := suite.FailedTitles(report)
	if len(titles) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forget what failed: %w", err)
		}
		return nil
	}
	text, err := json.MarshalIndent(titles, "", "\t")
	if err != nil {
		return fmt.Errorf("note what failed: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("note what failed: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("note what failed: %w", err)
	}
	return nil
}

// readFailed returns the filter for what failed in the run before.
func readFailed(project string) (func(string) bool, error) {
	text, err := os.ReadFile(failedFile(project))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &exit{exitNothing, errors.New("--last-failed: nothing failed last time")}
	}
	var titles []string
	if err == nil {
		err = json.Unmarshal(text, &titles)
	}
	if err != nil {
		return nil, &exit{exitEnvironment, fmt.Errorf("read %s: %w", failedFile(project), err)}
	}
	return func(title string) bool {
		return slices.ContainsFunc(titles, func(failed string) bool {
			return title == failed || strings.HasPrefix(title, failed+" › ") // a whole file
		})
	}, nil
}
