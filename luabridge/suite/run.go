package suite

import (
	"context"
	"fmt"
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

	_ struct{}
}

// Shard is one of several equal parts of a run. The zero value is the whole.
type Shard struct{ Index, Of int } // Index counts from 1

// TimeoutDefault lets a case wait out the longest lock expiry of the known save libraries. Virtual
// time costs nothing; the timeout is for cases that poll for ever.
const TimeoutDefault = 2 * time.Hour

// spec is a module that holds cases.
type spec struct {
	node *rojo.Node
	name string // full name, with slashes
}

// job is one run of one spec file.
type job struct {
	spec
	seed  uint64
	ended chan struct{}
	file  *File
	err   error
}

// Run runs the suites of a place. The error is for what kept them from running; what failed is in
// the report.
func Run(ctx context.Context, place *luabridge.Place, o Options) (*Report, error) {
	if o.Timeout == 0 {
		o.Timeout = TimeoutDefault
	}
	began := o.Clock.Now()
	jobs := plan(place, o)
	var enough atomic.Bool // later jobs need not run any more
	queue := make(chan *job)
	var workers sync.WaitGroup
	for range max(1, min(o.Workers, len(jobs))) {
		workers.Go(func() {
			for j := range queue {
				if !enough.Load() {
					j.file, j.err = runJob(ctx, place, j, o)
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

func plan(place *luabridge.Place, o Options) []*job {
	var jobs []*job
	for _, s := range find(place, o) {
		for n := range max(1, o.Repeat) {
			jobs = append(jobs, &job{spec: s, seed: o.Seed + uint64(n), ended: make(chan struct{})})
		}
	}
	return jobs
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
		report.Files = append(report.Files, j.file)
		hash.fold(j.file.Name, j.file.Seed, j.file.hash)
		if o.Done != nil {
			o.Done(j.file)
		}
		failed += j.file.Count(Failed)
		if j.file.Problem != nil {
			failed++
		}
		if o.Bail > 0 && failed >= o.Bail {
			break
		}
	}
	report.Hash = fmt.Sprintf("%016x", hash.hash)
	return report, nil
}

// runJob runs a file, and again if it failed and may be retried.
func runJob(ctx context.Context, place *luabridge.Place, j *job, o Options) (*File, error) {
	file, err := runFile(ctx, place, j.spec, j.seed, o)
	for n := 1; n <= o.Retries && err == nil && !file.OK(); n++ {
		file, err = runFile(ctx, place, j.spec, j.seed+uint64(n), o)
		if err == nil && file.OK() {
			file.Flaky = true
		}
	}
	return file, err
}

// Count returns how many spec files a place has, whatever the filters.
func Count(place *luabridge.Place) int { return len(find(place, Options{})) }

// find lists the spec modules that the filters let through, in tree order.
func find(place *luabridge.Place, o Options) []spec {
	var specs []spec
	var visit func(node *rojo.Node, path string)
	visit = func(node *rojo.Node, path string) {
		for _, child := range node.Children {
			name := strings.TrimPrefix(path+"/"+child.Name, "/")
			isSpec := child.ClassName == "ModuleScript" && child.Source != nil &&
				strings.HasSuffix(child.Name, ".spec")
			if isSpec && matches(child, name, o.Files) {
				specs = append(specs, spec{child, name})
			}
			visit(child, name)
		}
	}
	visit(place.Project.Root, "")
	return o.Shard.of(specs)
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
