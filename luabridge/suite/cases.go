package suite

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// scope is what a block passes on to those inside it.
type scope struct {
	beforeEach []*lua.LFunction // outermost first
	afterEach  []*lua.LFunction // innermost and last declared first
	context    *lua.LTable      // what hooks and cases are called with
}

// enter is the scope inside a block. Each block has a context of its own that reads from the one
// around it, so that what a hook keeps there is seen below and nowhere else.
func (r *fileRun) enter(b *block, outer scope) scope {
	inner := scope{
		beforeEach: append(append([]*lua.LFunction{}, outer.beforeEach...), b.beforeEach...),
		afterEach:  append(backwards(b.afterEach), outer.afterEach...),
	}
	inner.context = r.inherit(outer.context)
	return inner
}

// backwards returns hooks in the reverse of their order: what was set up last is torn down first.
func backwards(hooks []*lua.LFunction) []*lua.LFunction {
	hooks = slices.Clone(hooks)
	slices.Reverse(hooks)
	return hooks
}

func (r *fileRun) inherit(outer *lua.LTable) *lua.LTable {
	context := r.game.VM.NewTable(0, 0)
	if outer != nil {
		meta := r.game.VM.NewTable(0, 1)
		machine.SetField(meta, "__index", outer)
		context.Metatable = meta
	}
	return context
}

// block runs the cases of a block and of those inside it.
func (r *fileRun) block(b *block, outer scope) {
	inside := r.enter(b, outer)
	runs := false
	for _, t := range b.tests() {
		runs = runs || r.selected(t)
	}
	var problem *Problem
	if runs {
		problem = r.hooks(b.beforeAll, inside.context)
	}
	for _, n := range b.nodes {
		switch {
		case n.block != nil && problem != nil:
			r.blame(n.block, problem)
		case n.block != nil:
			r.block(n.block, inside)
		case !r.selected(n.test):
			r.result(n.test, Skipped, nil)
		case problem != nil:
			r.result(n.test, Failed, problem)
		default:
			r.test(n.test, inside)
		}
	}
	if b.problem != nil && r.wanted(b.path()) {
		r.note(&Case{Path: b.path(), Status: Failed, Problem: b.problem})
	}
	if runs {
		if problem := r.hooks(b.afterAll, inside.context); problem != nil && r.file.Problem == nil {
			problem.Message = "afterAll: " + problem.Message
			r.file.Problem = problem
		}
	}
}

// blame fails the cases of a block that would have run, for a beforeAll around it.
func (r *fileRun) blame(b *block, problem *Problem) {
	for _, t := range b.tests() {
		if r.selected(t) {
			r.result(t, Failed, problem)
		} else {
			r.result(t, Skipped, nil)
		}
	}
}

// hooks runs hooks until one fails.
func (r *fileRun) hooks(hooks []*lua.LFunction, context *lua.LTable) *Problem {
	for _, hook := range hooks {
		if _, problem := r.finish(hook, r.o.Timeout, context); problem != nil {
			return problem
		}
	}
	return nil
}

// test runs one case with the hooks around it. The hooks after it run whatever happened.
func (r *fileRun) test(t *test, inside scope) {
	began, virtual := r.o.Clock.Now(), r.sim.Now()
	r.file.Output = append(r.file.Output, r.output...)
	r.output = nil
	r.recorder.begin()
	r.failure = nil
	endFaults := r.board.begin()
	context := r.inherit(inside.context)
	problem := r.hooks(inside.beforeEach, context)
	if problem == nil {
		_, problem = r.finish(t.body, r.o.Timeout, context)
	}
	if after := r.hooks(inside.afterEach, context); problem == nil {
		problem = after
	}
	r.settle()
	endFaults()
	if problem == nil {
		problem = r.failure
	}
	status := Passed
	if problem != nil {
		status = Failed
	}
	c := r.result(t, status, problem)
	c.Output, r.output = r.output, nil
	c.Trace = r.recorder.trace
	c.Took = r.o.Clock.Now().Sub(began)
	c.Virtual = r.sim.Now().Sub(virtual)
}

// settle lets happen what is due at this instant, so that what a case deferred does not run in the
// next one.
func (r *fileRun) settle() {
	for r.stopped() == "" {
		next, ok := r.sim.Next()
		if !ok || next.After(r.sim.Now()) {
			return
		}
		r.sim.Step()
	}
}

// result notes how a case ended.
func (r *fileRun) result(t *test, status Status, problem *Problem) *Case {
	return r.note(&Case{Path: t.path(), Status: status, Problem: problem})
}

func (r *fileRun) note(c *Case) *Case {
	r.file.Cases = append(r.file.Cases, c)
	message := ""
	if c.Problem != nil {
		message = c.Problem.Message
	}
	r.recorder.fold("case", strings.Join(c.Path, "/"), c.Status, message)
	return c
}

// fail is the global of that name: the running case has failed, and goes on.
func (r *fileRun) fail(L *lua.LState) int {
	if r.failure == nil {
		message := vm.OptString(L, 1, "fail", "fail() was called")
		r.failure = r.problem(&vm.Error{
			Value: lua.LString(message), Trace: r.game.VM.Current().Frames(),
		})
	}
	return 0
}
