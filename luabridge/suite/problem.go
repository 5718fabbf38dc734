package suite

import (
	"errors"
	"fmt"
	"strings"

	"savestone/luabridge"
	"savestone/luabridge/vm"
)

// problem tells an error with its place in the source.
func (w *world) problem(fault *vm.Error) *Problem {
	p := &Problem{Message: fault.Error(), Trace: w.traceback(fault.Trace)}
	w.locate(p, fault.Trace)
	return p
}

// traceback lists calls, a line each, with their files.
func (w *world) traceback(frames []vm.Frame) string {
	return w.withFiles(w.game.VM.Traceback(frames))
}

// locate finds the innermost call that is in a file, and takes the position that errors begin with
// off the message when it says the same.
func (w *world) locate(p *Problem, frames []vm.Frame) {
	for _, frame := range frames {
		file := w.game.File(frame.Source)
		if frame.Line < 0 || file == "" {
			continue
		}
		p.Path, p.Line = file, frame.Line
		p.Message = strings.TrimPrefix(p.Message, fmt.Sprintf("%s:%d: ", frame.Source, frame.Line))
		return
	}
}

func indentTrace(trace string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(trace), "\n", "\n  ")
}

// sourceProblem is a spec that does not compile.
func sourceProblem(err error, s spec) *Problem {
	var source *luabridge.SourceError
	if errors.As(err, &source) {
		return &Problem{
			Message: source.Message, Path: source.File, Line: source.Line, Col: source.Col,
		}
	}
	return &Problem{Message: err.Error(), Path: s.node.Source.File}
}
