package gameserver

import (
	"context"
	"fmt"
	"sync"

	"savestone/emulator"
)

// Options adjust a Server; the zero value is Roblox's default.
type Options struct {
	// JobID names the server in its requests (game.JobId, R225).
	JobID string
	// Profile has the limits; nil is emulator.DefaultProfile.
	Profile *emulator.Profile
	// Players is how many there are at first; see SetPlayers.
	Players int
	// Access is what the server may reach.
	Access Access
	// Weather is what goes wrong here; see SetWeather.
	Weather Weather
	// OnWarning, if set, gets what Roblox prints to the console; it must not wait.
	OnWarning func(text string)

	_ struct{}
}

// Server is one game server: its stores, each with a cache, and its limits, in front of the shared
// backend.
type Server struct {
	svc     emulator.Service
	clock   emulator.Clock
	jobID   string
	profile *emulator.Profile
	access  Access
	warn    func(text string)

	// mu guards what follows and all that hangs on it. It is never held while waiting.
	mu         sync.Mutex
	stores     map[emulator.StoreID]*Store // an AllScopes store has no scope
	players    int
	budgets    [emulator.RequestTypeCount]*budget
	queues     [2][2]queue // by kind of store, gets and sets
	turns      turns
	watches    map[entryID][]*Watch
	lastTicket uint64 // of calls and turns
	passed     uint64 // calls that overtook; see call.place
	dropped    int    // calls for which a queue had no room
	closed     bool
	weather    Weather
}

// New returns a game server that sends its requests to svc.
func New(svc emulator.Service, clock emulator.Clock, o Options) *Server {
	s := &Server{
		svc:     svc,
		clock:   clock,
		jobID:   o.JobID,
		profile: o.Profile,
		access:  o.Access,
		warn:    o.OnWarning,
		stores:  map[emulator.StoreID]*Store{},
		players: o.Players,
		turns:   turns{},
		watches: map[entryID][]*Watch{},
		weather: o.Weather,
	}
	if s.profile == nil {
		s.profile = emulator.DefaultProfile()
	}
	if s.warn == nil {
		s.warn = func(string) {}
	}
	s.makeBudgets()
	return s
}

// Store returns the store called id: the same object for the same id (R13). Nothing is sent and
// nothing comes to be (R4, R14).
func (s *Server) Store(id emulator.StoreID) (*Store, error) {
	if err := id.Check(); err != nil {
		return nil, err
	}
	return s.store(id)
}

// AllScopes returns the standard store called name with all its scopes: the keys that its methods
// take are scope/key (R31), and its ID has no scope. It is an object of its own, whose cache no
// other one shares (R142).
func (s *Server) AllScopes(name string) (*Store, error) {
	if err := (emulator.StoreID{Name: name, Scope: "global"}).Check(); err != nil {
		return nil, err
	}
	return s.store(emulator.StoreID{Name: name})
}

func (s *Server) store(id emulator.StoreID) (*Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.access == Unpublished {
		return nil, ErrUnpublished
	}
	store, ok := s.stores[id]
	if !ok {
		store = &Store{server: s, id: id}
		s.stores[id] = store
	}
	return store, nil
}

// Close ends the server's access to data stores: calls get 401 from now on, and those that wait to
// be sent get 402 (R228).
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// do sends req to the backend: the one place that every request passes, after it was charged.
//
// A request always takes a turn of the clock, even when the backend needs no time, because scripts
// rely on the call to yield (R12, R195).
func (s *Server) do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	req.Server = s.jobID
	if err := s.clock.Sleep(ctx, 0); err != nil {
		return emulator.Result{}, fmt.Errorf("send %s %q: %w", req.Op, req.Key, err)
	}
	if err := s.sendable(); err != nil {
		return emulator.Result{}, err
	}
	return s.svc.Do(ctx, req)
}
