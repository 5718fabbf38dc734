package gameserver

import (
	"fmt"
	"math"
	"time"

	"savestone/emulator"
)

// unlimitedBudget is what every budget reads when nothing is limited (assumed).
const unlimitedBudget = math.MaxInt32

// kin tells which request type answers for one that has no budget of its own: in newer profiles
// what became of the older types, and the other way round (R170; for GetVersionAsync and all that
// older profiles are asked assumed).
var kin = [emulator.RequestTypeCount]emulator.RequestType{
	emulator.GetAsync:                emulator.StandardRead,
	emulator.SetIncrementAsync:       emulator.StandardWrite,
	emulator.GetSortedAsync:          emulator.OrderedList,
	emulator.SetIncrementSortedAsync: emulator.OrderedWrite,
	emulator.ListAsync:               emulator.StandardList,
	emulator.GetVersionAsync:         emulator.StandardRead,

	emulator.StandardRead:   emulator.GetAsync,
	emulator.StandardWrite:  emulator.SetIncrementAsync,
	emulator.StandardList:   emulator.ListAsync,
	emulator.StandardRemove: emulator.SetIncrementAsync,
	emulator.OrderedRead:    emulator.GetAsync,
	emulator.OrderedWrite:   emulator.SetIncrementSortedAsync,
	emulator.OrderedList:    emulator.GetSortedAsync,
	emulator.OrderedRemove:  emulator.SetIncrementSortedAsync,
}

// makeBudgets gives a new server its start-up burst (R168). Types without a budget stay nil.
func (s *Server) makeBudgets() {
	now := s.clock.Now()
	for t, bucket := range s.profile.Server {
		if bucket == (emulator.Bucket{}) {
			continue
		}
		b := &budget{capMinutes: int64(bucket.CapFactor), at: now}
		s.setRate(b, bucket.Rate, now)
		b.units = int64(bucket.Burst) * oneRequest
		s.budgets[t] = b
	}
}

// budgetFor returns what stands for t in this server's profile. s.mu is held.
func (s *Server) budgetFor(t emulator.RequestType) *budget {
	if b := s.budgets[t]; b != nil {
		return b
	}
	return s.budgets[kin[t]]
}

// Budget returns how many requests of type t the server may send at once
// (GetRequestBudgetForRequestType, R169).
func (s *Server) Budget(t emulator.RequestType) int {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.weather.shown(t, s.budgetLeft(t, now))
}

func (s *Server) budgetLeft(t emulator.RequestType, now time.Time) int {
	switch {
	case s.profile.Unlimited:
		return unlimitedBudget
	case t == emulator.UpdateAsync:
		read := s.budgetFor(emulator.GetAsync).whole(now)
		return int(min(read, s.budgetFor(emulator.SetIncrementAsync).whole(now)))
	}
	return int(s.budgetFor(t).whole(now))
}

// SetRateLimit makes requests of type t accrue at base + perPlayer * players a minute from now on
// (SetRateLimitForRequestType, R23). The texts of its errors are assumed.
//
// A type that stands for another (R170) sets the other's rate, assumed; but GetVersionAsync does
// not, because its small numbers would throttle all reads.
func (s *Server) SetRateLimit(t emulator.RequestType, base, perPlayer int) error {
	limit, ok := t.RateLimitMax()
	switch {
	case !ok:
		return rateLimitError("The rate limit of %s cannot be configured", t)
	case base < 0 || base > limit.Base:
		return rateLimitError("baseLimit of %s must be between 0 and %d", t, limit.Base)
	case perPlayer < 0 || perPlayer > limit.PerPlayer:
		return rateLimitError("perPlayerLimit of %s must be between 0 and %d", t, limit.PerPlayer)
	}
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.profile.Unlimited || t == emulator.GetVersionAsync && s.budgets[t] == nil {
		return nil
	}
	s.setRate(s.budgetFor(t), emulator.Rate{Base: base, PerPlayer: perPlayer}, now)
	return nil
}

func rateLimitError(format string, args ...any) error {
	return &emulator.Error{Name: "InvalidRateLimit", Message: fmt.Sprintf(format, args...)}
}

// SetPlayers tells how many players are on the server: budgets accrue at that rate from now on
// (R168).
func (s *Server) SetPlayers(n int) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.players = n
	for _, b := range s.budgets {
		if b != nil {
			s.setRate(b, b.rate, now)
		}
	}
}

// BeginShutdown raises all budgets, as when the functions given to BindToClose start (R171).
func (s *Server) BeginShutdown() {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.budgets {
		if b != nil {
			b.raise(now)
		}
	}
}
