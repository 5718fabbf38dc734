package roblox

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// module is a ModuleScript that was required.
type module struct {
	loading bool
	value   lua.LValue // once loaded
	failure string     // what requirers are told, if it did not load
	needs   []*Instance
	waiting []*moduleWaiter
}

// moduleWaiter is a thread that waits for a module to load.
type moduleWaiter struct {
	thread *vm.Thread
	object *lua.LUserData // keeps the thread while it waits
}

// What a requirer is told (R248).
const (
	moduleFailed    = "Requested module experienced an error while loading"
	moduleRecursive = "Requested module was required recursively"
	moduleNotOne    = "Module code did not return exactly one value"
	requireInvalid  = "Attempted to call require with invalid argument(s)."
)

// require is the global of that name (R248).
func (s *Server) require(L *lua.LState) int {
	script := s.caller()
	target := s.requireTarget(L, script)
	if target.ClassName() != "ModuleScript" {
		vm.Raise(L, requireInvalid)
	}
	m, ok := s.modules[target]
	if ok && !m.loading {
		return m.give(L)
	}
	if ok && (target == script || s.reaches(target, script)) {
		vm.Raise(L, moduleRecursive)
	}
	if outer := s.modules[script]; outer != nil && outer.loading {
		outer.needs = append(outer.needs, target)
		defer func() { outer.needs = outer.needs[:len(outer.needs)-1] }()
	}
	if !ok {
		m = s.loadModule(target)
	}
	for m.loading {
		m.wait(L)
	}
	return m.give(L)
}

// wait parks the running thread until the module has loaded, or until a script resumes the thread.
func (m *module) wait(L *lua.LState) {
	thread := vm.MustYield(L)
	w := &moduleWaiter{thread, thread.Object()}
	m.waiting = append(m.waiting, w)
	defer func() { m.waiting = without(m.waiting, w) }()
	thread.Yield(nil)
}

func (m *module) give(L *lua.LState) int {
	if m.failure != "" {
		vm.Raise(L, m.failure)
	}
	return vm.Return(L, m.value)
}

// reaches reports whether a loading module waits, through others, for a script to load.
func (s *Server) reaches(from, script *Instance) bool {
	m := s.modules[from]
	if m == nil || !m.loading {
		return false
	}
	for _, need := range m.needs {
		if need == script || s.reaches(need, script) {
			return true
		}
	}
	return false
}

// loadModule runs a module in a thread of its own, as far as it goes without waiting. What goes
// wrong in it is an error of that thread.
func (s *Server) loadModule(target *Instance) *module {
	m := &module{loading: true}
	s.modules[target] = m
	fn, err := s.load(target, false)
	if err != nil {
		m.finish(nil, moduleFailed)
		s.fail(Message{Text: err.Error(), Script: target.FullName()})
		return m
	}
	s.VM.NewThread(s.VM.NewFunction("", func(L *lua.LState) int {
		defer func() {
			if m.loading { // the module's code raised an error, or its thread was killed
				m.finish(nil, moduleFailed)
			}
		}()
		before := L.GetTop()
		vm.Call(L, lua.MultRet, fn)
		// R248 asks for a value that is not nil, but nil is one: modules that only declare types
		// return it, in Lapis and in whatever roblox-ts compiles, and load on Roblox.
		if L.GetTop() != before+1 {
			m.finish(nil, moduleNotOne)
		} else {
			m.finish(L.Get(-1), "")
		}
		return 0
	})).Run()
	return m
}

func (m *module) finish(value lua.LValue, failure string) {
	m.loading, m.value, m.failure = false, value, failure
	for _, w := range m.waiting {
		if w.thread.Status() == vm.Suspended {
			w.thread.Wake()
		}
	}
	m.waiting = nil
}

// caller returns the script whose code called the running Go function, or nil.
func (s *Server) caller() *Instance {
	for _, frame := range s.VM.Current().Frames() {
		if frame.Line < 0 {
			continue
		}
		if script := AsInstance(frame.Func.Env.RawGetString("script")); script != nil {
			return script
		}
		return s.chunks[frame.Source]
	}
	return nil
}

// requireTarget finds the module that a script asks for, by Instance or by path.
func (s *Server) requireTarget(L *lua.LState, script *Instance) *Instance {
	if target := AsInstance(L.Get(1)); target != nil {
		return target
	}
	switch argument := L.Get(1).(type) {
	case lua.LString:
		target, err := s.Resolve(script, string(argument))
		if err != nil {
			vm.Raise(L, err.Error())
		}
		return target
	case lua.LNumber:
		vm.Raise(L, fmt.Sprintf("savestone cannot require asset %s: there is no asset service",
			vm.FormatNumber(float64(argument))))
	}
	vm.Raise(L, requireInvalid)
	return nil
}

// Resolve finds the module at a path, as a script would require it (R249).
func (s *Server) Resolve(script *Instance, path string) (*Instance, error) {
	parts := strings.Split(path, "/")
	at, used, err := s.pathStart(script, parts)
	if err != nil {
		return nil, fmt.Errorf("error requiring module %q: %w", path, err)
	}
	for _, part := range parts[used:] {
		var next *Instance
		switch part {
		case "", ".":
			next = at
		case "..":
			next = at.parent
		default:
			next = at.FindFirstChild(part)
		}
		if next == nil {
			return nil, fmt.Errorf(
				"error requiring module %q: could not resolve child component %q of %s",
				path, part, at.FullName())
		}
		at = next
	}
	if at.ClassName() != "ModuleScript" {
		return nil, fmt.Errorf("error requiring module %q: %s is a %s, not a ModuleScript",
			path, at.FullName(), at.ClassName())
	}
	return at, nil
}

// pathStart finds what the first component of a path stands for, and for an alias perhaps more of
// them: used tells how many.
func (s *Server) pathStart(script *Instance, parts []string) (at *Instance, used int, err error) {
	first := parts[0]
	switch {
	case first == "@game":
		return s.game, 1, nil
	case script == nil:
		return nil, 0, errors.New("the calling code belongs to no script")
	case first == "@self":
		return script, 1, nil
	case first == "." && script.parent != nil:
		return script.parent, 1, nil
	case first == ".." && script.parent != nil && script.parent.parent != nil:
		return script.parent.parent, 1, nil
	case first == "." || first == "..":
		return nil, 0, errors.New("the path leaves the tree")
	case !strings.HasPrefix(first, "@"):
		return nil, 0, errors.New("require path must start with a valid prefix: ./, ../, or @")
	case s.options.Alias == nil:
		return nil, 0, fmt.Errorf("%s is not a valid alias", first)
	}
	at, used, err = s.options.Alias(script, first[1:], parts[1:])
	return at, used + 1, err
}
