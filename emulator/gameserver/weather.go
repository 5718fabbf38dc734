package gameserver

import (
	"time"

	"savestone/emulator"
)

// Weather is what goes wrong on the game server itself, before anything is sent. The zero value is
// a server on which nothing does. Its functions are called while the server is locked: they must
// not call it, and must not wait.
type Weather struct {
	// BudgetShare has budgets accrue at this share of their rate, and hold at most that; 0 stands
	// for all of it.
	BudgetShare float64
	// BudgetShown is what Budget tells in place of the truth; nil tells it.
	BudgetShown func(t emulator.RequestType, left int) int
	// Drops says whether a call that would wait in its queue is dropped, as if that were full.
	Drops func(req emulator.Request) bool
	// Overtakes says whether a call goes before all those that wait in its queue.
	Overtakes func(req emulator.Request) bool
	// CacheLifetime is how long a reading is trusted in place of emulator.CacheLifetime; 0 is that.
	CacheLifetime time.Duration

	_ struct{}
}

// SetWeather changes what goes wrong from now on. What a budget holds beyond its new cap is lost;
// what is cached keeps the lifetime that it was given.
func (s *Server) SetWeather(w Weather) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.weather = w
	for _, b := range s.budgets {
		if b != nil {
			s.setRate(b, b.rate, now)
		}
	}
}

// Dropped returns how many calls were dropped because their queue was full (R174), or the weather
// would have it so.
func (s *Server) Dropped() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// setRate has a budget accrue at a rate, as far as the weather lets it. s.mu is held.
func (s *Server) setRate(b *budget, r emulator.Rate, now time.Time) {
	share := s.weather.BudgetShare
	if share == 0 {
		share = 1
	}
	b.setRate(r, s.players, share, now)
}

// shown is what Budget tells.
func (w *Weather) shown(t emulator.RequestType, left int) int {
	if w.BudgetShown == nil {
		return left
	}
	return w.BudgetShown(t, left)
}

// trust is how long a reading is trusted.
func (w *Weather) trust() time.Duration {
	if w.CacheLifetime == 0 {
		return emulator.CacheLifetime
	}
	return w.CacheLifetime
}
