package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/faults"
	"savestone/luabridge"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
	"savestone/scenarios/history"
)

// direct runs the scenario's function run, which is given a table w to act with. Players, servers
// and rules of faults are numbers or tables to it; each function that takes virtual time waits in
// the thread that calls it, so that task.spawn lets things happen side by side.
//
//	w.player() → player                 somebody new, who has not joined
//	w.join(player, server) → ok, reason
//	w.leave(player)
//	w.hop(player, server, gap?) → ok, reason   leaves, and joins after a gap in seconds
//	w.change(player, coins?) → ok
//	w.give(player, item) → ok           an item with a name that nothing else has
//	w.trade(giver, taker, item) → ok    moves it, and saves both
//	w.buy(player)                       a purchase, offered until an answer is recorded
//	w.save(player) → answer             "acked", "queued", "given up", "unanswered"
//	w.loaded(player) → boolean
//	w.wait(seconds), w.time() → seconds
//	w.fault(rules) → handle             as in the plan's faults; handle:clear() ends them
//	w.crash(server), w.shutdown(server), w.freeze(server, seconds), w.skew(server, seconds)
//	w.deploy(build, within?)
//	w.mark(name), w.heal()
//	w.choose(list) → one of them        worlds of an exploration take each in turn
//	w.check(name, ok, text?)
//
// Servers are numbered from 1.
func (w *world) direct() error {
	game, load, err := director(w.sim, w.cell.file.Path, w.cell.file.Text, w.limit)
	if err != nil {
		return err
	}
	d := &act{world: w, game: game}
	var problem error
	w.waitFor(func(done func()) {
		thread := game.VM.NewThread(game.VM.NewFunction("", func(L *lua.LState) int {
			defer done()
			problem = d.play(L, load)
			return 0
		}))
		w.sim.After(0, func() { thread.Run() })
	})
	return problem
}

// act is a run function at work.
type act struct {
	world *world
	game  *luabridge.Game
}

// play calls the scenario's run.
func (d *act) play(L *lua.LState, load *lua.LFunction) error {
	returned, fault := vm.Protect(L, load, nil, nil)
	if fault != nil {
		return errors.New(d.game.WithFiles(fault.Error()))
	}
	run := returned[0].(*lua.LTable).RawGetString("run")
	_, fault = vm.Protect(L, run, nil, []lua.LValue{d.table()})
	if fault != nil {
		return errors.New(d.game.WithFiles(fault.Error()))
	}
	return nil
}

func (d *act) table() *lua.LTable {
	functions := map[string]lua.LGFunction{
		"player": d.player, "join": d.join, "leave": d.leave, "hop": d.hop, "change": d.change,
		"give": d.give, "trade": d.trade, "buy": d.buy, "save": d.save, "loaded": d.loaded,
		"wait": d.wait, "time": d.time, "fault": d.fault, "crash": d.crash,
		"shutdown": d.shutdown, "freeze": d.freeze, "skew": d.skew, "deploy": d.deploy,
		"mark": d.mark, "heal": d.heal, "choose": d.choose, "check": d.world.luaCheck,
	}
	t := d.game.VM.NewTable(0, len(functions))
	for _, name := range sortedKeys(functions) {
		machine.SetField(t, name, d.game.VM.NewFunction(name, functions[name]))
	}
	return t
}

// block runs something that takes virtual time in the calling thread.
func block(L *lua.LState, do func()) { vm.MustYield(L).Block(do) }

func (d *act) player(L *lua.LState) int {
	return vm.Return(L, lua.LNumber(d.world.newPlayer().user))
}

func (d *act) playerArg(L *lua.LState, n int, name string) *player {
	p := d.world.players[int64(vm.ArgNumber(L, n, name))]
	if p == nil {
		vm.ArgError(L, n, name, "a player of w.player() expected")
	}
	return p
}

func (d *act) serverArg(L *lua.LState, n int, name string) *server {
	place := vm.ArgInt(L, n, name)
	if place < 1 || place > len(d.world.servers) {
		vm.ArgError(L, n, name, fmt.Sprintf("a server from 1 to %d expected, got %d",
			len(d.world.servers), place))
	}
	return d.world.servers[place-1]
}

// secondsArg reads a number of seconds, or a text such as "2m".
func secondsArg(L *lua.LState, n int, name string) time.Duration {
	var value any
	switch v := L.Get(n).(type) {
	case lua.LNumber:
		value = float64(v)
	case lua.LString:
		value = string(v)
	case *lua.LNilType:
		return 0
	}
	span, err := spanOf(value)
	if err != nil {
		vm.ArgError(L, n, name, err.Error())
	}
	return span
}

func (d *act) join(L *lua.LState) int {
	p, s := d.playerArg(L, 1, "join"), d.serverArg(L, 2, "join")
	return d.enter(L, p, s, 0)
}

func (d *act) hop(L *lua.LState) int {
	p, s := d.playerArg(L, 1, "hop"), d.serverArg(L, 2, "hop")
	gap := secondsArg(L, 3, "hop")
	if p.open != nil {
		open := p.open
		d.world.sim.Go(func() { open.leave("hopped") })
	}
	return d.enter(L, p, s, gap)
}

// enter lets a player join after a gap, and waits for the load.
func (d *act) enter(L *lua.LState, p *player, s *server, gap time.Duration) int {
	var open *session
	block(L, func() {
		d.world.sleep(max(gap, time.Millisecond))
		s = d.world.servers[s.place]
		if s.over || s.closing {
			return
		}
		if open = s.join(p); open != nil {
			p.open, p.items = open, sortedKeys(open.entry().Base.Items)
		}
	})
	if open != nil {
		return vm.Return(L, lua.LTrue)
	}
	reason := "the server is not there"
	for i := len(d.world.play.Sessions) - 1; i >= 0; i-- {
		if one := &d.world.play.Sessions[i]; one.Player == p.user && one.Server == s.name {
			reason = one.Error
			break
		}
	}
	return vm.Return(L, lua.LFalse, lua.LString(reason))
}

