package suite

import (
	"context"
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/gameserver"
	"savestone/luabridge"
	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
)

// otherServer is a game server beside the one that the cases run on: it runs the same place on the
// same emulator, bus, memory stores and clock, and the same faults hit it.
type otherServer struct {
	run    *fileRun
	game   *luabridge.Game
	name   string
	output []string
	scope  *lua.LTable // the globals of the sources that ran there
}

// luaServer is emulator.server(options?). What it returns is a table of functions, which take the
// table itself first:
//
//	server:run(source, ...) → ...        runs a source text there until it returns
//	server:join(userId, name?)
//	server:leave(userId)
//	server:shutdown(reason?) → seconds, unfinished
//	server:crash()
//	server:output() → {string}           what its console showed so far
//
// Functions cannot leave their server, so run takes text; arguments and results travel as JSON. All
// sources of one server share their globals.
func (r *fileRun) luaServer(L *lua.LState) int {
	var o luabridge.Options
	var err error
	if L.Get(1) != lua.LNil {
		o, err = serverOptions(vm.ArgTable(L, 1, "server"))
	}
	if err != nil {
		vm.Errorf(L, "emulator.server: %v", err)
	}
	s := &otherServer{run: r, name: fmt.Sprintf("server-%d", len(r.games)+1)}
	o.Name, o.Output = s.name, func(m roblox.Message) {
		s.output = append(s.output, r.hearFrom(s.name, m))
	}
	if s.game, err = r.open(r.game.Place, o); err != nil {
		vm.Errorf(L, "emulator.server: %v", err)
	}
	return vm.Return(L, functions(r.game.VM, map[string]lua.LGFunction{
		"run": s.luaRun, "join": s.luaJoin, "leave": s.luaLeave,
		"shutdown": s.luaShutdown, "crash": s.luaCrash, "output": s.luaOutput,
	}))
}

// serverOptions reads what a server is to be like.
func serverOptions(t *lua.LTable) (o luabridge.Options, err error) {
	for key, value := vm.Next(t, lua.LNil); key != lua.LNil; key, value = vm.Next(t, key) {
		if vm.Text(key) != "access" {
			return o, fmt.Errorf("got the field %q, want access", vm.Text(key))
		}
		if o.Access, err = gameserver.ParseAccess(vm.Text(value)); err != nil {
			return o, err
		}
	}
	return o, nil
}

var errServerEnded = errors.New("the server ended before the source returned")

// luaRun runs a source in a thread of the other server and waits for it.
func (s *otherServer) luaRun(L *lua.LState) int {
	fn, err := s.load(vm.ArgString(L, 2, "run"))
	var args []lua.LValue
	if err == nil {
		args, err = travel(s.game.VM, vm.Rest(L, 3))
	}
	if s.game.Closed() {
		err = errServerEnded
	}
	if err != nil {
		vm.Raise(L, fmt.Sprintf("%s: %v", s.name, err))
	}
	err = errServerEnded
	var results []lua.LValue
	s.run.await(L, func(done func()) {
		s.game.VM.NewThread(s.game.VM.NewFunction("", func(L *lua.LState) int {
			defer done() // also when the server is killed
			values, fault := vm.Protect(L, fn, nil, args)
			results, err = values, nil
			if fault != nil {
				err = errors.New(fault.Error())
			}
			return 0
		})).Run()
	})
	if err == nil {
		results, err = travel(s.run.game.VM, results)
	}
	if err != nil {
		vm.Raise(L, fmt.Sprintf("%s: %v", s.name, err))
	}
	return vm.Return(L, results...)
}

// load compiles a source as a script of the other server. The script is not in the tree, which is
// to be as the project has it.
func (s *otherServer) load(source string) (*lua.LFunction, error) {
	script := s.game.NewInstance("Script", s.name, nil)
	if err := script.Store("Source", lua.LString(source)); err != nil {
		return nil, err
	}
	fn, err := s.game.Load(script)
	if err != nil {
		return nil, err
	}
	if s.scope == nil {
		s.scope = fn.Env
	}
	fn.Env = s.scope
	return fn, nil
}

// travel copies values to another server.
func travel(to *vm.VM, values []lua.LValue) ([]lua.LValue, error) {
	there := make([]lua.LValue, len(values))
	for i, value := range values {
		there[i] = lua.LNil
		if value == lua.LNil {
			continue
		}
		text, err := roblox.EncodeValue(value)
		if err != nil {
			return nil, fmt.Errorf("value %d cannot travel between servers: %w", i+1, err)
		}
		there[i] = roblox.DecodeValue(to, text)
	}
	return there, nil
}

func (s *otherServer) luaJoin(L *lua.LState) int {
	_, err := s.run.join(s.game, roblox.Profile{
		UserID: int64(vm.ArgInt(L, 2, "join")), Name: vm.OptString(L, 3, "join", ""),
	})
	if err != nil {
		vm.Errorf(L, "%s: %v", s.name, err)
	}
	return 0
}

func (s *otherServer) luaLeave(L *lua.LState) int {
	id := int64(vm.ArgInt(L, 2, "leave"))
	player := s.game.PlayerByUserID(id)
	if player == nil {
		vm.Errorf(L, "%s: player %d leaves: no such player on the server", s.name, id)
	}
	s.game.Leave(player, "Unknown")
	return 0
}

// luaShutdown closes the other server and waits for its end.
func (s *otherServer) luaShutdown(L *lua.LState) int {
	reason := vm.OptString(L, 2, "shutdown", "DeveloperShutdown")
	seconds, unfinished := s.run.closeServer(L, s.game, reason)
	s.game.Kill()
	return vm.Return(L, seconds, unfinished)
}

// luaCrash ends the other server where it stands.
func (s *otherServer) luaCrash(L *lua.LState) int {
	s.run.bus.Leave(s.game.Server)
	s.game.Kill()
	vm.MustYield(L).Block(func() {
		if err := s.run.sim.Sleep(context.Background(), 0); err != nil { // lets it die
			vm.Errorf(L, "%v", err)
		}
	})
	return 0
}

func (s *otherServer) luaOutput(L *lua.LState) int {
	v := s.run.game.VM
	list := v.NewTable(len(s.output), 0)
	for _, text := range s.output {
		machine.Append(list, lua.LString(text))
	}
	return vm.Return(L, list)
}
