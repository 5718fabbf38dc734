package vm

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Frame is one call on a thread's stack.
type Frame struct {
	Func   *lua.LFunction
	Source string // the chunk's name; "[C]" for a Go function
	Line   int    // -1 for a Go function
}

// framesMaxTraced bounds a trace: gopher-lua finds each frame by walking from the innermost, which
// would take seconds for the stack of a runaway recursion.
const framesMaxTraced = 200

// Frames lists the calls in progress, innermost first, up to framesMaxTraced of them. For a thread
// that an error ended they are those at the time of the error.
func (t *Thread) Frames() []Frame {
	if t.Status() == Dead {
		return t.last
	}
	var frames []Frame
	for i := len(t.states) - 1; i >= 0; i-- {
		for level := 0; len(frames) < framesMaxTraced; level++ {
			frame, ok := frameOf(t.states[i], level)
			if !ok {
				break
			}
			frames = append(frames, frame)
		}
	}
	return frames
}

// frameAt returns one frame of the running thread; 0 is the innermost.
func (t *Thread) frameAt(level int) (Frame, bool) {
	for i := len(t.states) - 1; i >= 0; i-- {
		for inner := 0; ; inner++ {
			if level == 0 {
				if frame, ok := frameOf(t.states[i], inner); ok {
					return frame, true
				}
				break
			}
			if _, ok := t.states[i].GetStack(inner); !ok {
				break
			}
			level--
		}
	}
	return Frame{}, false
}

func frameOf(s *lua.LState, level int) (Frame, bool) {
	debug, ok := s.GetStack(level)
	if !ok {
		return Frame{}, false
	}
	value, err := s.GetInfo("fSl", debug, lua.LNil)
	fn, ok := value.(*lua.LFunction)
	if err != nil || !ok {
		return Frame{}, false
	}
	if fn.IsG {
		return Frame{Func: fn, Source: "[C]", Line: -1}, true
	}
	return Frame{Func: fn, Source: debug.Source, Line: debug.CurrentLine}, true
}

// linesAtEachEnd are how many lines of a long traceback are shown from either end, as in Luau.
const linesAtEachEnd = 10

// Traceback renders frames as Luau does: a line each, Go functions and the middle of a long stack
// left out.
func (v *VM) Traceback(frames []Frame) string {
	var lines []string
	for _, frame := range frames {
		if frame.Line < 0 {
			continue
		}
		line := fmt.Sprintf("%s:%d", frame.Source, frame.Line)
		if name := v.FuncName(frame.Func); name != "" {
			line += " function " + name
		}
		lines = append(lines, line+"\n")
	}
	if hidden := len(lines) - 2*linesAtEachEnd; hidden > 0 {
		gap := fmt.Sprintf("... (+%d frames)\n", hidden)
		first, last := lines[:linesAtEachEnd], lines[len(lines)-linesAtEachEnd:]
		lines = slices.Concat(first, []string{gap}, last)
	}
	return strings.Join(lines, "")
}

// pcOf returns the instruction a frame is at. gopher-lua keeps it in an unexported field.
func pcOf(debug *lua.Debug) int {
	frame := reflect.ValueOf(debug).Elem().FieldByName("frame")
	return int(frame.Elem().FieldByName("Pc").Int())
}
