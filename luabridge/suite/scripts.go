package suite

import (
	"context"
	"fmt"
	"strings"

	"savestone/luabridge"
	"savestone/luabridge/roblox"
)

// scriptCase is what the one case of a Script is called.
const scriptCase = "runs without an error"

// scriptRun runs Scripts as a server does, all in one world. A Script has failed when an error of
// its threads is not caught, when it reports one to TestService, or when it calls
// ProcessService:ExitAsync with another code than 0, which ends the run.
type scriptRun struct {
	*world
	files  []*File
	chunks map[string]*File // by the Script's full name
	exited bool
	code   int
	by     *File // who called ExitAsync
}

// runScripts runs the Scripts of a group.
func runScripts(
	ctx context.Context, place *luabridge.Place, g group, seed uint64, o Options,
) ([]*File, error) {
	began := o.Clock.Now()
	r := &scriptRun{chunks: map[string]*File{}}
	var err error
	r.world, err = newWorld(ctx, place, fileSeed(seed, string(Script)), o,
		luabridge.Options{Exit: r.exit})
	if err != nil {
		return nil, err
	}
	r.heard = r.fail
	for _, s := range g.specs {
		file := &File{Name: s.name, Path: s.node.Source.File, Seed: seed}
		r.files = append(r.files, file)
		r.chunks[r.find(s.node).FullName()] = file
	}
	for i, s := range g.specs {
		script := r.find(s.node)
		if r.exited || script.Value("Enabled").String() != "true" {
			continue
		}
		if _, err := r.game.Load(script); err != nil {
			r.files[i].blame(sourceProblem(err, s))
			continue
		}
		r.files[i].Cases = []*Case{{Path: []string{scriptCase}, Status: Passed}}
		r.game.RunScript(script)
	}
	ended := r.game.Drain(ctx, r.sim.Now().Add(o.Timeout))
	if ended == luabridge.Idle || ended == luabridge.TimeUp {
		err = r.game.ShutDown(ctx)
	}
	r.judge()
	file := r.files[0]
	file.Output, file.Uncaught, file.Calls = r.output, r.uncaught, r.recorder.calls
	file.Virtual, file.hash = r.sim.Now().Sub(luabridge.Epoch), r.recorder.hash
	for _, file := range r.files {
		file.Loaded = r.game.Files()
	}
	if closing := r.close(); err == nil {
		err = closing
	}
	file.Took = o.Clock.Now().Sub(began)
	return r.files, err
}

// exit notes who ended the run; the innermost script that is one of those run.
func (r *scriptRun) exit(code int) {
	r.exited, r.code = true, code
	r.by = r.files[0]
	for _, frame := range r.game.VM.Current().Frames() {
		if file := r.chunks[frame.Source]; file != nil {
			r.by = file
			return
		}
	}
}

// fail notes an error message. An error in no Script's own code is the fault of the one that the
// trace leads back to, or else of the file that comes first.
func (r *scriptRun) fail(m roblox.Message) {
	if m.Kind != roblox.Error || len(r.files) == 0 {
		return
	}
	file := r.files[0]
	for _, at := range r.game.Positions(m.Text + "\n" + m.Trace) {
		if owner := r.chunks[at.Script]; owner != nil {
			file = owner
		}
	}
	problem := &Problem{Message: m.Text, Trace: r.withFiles(m.Trace)}
	if calls := r.game.Positions(m.Trace); len(calls) > 0 {
		at := calls[0]
		problem.Path, problem.Line = at.File, at.Line
		problem.Message = strings.TrimPrefix(m.Text, fmt.Sprintf("%s:%d: ", at.Script, at.Line))
	}
	file.blame(problem)
}

// blame makes the one case of a Script's file fail. Only the first problem is told; all are in the
// output.
func (f *File) blame(problem *Problem) {
	if len(f.Cases) == 0 {
		f.Cases = []*Case{{Path: []string{scriptCase}}}
	}
	if c := f.Cases[0]; c.Status != Failed {
		c.Status, c.Problem = Failed, problem
	}
}

// judge takes the exit code into account and lists as skipped what never started.
func (r *scriptRun) judge() {
	if r.exited && r.code != 0 {
		r.by.blame(&Problem{Message: fmt.Sprintf(
			"the script called ProcessService:ExitAsync(%d)", r.code), Path: r.by.Path})
	}
	for _, file := range r.files {
		if len(file.Cases) == 0 {
			file.Cases = []*Case{{Path: []string{scriptCase}, Status: Skipped}}
		}
		c := file.Cases[0]
		c.Output = r.outputIf(c)
		r.recorder.fold("case", file.Name, c.Status)
	}
}

// outputIf is what the world printed, for a case that failed.
func (r *scriptRun) outputIf(c *Case) []string {
	if c.Status == Failed {
		return r.output
	}
	return nil
}
