package suite

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/rojo"
	"savestone/luabridge/vm"
)

// Options of a run.
type Options struct {
	Seed    uint64
	Workers int           // files that run at the same time; less than 1 means 1
	Files   []string      // run only files whose path or name contains one of these
	Name    string        // run only cases whose full name contains this
	Timeout time.Duration // of one case or hook, virtual; 0 means TimeoutDefault
	Limit   *vm.Limit     // stops everything by force
	Clock   emulator.Clock

	// Done is told of each file in order, as soon as it and those before it have ended.
	Done func(*File)

	_ struct{}
}

// TimeoutDefault lets a case wait out the longest lock expiry of the known save libraries. Virtual
// time costs nothing; the timeout is for cases that poll for ever.
const TimeoutDefault = 2 * time.Hour

// spec is a module that holds cases.
type spec struct {
	node *rojo.Node
	name string // full name, with slashes
}

// Run runs the suites of a place. The error is for what kept them from running; what failed is in
// the report.
func Run(ctx context.Context, place *luabridge.Place, o Options) (*Report, error) {
	if o.Timeout == 0 {
		o.Timeout = TimeoutDefault
	}
	began := o.Clock.Now()
	specs := find(place, o)
	files, errs := make([]*File, len(specs)), make([]error, len(specs))
	ended := make([]chan struct{}, len(specs))
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	queue := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(o.Workers, len(specs))) {
		workers.Go(func() {
			for i := range queue {
				files[i], errs[i] = runFile(ctx, place, specs[i], o)
				close(ended[i])
			}
		})
	}
	go func() {
		for i := range specs {
			queue <- i
		}
		close(queue)
	}()
	report := &Report{Seed: o.Seed}
	hash := &recorder{}
	for i := range specs {
		<-ended[i]
		if errs[i] != nil {
			continue
		}
		report.Files = append(report.Files, files[i])
		hash.fold(files[i].Name, files[i].hash)
		if o.Done != nil {
			o.Done(files[i])
		}
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	report.Hash = fmt.Sprintf("%016x", hash.hash)
	report.Took = o.Clock.Now().Sub(began)
	return report, nil
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
	return specs
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
