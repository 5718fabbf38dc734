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

	_ struct{}
}

// Server is one game server: its stores, each with a cache, in front of the shared backend.
type Server struct {
	svc   emulator.Service
	clock emulator.Clock
	jobID string

	mu     sync.Mutex // guards stores, and every cache and turn in them; never held while waiting
	stores map[handle]*Store
}

// handle is what makes a store an object of its own.
type handle struct {
	id        emulator.StoreID
	allScopes bool
}

// New returns a game server that sends its requests to svc.
func New(svc emulator.Service, clock emulator.Clock, o Options) *Server {
	return &Server{
		svc:    svc,
		clock:  clock,
		jobID:  o.JobID,
		stores: map[handle]*Store{},
	}
}

// Store returns the store called id: the same object for the same id (R13). Nothing is sent and
// nothing comes to be (R4, R14).
func (s *Server) Store(id emulator.StoreID) (*Store, error) {
	return s.store(handle{id: id})
}

// AllScopesStore is Store for the scope that a key of an AllScopes store begins with: that object
// does not share the cache of the one that has the scope alone (R142).
func (s *Server) AllScopesStore(id emulator.StoreID) (*Store, error) {
	return s.store(handle{id: id, allScopes: true})
}

func (s *Server) store(h handle) (*Store, error) {
	if err := h.id.Check(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	store, ok := s.stores[h]
	if !ok {
		store = newStore(s, h.id)
		s.stores[h] = store
	}
	return store, nil
}

// do sends req to the backend: the one place that every request passes, after its arguments were
// checked and the cache could not help. Limits of a server's own request rate belong here.
//
// A request always takes a turn of the clock, even when the backend needs no time, because scripts
// rely on the call to yield (R12, R195).
func (s *Server) do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	req.Server = s.jobID
	if err := s.clock.Sleep(ctx, 0); err != nil {
		return emulator.Result{}, fmt.Errorf("send %s %q: %w", req.Op, req.Key, err)
	}
	return s.svc.Do(ctx, req)
}
