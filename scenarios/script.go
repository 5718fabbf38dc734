package scenarios

import (
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
	"savestone/scenarios/verdict"
)

// check is what a script or a run function has checked under one name.
type check struct {
	passed, failed int
	first          string // what the first failure says
	at             time.Duration
}

// script runs the plan's script on the first server: a module that returns a function, which is
// given a table t:
//
//	t.check(name, ok, text?)   counts a trial of something that must always hold
//	t.config                   the scenario's system.config
//	t.seed                     a number of this world's own, for Random.new
//	t.world                    the world's number, from 0
//
// It is how properties of code are tested that need no players: each call of check is a trial. All
// of them are judged by "violations(check) == 0", those of a name as a share of it by
// "check(accepts valid data) >= 99.9%".
func (w *world) script() error {
	s := w.servers[0]
	text, err := w.cell.file.read(w.plan.Script)
	if err != nil {
		return err
	}
	folder := s.game.Service("ServerScriptService").FindFirstChild("Savestone")
	module := s.game.NewInstance("ModuleScript", "Script", folder)
	if err := module.Store("Source", lua.LString(text)); err != nil {
		return err
	}
	fn, err := s.game.Load(module)
	if err != nil {
		return err
	}
	returned, err := s.await(fn)
	if err == nil && len(returned) != 1 {
		err = errors.New("want one function to be returned")
	}
	if err == nil {
		_, err = s.await(returned[0], w.tester(s))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.plan.Script, err)
	}
	return nil
}

// tester is the table that a script is given.
func (w *world) tester(s *server) *lua.LTable {
	v := s.game.VM
	t := v.NewTable(0, 4)
	machine.SetField(t, "check", v.NewFunction("check", w.luaCheck))
	machine.SetField(t, "config", roblox.DecodeValue(v, s.build.config))
	machine.SetField(t, "world", lua.LNumber(w.number))
	machine.SetField(t, "seed", lua.LNumber(w.stream("script").Uint32()))
	return t
}

// luaCheck counts a trial.
func (w *world) luaCheck(L *lua.LState) int {
	name, ok := vm.ArgString(L, 1, "check"), L.Get(2) != lua.LNil && L.Get(2) != lua.LFalse
	text := vm.OptString(L, 3, "check", "")
	w.count(name, ok, text)
	return 0
}

func (w *world) count(name string, ok bool, text string) {
	c := w.checks[name]
	if c == nil {
		c = &check{}
		w.checks[name] = c
	}
	if ok {
		c.passed++
		return
	}
	if c.failed++; c.failed == 1 {
		c.first, c.at = text, w.since()
	}
	w.trace.fold("check", name, text)
}

// addChecks puts the trials of scripts into the world's row.
func (w *world) addChecks(row *verdict.Row) {
	for _, name := range sortedKeys(w.checks) {
		c := w.checks[name]
		row.Checked["check"] += c.passed + c.failed
		row.Counts["check("+name+")"] = verdict.Count{
			Failures: c.failed, Trials: c.passed + c.failed,
		}
		if c.failed == 0 {
			continue
		}
		row.Violations["check"] += c.failed
		row.Examples = append(row.Examples, verdict.Example{
			Invariant: "check", Key: name, At: c.at, Text: c.first,
		})
	}
}
