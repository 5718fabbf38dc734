package suite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge"
	"savestone/luabridge/rojo"
	"savestone/luabridge/vm"
)

// Options of a run.
type Options struct {
	Seed    uint64
	Workers int           // files that run at the same time; less than 1 means 1
	Timeout time.Duration // of one case or hook, virtual; 0 means TimeoutDefault
	Limit   *vm.Limit     // stops everything by force
	Clock   emulator.Clock

	Profile *emulator.Profile // the limits on data store requests; nil means those of today
	Access  gameserver.Access // what the server that the cases run on may reach

	// Framework finds and runs the cases; "" means Auto.
	Framework Framework
	// UpdateSnapshots has a framework's snapshots replaced and stored; without it, new ones are
	// forgotten after the run.
	UpdateSnapshots bool
	CI              bool // frameworks that care make no snapshots in CI

	// What to run: everything that all of these let through.
	Files []string          // files whose path or name contains one of these; empty: all
	Name  string            // cases whose full name contains this
	Only  func(string) bool // cases by title, as Titles gives it; nil: all
	Shard Shard

	Repeat  int // runs of each file, each with the next seed; less than 1 means 1
	Retries int // further runs of a file that failed, each with the next seed
	Bail    int // failures after which the run ends; 0 means never

	// Done is told of each file in order, as soon as it and those before it have ended.
	Done func(*File)

	focused bool // some file has focused cases, so that all others do not run

	_ struct{}
}

// Shard is one of several equal parts of a run. The zero value is the whole.
type Shard struct{ Index, Of int } // Index counts from 1

// TimeoutDefault lets a case wait out the longest lock expiry of the known save libraries. Virtual
// time costs nothing; the timeout is for cases that poll for ever.
const TimeoutDefault = 2 * time.Hour

// spec is a module that holds cases.
type spec struct {
	node  *rojo.Node
	name  string // full name, with slashes
	inits []spec // init.spec of the folders around it, the outermost first
}

// job is one run of one spec file, or of all files of a framework of the project's own.
type job struct {
	run   func(ctx context.Context, seed uint64) ([]*File, error)
	seed  uint64
	ended chan struct{}
	files []*File
	err   error
}

// Run runs the suites of a place. The error is for what kept them from running; what failed is in
// the report.
func Run(ctx context.Context, place *luabridge.Place, o Options) (*Report, error) {
	if o.Timeout == 0 {
		o.Timeout = TimeoutDefault
	}
	began := o.Clock.Now()
	jobs, err := plan(ctx, place, o)
	if err != nil {
		return nil, err
	}
	var enough atomic.Bool // later jobs need not run any more
	queue := make(chan *job)
	var workers sync.WaitGroup
	for range max(1, min(o.Workers, len(jobs))) {
		workers.Go(func() {
			for j := range queue {
				if !enough.Load() {
					j.files, j.err = runJob(ctx, j, o)
				}
				close(j.ended)
			}
		})
	}
	workers.Go(func() {
		for _, j := range jobs {
			queue <- j
		}
		close(queue)
	})
	report, err := gather(jobs, o, &enough)
	workers.Wait()
	if err != nil {
		return nil, err
	}
	report.Took = o.Clock.Now().Sub(began)
	return report, nil
}

func plan(ctx context.Context, place *luabridge.Place, o Options) ([]*job, error) {
	groups, err := find(place, o)
	if err != nil {
		return nil, err
	}
	var jobs []*job
	add := func(run func(context.Context, uint64) ([]*File, error)) {
		for n := range max(1, o.Repeat) {
			jobs = append(jobs, &job{
				run: run, seed: o.Seed + uint64(n), ended: make(chan struct{}),
			})
		}
	}
	for _, g := range groups {
		switch g.framework {
		case Own:
			if o.focused, err = anyFocused(ctx, place, g.specs, o); err != nil {
				return nil, err
			}
			for _, s := range g.specs {
				add(func(ctx context.Context, seed uint64) ([]*File, error) {
					file, err := runFile(ctx, place, s, seed, o)
					if err != nil || file.idle(s) {
						return nil, err
					}
					return []*File{file}, nil
				})
			}
		case Script:
			add(func(ctx context.Context, seed uint64) ([]*File, error) {
				return runScripts(ctx, place, g, seed, o)
			})
		default:
			add(func(ctx context.Context, seed uint64) ([]*File, error) {
				return runFramework(ctx, place, g, seed, o)
			})
		}
	}
	return jobs, nil
}

// gather puts the outcomes together in order, until there are failures enough: what came later is
// left out even if it ran, so that the report does not depend on who was faster.
func gather(jobs []*job, o Options, enough *atomic.Bool) (*Report, error) {
	report, hash, failed := &Report{Seed: o.Seed}, &recorder{}, 0
	defer enough.Store(true)
	for _, j := range jobs {
		<-j.ended
		if j.err != nil {
			return nil, j.err
		}
		for _, file := range j.files {
			report.Files = append(report.Files, file)
			hash.fold(file.Name, file.Seed, file.hash)
			if o.Done != nil {
				o.Done(file)
			}
			failed += file.Count(Failed)
			if file.Problem != nil {
				failed++
			}
		}
		if o.Bail > 0 && failed >= o.Bail {
			break
		}
	}
	report.Hash = fmt.Sprintf("%016x", hash.hash)
	return report, nil
}

// runJob runs what it is to run, and again if that failed and may be retried.
func runJob(ctx context.Context, j *job, o Options) ([]*File, error) {
	files, err := j.run(ctx, j.seed)
	for n := 1; n <= o.Retries && err == nil && !allOK(files); n++ {
		files, err = j.run(ctx, j.seed+uint64(n))
		if err == nil && allOK(files) {
			for _, file := range files {
				file.Flaky = true
			}
		}
	}
	return files, err
}

func allOK(files []*File) bool {
	return !slices.ContainsFunc(files, func(f *File) bool { return !f.OK() })
}

// Count returns how many files of cases a place has, whatever the filters.
func Count(place *luabridge.Place, framework Framework) int {
	n := 0
	groups, err := find(place, Options{Framework: framework})
	if err != nil {
		return 0
	}
	for _, g := range groups {
		n += len(g.specs)
	}
	return n
}

// Detect lists the frameworks that a run with these options would use.
func Detect(place *luabridge.Place, o Options) ([]Framework, error) {
	groups, err := find(place, o)
	var all []Framework
	for _, g := range groups {
		all = append(all, g.framework)
	}
	return all, err
}

// of returns the shard's part: every n-th file.
func (s Shard) of(specs []spec) []spec {
	if s.Of == 0 {
		return specs
	}
	var mine []spec
	for i := s.Index - 1; i < len(specs); i += s.Of {
		mine = append(mine, specs[i])
	}
	return mine
}

func matches(node *rojo.Node, name string, filters []string) bool {
	if len(filters) == 0 {
		return true
	}
	for _, filter := range filters {
		if strings.Contains(name, filter) || strings.Contains(node.Source.File, filter) {
			return true
		}
	}
	return false
}
