package scenarios

import (
	"time"

	"savestone/faults"
	"savestone/scenarios/history"
)

// hazards lets each place's servers be struck by chance until the world is healed.
func (w *world) hazards() {
	strikes := []struct {
		name   string
		hazard Hazard
		strike func(s *server, lasts time.Duration)
	}{
		{"crash", w.plan.Hazards.Crash, func(s *server, _ time.Duration) { w.crash(s) }},
		{"shutdown", w.plan.Hazards.Shutdown, func(s *server, _ time.Duration) {
			w.replace(s, "DeveloperUpdate")
		}},
		{"freeze", w.plan.Hazards.Freeze, w.freeze},
	}
	for _, kind := range strikes {
		if kind.hazard.Mean <= 0 {
			continue
		}
		for place := range w.servers {
			random := w.stream(kind.name, place)
			w.sim.Go(func() {
				for !w.healed && w.problem == nil {
					rate := Rate{Every: time.Duration(kind.hazard.Mean)}
					gap, _ := gapOf(random, rate)
					w.sleep(max(gap, time.Millisecond))
					lasts := kind.hazard.Lasts.at(random.Uint32())
					if s := w.servers[place]; !w.healed && !s.over && !s.closing {
						kind.strike(s, lasts)
					}
				}
			})
		}
	}
}

// hit notes what was done to a server.
func (w *world) hit(kind string, s *server, lasts time.Duration, class string) {
	w.trace.fold("hazard", kind, s.name)
	until := time.Duration(0)
	if lasts > 0 {
		until = w.since() + lasts
	}
	w.play.Faults = append(w.play.Faults, history.Fault{
		At: w.now(), Until: until, Rule: kind, Kind: kind, Class: class, Server: s.name,
	})
}

// crash ends a server without a word; after a while another one takes its place.
func (w *world) crash(s *server) {
	if s.over {
		return
	}
	w.hit("crash", s, 0, "SILENT")
	s.crash()
	w.restart(s.place)
}

// replace closes a server in good order; then another one takes its place.
func (w *world) replace(s *server, reason string) {
	if s.over || s.closing {
		return
	}
	w.hit("shutdown", s, 0, string(faults.OK)) // no excuse for losing anything
	s.shutdown(reason)
	w.restart(s.place)
}

func (w *world) restart(place int) {
	w.sim.Go(func() {
		w.sleep(time.Duration(w.plan.Hazards.Restart))
		if w.closed || w.problem != nil || !w.servers[place].over {
			return
		}
		if err := w.startServer(place); err != nil {
			w.fail(err)
		}
	})
}

// freeze lets nothing of a server run for a while.
func (w *world) freeze(s *server, lasts time.Duration) {
	w.hit("freeze", s, lasts, "")
	s.game.Freeze(lasts)
}

// clockOf draws how wrong a server's clock is, and how wrong it goes.
func (w *world) clockOf(s *server) (ahead time.Duration, driftPPM int64) {
	random := w.stream("clock", s.name)
	skew, drift := time.Duration(w.plan.Hazards.Skew), int64(w.plan.Hazards.Drift)
	if skew > 0 {
		ahead = time.Duration(random.Int64N(int64(2*skew+1))) - skew
	}
	if drift > 0 {
		driftPPM = random.Int64N(2*drift+1) - drift
	}
	return ahead, driftPPM
}

// skew moves a server's clock.
func (w *world) skew(s *server, by time.Duration) {
	w.hit("skew", s, 0, "")
	if err := s.game.SetClock(by, 0); err != nil {
		w.fail(err)
	}
}

// each are the servers that an event names.
func (w *world) each(name string) []*server {
	var named []*server
	for _, s := range w.servers {
		if s != nil && !s.over && (name == "*" || s.name == name || w.plain(s) == name) {
			named = append(named, s)
		}
	}
	return named
}

// named is a server that lives, by its name; nil if it does not.
func (w *world) named(name string) *server {
	for _, s := range w.servers {
		if s != nil && s.name == name && !s.over {
			return s
		}
	}
	return nil
}

// plain is the name of a server's place, which is the name of the first life in it.
func (w *world) plain(s *server) string { return "server-" + numeral(s.place+1) }

// do lets an event happen.
func (w *world) do(e Event) {
	switch {
	case e.Crash != "":
		for _, s := range w.each(e.Crash) {
			w.crash(s)
		}
	case e.Shutdown != "":
		for _, s := range w.each(e.Shutdown) {
			w.sim.Go(func() { w.replace(s, "DeveloperShutdown") })
		}
	case e.Freeze != "":
		for _, s := range w.each(e.Freeze) {
			w.freeze(s, time.Duration(e.Lasts))
		}
	case e.Skew != "":
		for _, s := range w.each(e.Skew) {
			w.skew(s, time.Duration(e.By))
		}
	case e.Deploy != "":
		w.deploy(e)
	case e.Leave > 0:
		w.flee(e)
	case e.Join > 0:
		w.flood(e)
	case e.Heal:
		w.heal()
	case e.Save:
		w.saveAll()
	case e.Mark != "":
		w.mark(e.Mark)
	}
}

// deploy replaces the servers one by one by such that run another build.
func (w *world) deploy(e Event) {
	w.deploys = e.Deploy
	pause := time.Duration(e.Within) / time.Duration(len(w.servers))
	for place := range w.servers {
		if s := w.servers[place]; !s.over && !s.closing {
			w.sim.Go(func() { w.replace(s, "DeveloperUpdate") })
		}
		w.sleep(pause)
	}
}

// flee lets players leave, spread over a while.
func (w *world) flee(e Event) {
	var open []*session
	w.eachLife(func(s *server) { open = append(open, s.sessions...) })
	random := w.stream("flee", e.At)
	random.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	for _, session := range open[:min(e.Leave, len(open))] {
		wait := spreadOver(time.Duration(e.Within), random.Uint32())
		w.sim.Go(func() {
			w.sleep(wait)
			session.leave("left")
		})
	}
}

// flood lets further players join, spread over a while.
func (w *world) flood(e Event) {
	random := w.stream("flood", e.At)
	for range e.Join {
		p := w.newPlayer()
		wait := spreadOver(time.Duration(e.Within), random.Uint32())
		w.sim.Go(func() { p.live(wait) })
	}
}

// saveAll saves everybody at the same instant.
func (w *world) saveAll() {
	w.eachLoaded(func(open *session) { open.save("player") })
}

// mark tells faults that wait for it.
func (w *world) mark(name string) {
	w.trace.fold("mark", name)
	w.injector.Mark(name)
	w.points.mark(name)
	w.play.Faults = append(w.play.Faults, history.Fault{
		At: w.now(), Rule: name, Kind: "mark",
	})
}
