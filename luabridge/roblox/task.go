package roblox

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// taskLibrary makes the global table task (R237).
func (s *Server) taskLibrary() lua.LValue {
	return s.constructors(map[string]lua.LGFunction{
		"spawn": s.taskSpawn, "defer": s.taskDefer, "delay": s.taskDelay, "wait": s.taskWait,
		"cancel":        s.taskCancel,
		"synchronize":   needsActor("synchronize"),
		"desynchronize": needsActor("desynchronize"),
	}, nil)
}

func needsActor(name string) lua.LGFunction {
	return func(L *lua.LState) int {
		vm.Errorf(L, "task.%s should only be called from a script that is a descendant of an Actor",
			name)
		return 0
	}
}

// threadArg reads a function, which becomes a thread, or a thread that can be resumed.
func threadArg(L *lua.LState, n int, name string) *vm.Thread {
	value := L.Get(n)
	if fn, ok := value.(*lua.LFunction); ok {
		return vm.Of(L).NewThread(fn)
	}
	thread := vm.AsThread(value)
	if thread == nil {
		vm.ArgError(L, n, name, "function or thread expected")
	}
	return thread
}

// taskSpawn runs a thread at once, until it yields (R237).
func (s *Server) taskSpawn(L *lua.LState) int {
	thread := threadArg(L, 1, "spawn")
	if refusal := thread.Refusal(); refusal != "" {
		vm.Errorf(L, "%s", refusal)
	}
	object := thread.Object()
	thread.Run(vm.Rest(L, 2)...)
	return vm.Return(L, object)
}

// taskDefer runs a thread at the end of the current resumption point.
func (s *Server) taskDefer(L *lua.LState) int {
	thread := threadArg(L, 1, "defer")
	at := s.depth
	if at.defers++; at.defers > deferDepthMax {
		vm.Errorf(L, "Maximum re-entrancy depth (%d) exceeded calling task.defer", deferDepthMax)
	}
	object, args := thread.Object(), vm.Rest(L, 2)
	s.postpone(at, func() { s.resume(object, args) })
	return vm.Return(L, object)
}

// taskDelay runs a thread on the first frame at or after a time.
func (s *Server) taskDelay(L *lua.LState) int {
	wait := vm.ArgNumber(L, 1, "delay")
	thread := threadArg(L, 2, "delay")
	object, args := thread.Object(), vm.Rest(L, 3)
	if !forever(wait) {
		until := s.frames.after(seconds(wait)).Sub(s.Now())
		s.later(until, func() { s.resume(object, args) })
	}
	return vm.Return(L, object)
}

// resume runs a thread that was scheduled, unless it was cancelled or ended meanwhile.
func (s *Server) resume(object *lua.LUserData, args []lua.LValue) {
	if thread := vm.AsThread(object); thread.Refusal() == "" {
		thread.Run(args...)
	}
}

// taskWait parks the thread until the first frame at or after a time, and returns how long it took.
func (s *Server) taskWait(L *lua.LState) int {
	wait := vm.OptNumber(L, 1, "wait", 0)
	return s.wait(L, wait)
}

func forever(wait float64) bool { return math.IsInf(wait, 1) }

func (s *Server) wait(L *lua.LState, wait float64) int {
	thread := vm.MustYield(L)
	if forever(wait) {
		return vm.Return(L, thread.Yield(nil)...)
	}
	began, until := s.Now(), s.frames.after(seconds(wait))
	thread.WakeAt(until, inSeconds(until.Sub(began)))
	return vm.Return(L, thread.Yield(nil)...)
}

// taskCancel ends a thread that is not running; one that has ended stays so.
func (s *Server) taskCancel(L *lua.LState) int {
	thread := vm.ArgThread(L, 1, "cancel")
	switch status := thread.Status(); status {
	case vm.Running, vm.Normal:
		vm.Errorf(L, "cannot cancel %s thread", status)
	case vm.Suspended:
		thread.Kill()
	}
	return 0
}

// The legacy scheduler runs threads every other frame, which is where its least wait comes from
// (R238).
const legacyWaitMin = 29 * time.Millisecond

// legacyGlobals are wait, spawn and delay (R238).
func (s *Server) legacyGlobals() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"wait": func(L *lua.LState) int {
			n := s.wait(L, max(vm.OptNumber(L, 1, "wait", 0), legacyWaitMin.Seconds()))
			return n + vm.Return(L, inSeconds(s.Uptime()))
		},
		"spawn": func(L *lua.LState) int {
			s.legacyStart(vm.ArgFunction(L, 1, "spawn"), 0)
			return 0
		},
		"delay": func(L *lua.LState) int {
			wait := vm.ArgNumber(L, 1, "delay")
			s.legacyStart(vm.ArgFunction(L, 2, "delay"), wait)
			return 0
		},
	}
}

// legacyStart starts a function later, and passes it the time it waited and the server's.
func (s *Server) legacyStart(fn *lua.LFunction, wait float64) {
	if forever(wait) {
		return
	}
	waited := s.frames.after(max(seconds(wait), legacyWaitMin)).Sub(s.Now())
	s.later(waited, func() {
		s.VM.NewThread(fn).Run(inSeconds(waited), inSeconds(s.Uptime()))
	})
}

// Uptime returns how long the server has run.
func (s *Server) Uptime() time.Duration { return s.Now().Sub(s.start) }