// here is the session of a player who has one.
func (d *act) here(p *player) *session {
	if p.open == nil || p.open.over {
		return nil
	}
	return p.open
}

func (d *act) leave(L *lua.LState) int {
	if open := d.here(d.playerArg(L, 1, "leave")); open != nil {
		block(L, func() { open.leave("left") })
	}
	return 0
}

func (d *act) loaded(L *lua.LState) int {
	return vm.Return(L, lua.LBool(d.here(d.playerArg(L, 1, "loaded")) != nil))
}

func (d *act) alter(L *lua.LState, p *player, c history.Change) bool {
	open, done := d.here(p), false
	if open != nil {
		block(L, func() { done = open.change(c) })
	}
	return done
}

func (d *act) change(L *lua.LState) int {
	coins := vm.OptInt(L, 2, "change", 1)
	done := d.alter(L, d.playerArg(L, 1, "change"), history.Change{Coins: int64(coins)})
	return vm.Return(L, lua.LBool(done))
}

func (d *act) give(L *lua.LState) int {
	p, item := d.playerArg(L, 1, "give"), vm.ArgString(L, 2, "give")
	done := d.alter(L, p, history.Change{Gives: item})
	if done {
		p.items = append(p.items, item)
	}
	return vm.Return(L, lua.LBool(done))
}

func (d *act) trade(L *lua.LState) int {
	from, to := d.here(d.playerArg(L, 1, "trade")), d.here(d.playerArg(L, 2, "trade"))
	item := vm.ArgString(L, 3, "trade")
	if from == nil || to == nil {
		return vm.Return(L, lua.LFalse)
	}
	block(L, func() { d.world.exchange(from, to, item) })
	return vm.Return(L, lua.LTrue)
}

func (d *act) buy(L *lua.LState) int {
	p := d.playerArg(L, 1, "buy")
	if open := d.here(p); open != nil {
		p.buy(open)
	}
	return 0
}

func (d *act) save(L *lua.LState) int {
	open, answer := d.here(d.playerArg(L, 1, "save")), history.Unanswered
	if open != nil {
		block(L, func() { answer = open.save("player") })
	}
	return vm.Return(L, lua.LString(answer.String()))
}

func (d *act) wait(L *lua.LState) int {
	span := secondsArg(L, 1, "wait")
	block(L, func() { d.world.sleep(span) })
	return 0
}

func (d *act) time(L *lua.LState) int {
	return vm.Return(L, lua.LNumber(d.world.since().Seconds()))
}

func (d *act) crash(L *lua.LState) int {
	d.world.crash(d.serverArg(L, 1, "crash"))
	return 0
}

func (d *act) shutdown(L *lua.LState) int {
	s := d.serverArg(L, 1, "shutdown")
	block(L, func() { d.world.replace(s, "DeveloperShutdown") })
	return 0
}

func (d *act) freeze(L *lua.LState) int {
	s, lasts := d.serverArg(L, 1, "freeze"), secondsArg(L, 2, "freeze")
	if lasts > 0 {
		d.world.freeze(s, lasts)
	}
	return 0
}

func (d *act) skew(L *lua.LState) int {
	s, by := d.serverArg(L, 1, "skew"), secondsArg(L, 2, "skew")
	if by != 0 {
		d.world.skew(s, by)
	}
	return 0
}

func (d *act) deploy(L *lua.LState) int {
	name, within := vm.ArgString(L, 1, "deploy"), secondsArg(L, 2, "deploy")
	if d.world.builds[name] == nil {
		vm.ArgError(L, 1, "deploy", "one of system.builds expected")
	}
	block(L, func() { d.world.deploy(Event{Deploy: name, Within: Span(within)}) })
	return 0
}

func (d *act) mark(L *lua.LState) int {
	d.world.mark(vm.ArgString(L, 1, "mark"))
	return 0
}

func (d *act) heal(*lua.LState) int {
	d.world.heal()
	return 0
}

func (d *act) choose(L *lua.LState) int {
	list := vm.ArgTable(L, 1, "choose")
	options := vm.Length(list)
	if options == 0 {
		vm.ArgError(L, 1, "choose", "a list with something in it expected")
	}
	chosen := d.world.choose(options)
	d.world.trace.fold("choose", numeral(chosen))
	return vm.Return(L, machine.Item(list, chosen+1))
}

// choose picks one of so many options: what the exploration says, or else by chance.
func (w *world) choose(options int) int {
	if w.points != nil {
		return w.points.choose(options)
	}
	w.choices++
	return w.stream("choose", w.choices).IntN(options)
}

// fault adds rules of faults, as in the plan's faults, until the handle's clear.
func (d *act) fault(L *lua.LState) int {
	tree, err := plain(vm.ArgAny(L, 1, "fault"), "")
	var raw json.RawMessage
	if err == nil {
		raw, err = json.Marshal(tree)
	}
	var rules faults.Plan
	if err == nil {
		rules, err = faults.Parse(raw)
	}
	if err != nil {
		vm.Errorf(L, "fault: %v", err)
	}
	added, err := d.world.addFaults(rules)
	if err != nil {
		vm.Errorf(L, "fault: %v", err)
	}
	v := d.game.VM
	handle := v.NewTable(0, 1)
	machine.SetField(handle, "clear", v.NewFunction("clear", func(*lua.LState) int {
		d.world.dropFaults(added)
		return 0
	}))
	return vm.Return(L, handle)
}
