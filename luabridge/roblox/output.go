package roblox

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// MessageKind tells how the developer console shows a message.
type MessageKind uint8

// The kinds of messages, numbered as Enum.MessageType.
const (
	Print MessageKind = iota
	Info
	Warning
	Error
)

// Message is a line in the developer console.
type Message struct {
	Kind   MessageKind
	Text   string
	Trace  string // of an uncaught error: the calls, innermost first, a line each
	Script string // full name of the script it comes from, "" if none
}

// Errors returns how many errors no script caught.
func (s *Server) Errors() int { return s.errors }

// Print puts a message in the developer console, and LogService tells who listens (R247).
func (s *Server) Print(m Message) {
	s.output(m)
	if log := s.FindService("LogService"); log != nil {
		kind := s.enums.value("MessageType", int(m.Kind))
		log.fire("MessageOut", lua.LString(m.Text), kind.Object())
	}
}

func (s *Server) output(m Message) {
	if s.options.Output != nil {
		s.options.Output(m)
	}
}

// uncaught reports the error that ended a thread (R239, R246).
func (s *Server) uncaught(fault *vm.Error) {
	m := Message{Text: fault.Error(), Trace: s.VM.Traceback(fault.Trace)}
	for _, frame := range fault.Trace {
		if frame.Line >= 0 {
			m.Script = frame.Source
			break
		}
	}
	if first, _, _ := strings.Cut(m.Trace, "\n"); first != "" {
		position, _, _ := strings.Cut(first, " function ")
		_, isText := fault.Value.(lua.LString)
		if isText && !strings.HasPrefix(m.Text, m.Script+":") {
			m.Text = position + ": " + m.Text // an error of the engine's, which names no line
		}
	}
	s.fail(m)
}

// fail reports an error that nothing caught, and ScriptContext tells who listens (R247).
func (s *Server) fail(m Message) {
	m.Kind = Error
	s.errors++
	s.Print(m)
	context := s.FindService("ScriptContext")
	if context == nil {
		return
	}
	context.fire("Error", lua.LString(m.Text), lua.LString(m.Trace), s.chunks[m.Script].Object())
}
