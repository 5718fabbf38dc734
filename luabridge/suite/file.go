package suite

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// fileRun is one spec file being run.
type fileRun struct {
	*world
	o       Options
	spec    spec
	file    *File
	words   *declaration
	expects *expectations
	focused bool     // some case is focused, so that the others do not run
	failure *Problem // what fail told of the running case
}

// runFile runs a spec file in a world of its own.
func runFile(
	ctx context.Context, place *luabridge.Place, s spec, seed uint64, o Options,
) (*File, error) {
	began := o.Clock.Now()
	w, err := newWorld(ctx, place, fileSeed(seed, s.name), o, luabridge.Options{})
	if err != nil {
		return nil, err
	}
	file := &File{Name: s.name, Path: s.node.Source.File, Seed: seed}
	r := &fileRun{world: w, o: o, spec: s, file: file, focused: o.focused}
	root, problem := r.declare()
	if problem != nil {
		file.Problem = problem
	} else {
		r.block(root, scope{})
	}
	file.Output = append(file.Output, w.output...)
	file.Uncaught = w.uncaught
	file.Loaded = w.game.Files()
	file.Calls = w.recorder.calls
	file.Virtual = w.sim.Now().Sub(luabridge.Epoch)
	file.hash = w.recorder.hash
	if err := w.close(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	file.Took = o.Clock.Now().Sub(began)
	return file, nil
}

// declare runs the modules that declare the cases: the init.spec of each folder around the file,
// the outermost first, and the file itself.
func (r *fileRun) declare() (*block, *Problem) {
	r.words, r.expects = newDeclaration(r.world), newExpectations(r.game.VM)
	for _, folder := range r.spec.inits {
		if problem := r.module(folder); problem != nil {
			return nil, problem
		}
		r.words.inner()
	}
	if problem := r.module(r.spec); problem != nil {
		return nil, problem
	}
	r.words.current = nil
	for _, t := range r.words.root.tests() {
		r.focused = r.focused || t.is(focused)
	}
	return r.words.root, nil
}

// module runs a spec module and the function it returns.
func (r *fileRun) module(s spec) *Problem {
	fn, err := r.game.Load(r.find(s.node))
	if err != nil {
		return sourceProblem(err, s)
	}
	r.words.open(fn.Env)
	r.expects.open(fn.Env)
	r.openControl(fn.Env)
	machine.SetField(fn.Env, "fail", r.game.VM.NewFunction("fail", r.fail))
	results, problem := r.finish(fn, r.o.Timeout)
	if problem != nil {
		return problem
	}
	body, ok := first(results).(*lua.LFunction)
	if !ok {
		return &Problem{Path: s.node.Source.File, Line: 1, Message: fmt.Sprintf(
			"a spec module must return a function that calls describe and it, got %s",
			vm.TypeName(first(results)))}
	}
	_, problem = r.finish(body, r.o.Timeout)
	return problem
}

func first(values []lua.LValue) lua.LValue {
	if len(values) == 0 {
		return lua.LNil
	}
	return values[0]
}

// selected reports whether a case is to run.
func (r *fileRun) selected(t *test) bool {
	enough := r.o.Bail > 0 && r.file.Count(Failed) >= r.o.Bail
	return t.chosen(r.focused) && !enough && r.stopped() == "" && r.wanted(t.path())
}

// wanted reports whether the filters let a case or block through.
func (r *fileRun) wanted(path []string) bool {
	if r.o.Only != nil && !r.o.Only(Title(r.spec.name, path)) {
		return false
	}
	return named(path, r.o.Name)
}

// Titles lists the cases of a place that a run with these options would run, without running them;
// of frameworks of the project's own it lists the files, as only they know the cases. Files whose
// cases cannot be listed are in the report.
func Titles(ctx context.Context, place *luabridge.Place, o Options) ([]string, *Report, error) {
	report := &Report{Seed: o.Seed}
	groups, err := find(place, o)
	if err != nil {
		return nil, nil, err
	}
	var titles []string
	for _, g := range groups {
		if g.framework == Own {
			if o.focused, err = anyFocused(ctx, place, g.specs, o); err != nil {
				return nil, nil, err
			}
		}
		for _, s := range g.specs {
			if g.framework != Own {
				titles = append(titles, s.name)
				continue
			}
			file, listed, err := listFile(ctx, place, s, o)
			if err != nil {
				return nil, nil, err
			}
			if file.Problem != nil {
				report.Files = append(report.Files, file)
			}
			titles = append(titles, listed...)
		}
	}
	return titles, report, nil
}

// listFile lists the cases of one spec file that would run.
func listFile(
	ctx context.Context, place *luabridge.Place, s spec, o Options,
) (*File, []string, error) {
	w, err := newWorld(ctx, place, fileSeed(o.Seed, s.name), o, luabridge.Options{})
	if err != nil {
		return nil, nil, err
	}
	file := &File{Name: s.name, Path: s.node.Source.File, Seed: o.Seed}
	r := &fileRun{world: w, o: o, spec: s, file: file, focused: o.focused}
	var titles []string
	root, problem := r.declare()
	if problem != nil {
		file.Problem = problem
	} else {
		for _, t := range root.tests() {
			if r.selected(t) {
				titles = append(titles, Title(s.name, t.path()))
			}
		}
	}
	if err := w.close(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return file, titles, nil
}
