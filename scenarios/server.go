package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/machine"
	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
	"savestone/scenarios/history"
)

// server is one life of a game server. Its place in the world is taken by another one when it ends.
type server struct {
	world    *world
	place    int
	name     string // "server-1", and in later lives "server-1b", "server-1c", …
	life     int    // in Play.Servers
	build    *build
	game     *luabridge.Game
	driver   *lua.LTable
	sessions []*session // that are open, in the order of their joins
	dropped  int        // requests that its queues had dropped when it was last looked at
	closing  bool
	over     bool
}

var errServerEnded = errors.New("the server ended")

// startServer puts a new server into a place of the world.
func (w *world) startServer(place int) error {
	b := w.builds[w.deploys]
	s := &server{world: w, place: place, name: w.nameFor(place), build: b}
	var err error
	s.game, err = b.place.Start(w.serverOptions(s))
	if err != nil {
		return err
	}
	s.life = len(w.play.Servers)
	w.play.Servers = append(w.play.Servers, history.Life{
		Server: s.name, Build: b.name, Begin: w.now(),
	})
	w.trace.fold("start", s.name, b.name)
	w.servers[place] = s
	s.game.Options().Stores.SetWeather(w.localWeather(s))
	if b.scripts {
		s.game.RunScripts()
	}
	if err := s.open(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

func (w *world) nameFor(place int) string {
	base, lives := fmt.Sprintf("server-%d", place+1), 0
	for _, life := range w.play.Servers {
		if later, ok := strings.CutPrefix(life.Server, base); ok && len(later) <= 1 {
			lives++
		}
	}
	if lives == 0 {
		return base
	}
	return base + string(rune('a'+min(lives, 25)))
}

func (w *world) serverOptions(s *server) luabridge.Options {
	ahead, drift := w.clockOf(s)
	return luabridge.Options{
		ClockAhead: ahead, ClockDrift: drift,
		Sim: w.sim, Service: named{s.name, w.service}, Bus: w.bus, MemoryStores: w.memory,
		Limit: w.limit, Seed: w.seed, Name: s.name, Profile: w.profile,
		Output: func(m roblox.Message) { w.hear(s.name, m) },
	}
}

// named is a server's way to its data stores. Requests carry the name that the world has for the
// server, which rules of faults and people can tell.
type named struct {
	name string
	next emulator.Service
}

// Do implements emulator.Service.
func (n named) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	req.Server = n.name
	return n.next.Do(ctx, req)
}

// open runs the adapter and asks the system where its data is.
func (s *server) open() error {
	load, err := s.game.Load(s.game.InstanceOf(s.build.boot))
	if err != nil {
		return err
	}
	boot, err := s.await(load)
	if err == nil && len(boot) == 1 {
		boot, err = s.await(boot[0], s.host())
	}
	if err != nil {
		return err
	}
	if len(boot) == 0 || boot[0] == lua.LNil {
		if s.world.plan.System.Adapter != "" {
			return errors.New("the adapter's function returned nothing, want a table")
		}
		return nil // a scenario without a system: its script does everything
	}
	table, ok := boot[0].(*lua.LTable)
	if !ok {
		return fmt.Errorf("the driver returned a %s, want a table", vm.TypeName(boot[0]))
	}
	s.driver = table
	return s.describe()
}

// describe notes what the system says of itself.
func (s *server) describe() error {
	told, err := s.call("describe", lua.LNumber(1))
	if err != nil {
		return err
	}
	var path []string
	text := vm.Text(told[0])
	if err := json.Unmarshal([]byte(text), &path); err != nil {
		return fmt.Errorf("the adapter's path: got %s, want a list of names", text)
	}
	s.world.play.Path = append(path, "ledger")
	return nil
}

// keyOf asks where a player's data is stored.
func (s *server) keyOf(user int64) (history.KeyID, error) {
	told, err := s.call("describe", lua.LNumber(user))
	if err != nil {
		return 0, err
	}
	store := emulator.StoreID{Name: vm.Text(told[1]), Scope: vm.Text(told[3])}
	return s.world.recorder.Key(history.Key{Store: store, Name: vm.Text(told[2])}), nil
}

// call calls a function of the driver and waits until it returns.
func (s *server) call(name string, args ...lua.LValue) ([]lua.LValue, error) {
	if s.driver == nil {
		return nil, errors.New("the scenario has no system to play with")
	}
	fn := s.driver.RawGetString(name)
	results, err := s.await(fn, args...)
	if err != nil && !errors.Is(err, errServerEnded) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return results, err
}

// await runs a Luau function in a thread of its own and has the running task wait for it.
func (s *server) await(fn lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	if s.over {
		return nil, errServerEnded
	}
	var results []lua.LValue
	err := errServerEnded
	s.world.waitFor(func(done func()) {
		s.game.VM.NewThread(s.game.VM.NewFunction("", func(L *lua.LState) int {
			defer done() // also when the server is killed
			values, fault := vm.Protect(L, fn, nil, args)
			results, err = values, nil
			if fault != nil {
				err = errors.New(s.game.WithFiles(fault.Error()))
			}
			return 0
		})).Run()
	})
	return results, err
}

// host is what the adapter and the driver can reach of the world.
func (s *server) host() *lua.LTable {
	v := s.game.VM
	host := v.NewTable(0, 5)
	machine.SetField(host, "config", roblox.DecodeValue(v, s.build.config))
	functions := map[string]lua.LGFunction{
		"lost": s.luaLost, "grant": s.luaGrant, "closing": s.luaClosing, "closed": s.luaClosed,
		"saving": s.luaSaving, "saved": s.luaSaved,
	}
	for _, name := range sortedKeys(functions) {
		machine.SetField(host, name, v.NewFunction(name, functions[name]))
	}
	return host
}

// luaLost ends a session that the system has lost: the player is sent away.
func (s *server) luaLost(L *lua.LState) int {
	user := int64(vm.ArgNumber(L, 1, "lost"))
	if open := s.sessionOf(user); open != nil {
		open.end("kicked")
		vm.Call(L, 0, s.driver.RawGetString("forget"), lua.LNumber(user))
	}
	return 0
}

// luaGrant gives a purchase's coins and the number of the change that they are.
func (s *server) luaGrant(L *lua.LState) int {
	user, purchase := int64(vm.ArgNumber(L, 1, "grant")), vm.ArgString(L, 2, "grant")
	open := s.sessionOf(user)
	if open == nil {
		return vm.Return(L, lua.LNil, lua.LNumber(0))
	}
	number := open.note(history.Change{Coins: purchaseCoins, Receipt: purchase})
	return vm.Return(L, lua.LNumber(number), lua.LNumber(purchaseCoins))
}

// luaSaving notes a save that a purchase asks for, and gives its place.
func (s *server) luaSaving(L *lua.LState) int {
	open := s.sessionOf(int64(vm.ArgNumber(L, 1, "saving")))
	if open == nil {
		return vm.Return(L, lua.LNumber(-1))
	}
	return vm.Return(L, lua.LNumber(open.intend("receipt", false)))
}

// luaSaved is told how it went.
func (s *server) luaSaved(L *lua.LState) int {
	if at := vm.ArgInt(L, 1, "saved"); at >= 0 {
		s.world.answered(at, []lua.LValue{L.Get(2), L.Get(3)}, nil)
	}
	return 0
}

// luaClosing is told when BindToClose functions begin: every open session is to be saved.
func (s *server) luaClosing(*lua.LState) int {
	for _, open := range s.sessions {
		open.final("shutdown")
	}
	return 0
}

// luaClosed is told how a session's last save went.
func (s *server) luaClosed(L *lua.LState) int {
	user := int64(vm.ArgNumber(L, 1, "closed"))
	if open := s.sessionOf(user); open != nil {
		open.parted(vm.ArgString(L, 2, "closed"), "")
	}
	return 0
}

func (s *server) sessionOf(user int64) *session {
	i := slices.IndexFunc(s.sessions, func(open *session) bool { return open.user == user })
	if i < 0 {
		return nil
	}
	return s.sessions[i]
}

// drops is how many requests the server's queues have dropped so far.
func (s *server) drops() int { return s.game.Options().Stores.Dropped() }

// countDrops adds those since the last look to what is noted of the server's life.
func (s *server) countDrops() {
	now := s.drops()
	s.world.play.Servers[s.life].Dropped += now - s.dropped
	s.dropped = now
}

// eachLife does something with each server that lives.
func (w *world) eachLife(do func(*server)) {
	for _, s := range w.servers {
		if s != nil && !s.over {
			do(s)
		}
	}
}

// eachLoaded does something with each session that has loaded, side by side.
func (w *world) eachLoaded(do func(*session)) {
	w.eachLife(func(s *server) {
		for _, open := range s.sessions {
			if open.loaded {
				w.sim.Go(func() { do(open) })
			}
		}
	})
}

// crash ends the server without a word.
func (s *server) crash() { s.finish("crash", s.game.Kill) }

// shutdown closes the server as Roblox does: players leave, BindToClose functions have 30 s.
func (s *server) shutdown(reason string) {
	if s.closing || s.over {
		return
	}
	s.closing = true
	w := s.world
	w.play.Servers[s.life].Closing = w.now()
	w.trace.fold("closing", s.name, reason)
	if after := time.Duration(w.plan.Local.CloseAfter); after > 0 && !w.healed {
		w.sim.After(after, func() { s.game.Options().Stores.Close() })
	}
	var err error
	w.waitFor(func(done func()) {
		if err = s.game.Shutdown(reason, func(roblox.Closed) { done() }); err != nil {
			done()
		}
	})
	if err != nil {
		w.fail(err)
		return
	}
	s.finish("shutdown", s.game.Kill)
}

// finish notes the end of the server, and of the sessions that are still open.
func (s *server) finish(reason string, kill func()) {
	if s.over {
		return
	}
	s.over = true
	w := s.world
	w.trace.fold("end", s.name, reason)
	life := &w.play.Servers[s.life]
	life.End, life.Reason, life.Lost = w.now(), reason, len(s.sessions)
	if !w.quiet {
		s.countDrops()
	}
	w.bus.Leave(s.game.Server)
	for _, open := range slices.Clone(s.sessions) {
		open.end(reason)
	}
	kill()
}
