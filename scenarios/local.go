package scenarios

import (
	"context"
	"time"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/emulator/memorystore"
	"savestone/luabridge/roblox"
)

// Local is what goes wrong on the game servers themselves, before anything is sent: their budgets,
// queues and caches.
type Local struct {
	From Span `json:"from,omitempty"`
	To   Span `json:"to,omitempty"` // 0: until the healing

	Budgets   Share `json:"budgets,omitempty"`   // accrue at this share of their rate; 0: all of it
	Boast     int   `json:"boast,omitempty"`     // scripts are told of so many requests too many
	Drops     Share `json:"drops,omitempty"`     // calls that would wait are dropped instead
	Overtakes Share `json:"overtakes,omitempty"` // calls that go before all that wait
	Cache     Span  `json:"cache,omitempty"`     // how long a reading is trusted; 0: 4 s (R146)

	// CloseAfter is how long after a server began to close its data stores answer 401 and 402
	// (R228); 0: when it has closed.
	CloseAfter Span `json:"closeAfter,omitempty"`
}

// Messages is how MessagingService fares between the servers.
type Messages struct {
	Delay Dist  `json:"delay"`
	Drop  Share `json:"drop,omitempty"`
	Twice Share `json:"twice,omitempty"`
}

// Memory is how memory stores fare.
type Memory struct {
	Loss  Share    `json:"loss,omitempty"`  // of the items, each time
	Every Span     `json:"every,omitempty"` // how often some are lost
	Down  []Window `json:"down,omitempty"`  // every request fails
}

// Window is a stretch of a world's time.
type Window struct {
	From Span `json:"from"`
	To   Span `json:"to"`
}

// has reports whether a time is in the window.
func (w Window) has(at time.Duration) bool {
	return at >= time.Duration(w.From) && at < time.Duration(w.To)
}

// localWeather is what a server meets now.
func (w *world) localWeather(s *server) gameserver.Weather {
	local := w.plan.Local
	now := w.since()
	over := local.To > 0 && now >= time.Duration(local.To)
	if w.healed || over || now < time.Duration(local.From) {
		return gameserver.Weather{}
	}
	weather := gameserver.Weather{
		BudgetShare: float64(local.Budgets), CacheLifetime: time.Duration(local.Cache),
	}
	if local.Boast > 0 {
		weather.BudgetShown = func(_ emulator.RequestType, left int) int {
			return left + local.Boast
		}
	}
	if local.Drops > 0 {
		random := w.stream("drops", s.name)
		weather.Drops = func(emulator.Request) bool { return happens(random, local.Drops) }
	}
	if local.Overtakes > 0 {
		random := w.stream("overtakes", s.name)
		weather.Overtakes = func(emulator.Request) bool { return happens(random, local.Overtakes) }
	}
	return weather
}

// applyLocal brings every server's weather up to date.
func (w *world) applyLocal() {
	for _, s := range w.servers {
		if s != nil && !s.over {
			s.game.Options().Stores.SetWeather(w.localWeather(s))
		}
	}
}

// surroundings lets what goes wrong beside data stores begin and end.
func (w *world) surroundings() {
	local := w.plan.Local
	for _, at := range []Span{local.From, local.To} {
		if at > 0 {
			w.sim.Go(func() {
				w.until(time.Duration(at))
				w.applyLocal()
			})
		}
	}
	if memory := w.plan.Memory; memory.Every > 0 && memory.Loss > 0 {
		random := w.stream("memory")
		w.sim.Go(func() {
			for !w.healed && w.problem == nil {
				w.sleep(time.Duration(memory.Every))
				if !w.healed {
					w.memory.Scope(memorystore.Live).Evict(func(memorystore.Place) bool {
						return happens(random, memory.Loss)
					})
				}
			}
		})
	}
}

// busOptions is how messages fare.
func (p *Plan) busOptions(seed uint64) roblox.BusOptions {
	o := roblox.BusOptions{
		Drop: float64(p.Messages.Drop), Duplicate: float64(p.Messages.Twice), Seed: seed,
	}
	if p.Messages.Delay.text != "" {
		o.DelayAt = p.Messages.Delay.at
	}
	return o
}

// memoryOptions is how memory stores fare.
func (w *world) memoryOptions() memorystore.Options {
	if len(w.plan.Memory.Down) == 0 {
		return memorystore.Options{}
	}
	return memorystore.Options{Before: func(context.Context, memorystore.Call) error {
		for _, down := range w.plan.Memory.Down {
			if !w.healed && down.has(w.since()) {
				return memorystore.ErrInternal
			}
		}
		return nil
	}}
}
