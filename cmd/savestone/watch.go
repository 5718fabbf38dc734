package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"savestone/emulator"
	"savestone/luabridge/suite"
)

// settle is how long the files must be left alone before a run: editors write a file in steps.
const settle = 50 * time.Millisecond

// watched are the kinds of files that a project is made of.
var watched = []string{
	".luau", ".lua", ".json", ".jsonc", ".toml", ".yml", ".yaml", ".csv", ".txt", ".rbxmx", ".rbxm",
	".luaurc",
}

// unwatched are folders whose changes are nobody's edits.
var unwatched = []string{".git", ".savestone", "node_modules", "_Index"}

// watchFiles runs the suites, and after each change those that the change concerns.
func (r *testRun) watchFiles() error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return &exit{exitEnvironment, fmt.Errorf("watch files: %w", err)}
	}
	defer watcher.Close()
	for _, folder := range r.folders() {
		if err := watchTree(watcher, folder); err != nil {
			return &exit{exitEnvironment, err}
		}
	}
	known := dependencies{}
	r.round(r.options, known)
	for {
		changed, err := r.changes(watcher)
		if err != nil {
			return &exit{exitEnvironment, err}
		}
		if changed == nil {
			return nil // interrupted
		}
		o := r.options
		if concerned := known.of(changed); len(concerned) > 0 {
			o.Files = concerned
		}
		r.round(o, known)
	}
}

// folders are the project's own and those outside of it that it reads files from.
func (r *testRun) folders() []string {
	own := filepath.Dir(r.file)
	folders := []string{own}
	place, err := r.open()
	if err != nil {
		return folders // the first round says what is wrong
	}
	for _, file := range place.Project.Files {
		relative, err := filepath.Rel(own, file)
		outside := err != nil || !filepath.IsLocal(relative)
		if folder := filepath.Dir(file); outside && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// round is one run while watching; nothing that goes wrong in it ends the watch.
func (r *testRun) round(o suite.Options, known dependencies) {
	report, err := r.once(o)
	if report != nil {
		known.note(report)
	}
	var coded *exit
	if errors.As(err, &coded) && coded.err != nil {
		fmt.Fprintln(r.cmd.ErrOrStderr(), "error:", coded.err)
	}
	if r.cmd.Context().Err() == nil {
		fmt.Fprintln(r.cmd.OutOrStdout(), "\n WATCH  waiting for changes… (Ctrl-C ends)")
	}
}

// changes waits for the next batch of changed files; it returns nil when the user interrupts.
func (r *testRun) changes(watcher *fsnotify.Watcher) ([]string, error) {
	var changed []string
	var settled <-chan struct{}
	restart := func() {} // ends the wait for files to settle that another change made vain
	defer func() { restart() }()
	for {
		select {
		case <-r.cmd.Context().Done():
			return nil, nil
		case err := <-watcher.Errors:
			return nil, fmt.Errorf("watch files: %w", err)
		case event := <-watcher.Events:
			if event.Op == fsnotify.Chmod || slices.Contains(unwatched, filepath.Base(event.Name)) {
				continue
			}
			ext := filepath.Ext(event.Name)
			if info, err := os.Stat(event.Name); err == nil && info.IsDir() {
				if err := watchTree(watcher, event.Name); err != nil {
					return nil, err
				}
			} else if !slices.Contains(watched, ext) {
				continue // an editor's own
			}
			changed = append(changed, event.Name)
			restart()
			ctx, cancel := context.WithCancel(r.cmd.Context())
			settled, restart = after(ctx, settle), cancel
		case <-settled:
			return changed, nil
		}
	}
}

// after returns a channel that is closed when real time has passed, unless ctx is done before.
func after(ctx context.Context, wait time.Duration) <-chan struct{} {
	passed := make(chan struct{})
	go func() {
		if (emulator.Wall{}).Sleep(ctx, wait) == nil {
			close(passed)
		}
	}()
	return passed
}

// watchTree watches a folder and all folders in it: the system reports no others.
func watchTree(watcher *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // it went away again
		case !entry.IsDir():
			return nil
		case path != root && slices.Contains(unwatched, entry.Name()):
			return fs.SkipDir
		}
		if err := watcher.Add(path); err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		return nil
	})
}

// dependencies knows which files each spec file ran, by the path of the spec file.
type dependencies map[string][]string

func (d dependencies) note(report *suite.Report) {
	for _, f := range report.Files {
		d[f.Path] = append(slices.Clone(f.Loaded), f.Path)
	}
}

// of returns the spec files that ran one of the changed files, or nil when some change is of a file
// that no run is known to have used: then everything may be concerned.
func (d dependencies) of(changed []string) []string {
	var specs []string
	for _, file := range changed {
		used := false
		for spec, files := range d {
			if slices.Contains(files, filepath.Clean(file)) || slices.Contains(files, file) {
				used = true
				specs = append(specs, spec)
			}
		}
		if !used {
			return nil
		}
	}
	slices.Sort(specs)
	return slices.Compact(specs)
}
