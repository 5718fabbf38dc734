package scenarios

import (
	"context"
	"errors"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/roblox"
	"savestone/luabridge/vm"
	"savestone/scenarios/history"
)

// leftAlone is how long servers without players are left alone before they are asked what they
// still hold.
const leftAlone = time.Minute

// stepsPerLook is how many events happen between two looks at the context.
const stepsPerLook = 1024

// run plays the world to its end.
func (w *world) run(ctx context.Context) error {
	done := false
	w.sim.Go(func() {
		w.main()
		done = true
	})
	for steps := 0; !done && w.problem == nil; steps++ {
		if steps%stepsPerLook == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if w.limit != nil && w.limit.Stopped() != "" {
			return errors.New(w.limit.Stopped())
		}
		if !w.sim.Step() {
			return errors.New("the world waits for something that never comes")
		}
	}
	return w.problem
}

// main takes the world through its phases (see the package's doc).
func (w *world) main() {
	plan := w.plan
	for place := range w.servers {
		if err := w.startServer(place); err != nil {
			w.fail(err)
			return
		}
	}
	w.hazards()
	w.surroundings()
	for _, e := range plan.Events {
		w.sim.Go(func() {
			w.until(time.Duration(e.At))
			w.do(e)
		})
	}
	w.populate()
	if plan.Probe > 0 {
		w.sim.Go(w.probes)
	}
	w.sim.Go(func() {
		w.until(time.Duration(plan.Warmup))
		w.play.Measured.Begin = w.now()
		w.eachLife(func(s *server) { s.dropped = s.drops() })
	})
	w.act()
	w.until(time.Duration(plan.Horizon))
	w.quiet = true
	w.play.Measured.End = w.now()
	w.eachLife((*server).countDrops)
	w.until(time.Duration(plan.Horizon + plan.Linger))
	w.heal()
	w.sleep(time.Duration(plan.Drain))
	w.wind()
	w.play.End = w.now()
}

// act lets the scenario's own code do what it does.
func (w *world) act() {
	var err error
	switch {
	case w.plan.Run:
		err = w.direct()
	case w.plan.Script != "":
		err = w.script()
	}
	if err != nil {
		w.fail(err)
	}
}

// populate lets the plan's players begin.
func (w *world) populate() {
	spread := w.stream("spread")
	for range w.plan.Players.Count {
		p := w.newPlayer()
		absent := w.plan.Players.Only != nil && !slices.Contains(w.plan.Players.Only, p.user)
		first := spreadOver(time.Duration(w.plan.Players.Spread), spread.Uint32())
		if !absent {
			w.sim.Go(func() { p.live(first) })
		}
	}
}

// heal ends all faults. Everybody who is there then changes something and saves it: that must work
// soon.
func (w *world) heal() {
	if w.healed {
		return
	}
	w.healed = true
	w.trace.fold("heal")
	w.injector.Heal()
	w.bus.SetOptions(roblox.BusOptions{Seed: w.seed})
	w.applyLocal()
	w.play.Heals = append(w.play.Heals, history.Interval{Begin: w.now()})
	w.eachLoaded(func(open *session) {
		open.change(history.Change{Coins: 1})
		open.save("healed")
	})
}

// wind ends the world in good order: players leave, servers say what they still hold, and close.
func (w *world) wind() {
	w.closed = true
	w.all(func(s *server) {
		for _, open := range append([]*session{}, s.sessions...) {
			w.sim.Go(func() { open.leave("left") })
		}
	})
	w.sleep(leftAlone)
	w.all(w.report)
	w.all(func(s *server) { s.shutdown("ServerEmpty") })
}

// all does something with each server that lives, side by side, and waits for all of them.
func (w *world) all(do func(*server)) {
	var open []*server
	w.eachLife(func(s *server) {
		if !s.closing {
			open = append(open, s)
		}
	})
	running := len(open)
	if running == 0 {
		return
	}
	w.waitFor(func(done func()) {
		for _, s := range open {
			w.sim.Go(func() {
				do(s)
				if running--; running == 0 {
					done()
				}
			})
		}
	})
}

// report asks a server what it says of itself.
func (w *world) report(s *server) {
	if s.driver == nil {
		return
	}
	told, err := s.call("stats")
	if err != nil {
		if !errors.Is(err, errServerEnded) {
			w.fail(err)
		}
		return
	}
	if told[0] != lua.LTrue {
		return
	}
	number := func(n int) int { return int(told[n].(lua.LNumber)) }
	exact := told[5] == lua.LTrue
	w.play.Reports = append(w.play.Reports, history.Report{
		Server: s.name, At: w.now(), Saves: number(1), Stored: number(2),
		Healthy: told[3] == lua.LTrue, Held: number(4), Exact: exact,
	})
	w.trace.fold("report", s.name, vm.Text(told[1]), vm.Text(told[2]), vm.Text(told[4]))
}

// probes asks now and then what a recovery would give, on a server of its own that no fault hits.
func (w *world) probes() {
	life := len(w.play.Servers)
	watcher := &server{world: w, name: "watcher", build: w.builds[w.plan.System.Build]}
	var err error
	options := w.serverOptions(watcher)
	options.Service = w.emulator
	if watcher.game, err = watcher.build.place.Start(options); err == nil {
		watcher.life = life
		err = watcher.open()
	}
	if err != nil {
		w.fail(err)
		return
	}
	for n := 0; !w.closed && w.problem == nil; n++ {
		w.sleep(time.Duration(w.plan.Probe))
		if len(w.ids) == 0 {
			continue
		}
		user := w.ids[w.stream("probe", n).IntN(len(w.ids))]
		told, err := watcher.call("recover", lua.LNumber(user))
		if err != nil {
			w.fail(err)
			return
		}
		if told[0] != lua.LTrue {
			break // the system has no backups to ask
		}
		probe := history.Probe{Player: user, At: w.now(), OK: told[1] == lua.LTrue}
		if probe.OK {
			probe.Ledger = w.ledger(vm.Text(told[2]))
		} else {
			probe.Error = vm.Text(told[2])
		}
		w.play.Probes = append(w.play.Probes, probe)
	}
	watcher.over = true
	watcher.game.Kill()
}
