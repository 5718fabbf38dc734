package roblox

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// Signal is an event that scripts and Go code listen to.
type Signal struct {
	server      *Server
	name        string
	owner       *Instance // nil for a signal of no Instance
	object      *lua.LUserData
	connections []*Connection // replaced, never changed in place: a fire in progress has its own
	listen      func()        // called when someone starts to listen
	deserted    func()        // called when nobody listens any more
	refusal     string        // what scripts are told that try to listen
}

// Connection is one listener of a Signal.
type Connection struct {
	signal    *Signal
	function  *lua.LFunction
	native    func(args []lua.LValue)
	thread    *vm.Thread     // that waits for the signal
	object    *lua.LUserData // of the thread, held while it waits; or of the connection itself
	once      bool
	connected bool
	dropped   bool // disconnected by a script: what is on its way is not delivered (R242)
}

// LuauType implements vm.Typed.
func (*Signal) LuauType() string { return "RBXScriptSignal" }

// String returns what tostring gives.
func (s *Signal) String() string { return "Signal " + s.name }

// LuauType implements vm.Typed.
func (*Connection) LuauType() string { return "RBXScriptConnection" }

// String returns what tostring gives.
func (*Connection) String() string { return "Connection" }

// NewSignal makes a signal that belongs to no Instance.
func (s *Server) NewSignal(name string) *Signal {
	signal := &Signal{server: s, name: name}
	signal.object = s.userdata(signal)
	return signal
}

// Object returns the value that stands for the signal in Luau.
func (s *Signal) Object() lua.LValue { return s.object }

// Connected returns how many listeners there are.
func (s *Signal) Connected() int { return len(s.connections) }

// ConnectGo has fn called, within Fire, whenever the signal fires.
func (s *Signal) ConnectGo(fn func(args []lua.LValue)) *Connection {
	return s.add(&Connection{native: fn})
}

// connect has a script's function handle the signal.
func (s *Signal) connect(fn *lua.LFunction, once bool) *Connection {
	c := s.add(&Connection{function: fn, once: once})
	c.object = s.server.userdata(c)
	return c
}

func (s *Signal) add(c *Connection) *Connection {
	c.signal, c.connected = s, true
	s.connections = append(s.connections[:len(s.connections):len(s.connections)], c)
	if s.listen != nil {
		s.listen()
	}
	return c
}

// Disconnect ends the connection; what is on its way is dropped.
func (c *Connection) Disconnect() {
	c.dropped = true
	c.end()
}

func (c *Connection) end() {
	if c.connected {
		c.connected = false
		c.signal.connections = without(c.signal.connections, c)
		if c.signal.deserted != nil && len(c.signal.connections) == 0 {
			c.signal.deserted()
		}
	}
}

// sever ends all connections, but lets arrive what is on its way.
func (s *Signal) sever() {
	for _, c := range s.connections {
		c.end()
	}
}

// The engine stops events that fire each other without end (R242).
const (
	signalDepthMax = 10
	deferDepthMax  = 80
)

// depth counts how deep the running code is in handlers of handlers.
type depth struct{ signals, defers int }

// Fire hands the arguments to all listeners, in the order they connected. A handler runs in a
// thread of its own: at the next resumption point, or at once if Options.SignalsImmediate (R241,
// R242).
func (s *Signal) Fire(args ...lua.LValue) {
	connections := s.connections
	if len(connections) == 0 {
		return
	}
	at := s.server.depth
	at.signals++
	if at.signals > signalDepthMax {
		s.server.output(Message{Kind: Error, Text: fmt.Sprintf(
			"Maximum event re-entrancy depth exceeded for %s", s.fullName())})
		return
	}
	for _, c := range connections {
		switch {
		case c.native != nil:
			if c.connected {
				c.native(args)
			}
		case s.server.options.SignalsImmediate:
			if c.connected {
				s.server.at(at, func() { c.deliver(args) })
			}
		default:
			s.server.postpone(at, func() { c.deliver(args) })
		}
	}
}

func (s *Signal) fullName() string {
	if s.owner == nil {
		return s.name
	}
	return s.owner.class.Name + "." + s.name
}

// deliver runs the handler, or resumes the thread that waits.
func (c *Connection) deliver(args []lua.LValue) {
	if c.dropped {
		return
	}
	if c.once {
		c.Disconnect()
	}
	if c.thread == nil {
		c.signal.server.VM.NewThread(c.function).Run(args...)
	} else if c.thread.Refusal() == "" {
		c.thread.Run(args...)
	}
}

// Wait parks the running thread until the signal fires and returns the arguments.
func (s *Signal) Wait(L *lua.LState) []lua.LValue {
	s.mayListen(L)
	thread := vm.MustYield(L)
	c := s.add(&Connection{thread: thread, object: thread.Object(), once: true})
	defer c.Disconnect() // also when the thread is killed, or resumed by a script
	return thread.Yield(nil)
}

func signalDatatype() Datatype {
	connect := func(once bool) func(*lua.LState, any) int {
		return func(L *lua.LState, self any) int {
			s := self.(*Signal)
			return vm.Return(L, s.connect(handler(L, s), once).object)
		}
	}
	wait := func(L *lua.LState, self any) int {
		return vm.Return(L, self.(*Signal).Wait(L)...)
	}
	return Datatype{
		Name: "RBXScriptSignal",
		Methods: map[string]func(*lua.LState, any) int{
			"Connect": connect(false), "connect": connect(false),
			"Once": connect(true),
			"Wait": wait, "wait": wait,
			"ConnectParallel": func(L *lua.LState, _ any) int {
				vm.Raise(L, "savestone does not emulate RBXScriptSignal:ConnectParallel: "+
					"there are no Actors")
				return 0
			},
		},
	}
}

// handler reads the function that a script connects to a signal.
func handler(L *lua.LState, s *Signal) *lua.LFunction {
	s.mayListen(L)
	fn, ok := L.Get(2).(*lua.LFunction)
	if !ok {
		vm.Raise(L, "Attempt to connect failed: Passed value is not a function")
	}
	return fn
}

func (s *Signal) mayListen(L *lua.LState) {
	if s.refusal != "" {
		vm.Raise(L, s.refusal)
	}
}

func connectionDatatype() Datatype {
	connected := func(self any) lua.LValue { return lua.LBool(self.(*Connection).connected) }
	disconnect := func(_ *lua.LState, self any) int {
		self.(*Connection).Disconnect()
		return 0
	}
	return Datatype{
		Name:   "RBXScriptConnection",
		Fields: map[string]func(any) lua.LValue{"Connected": connected, "connected": connected},
		Methods: map[string]func(*lua.LState, any) int{
			"Disconnect": disconnect, "disconnect": disconnect,
		},
	}
}
