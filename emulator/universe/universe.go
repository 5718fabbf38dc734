package universe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"savestone/emulator"
	"savestone/emulator/memorystore"
	"savestone/faults"
)

// Universe is one experience. It is safe for concurrent use.
type Universe struct {
	ID           int64
	Path         string // of its database; emulator.InMemory if it has none
	Clock        *emulator.TravelClock
	Emulator     *emulator.Emulator // without faults, and nobody is told
	Service      emulator.Service   // what clients use: faults hit it, and a Trace sees it
	MemoryStores *memorystore.Universe
	Faults       *Faults // that hit Service

	options Options
	users   atomic.Int64 // players of all its servers

	ctx    context.Context // of what goes on beside requests
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu        sync.Mutex
	servers   map[string]*Server
	temporary string // folder of snapshots, "" if there is none
}

// open opens a universe over its database.
func open(ctx context.Context, id int64, path string, o Options) (*Universe, error) {
	u := &Universe{
		ID: id, Path: path, Clock: emulator.NewTravelClock(o.Clock), options: o,
		servers: map[string]*Server{},
	}
	if o.Travel != nil {
		if err := o.Travel(u.Clock); err != nil {
			return nil, fmt.Errorf("universe %d: %w", id, err)
		}
	}
	emu, err := emulator.Open(ctx, path, emulator.Options{
		Clock: u.Clock, Profile: o.Profile, CCU: u.Users, Durability: o.Durability,
	})
	if err != nil {
		return nil, fmt.Errorf("universe %d: %w", id, err)
	}
	u.Emulator = emu
	u.ctx, u.cancel = context.WithCancel(context.WithoutCancel(ctx))
	later := faults.Options{Go: func(late func(context.Context)) {
		u.work.Go(func() { late(u.ctx) })
	}}
	if u.Faults, err = newFaults(emu, u.Clock, o.Seed, o.Faults, later); err != nil {
		u.cancel()
		return nil, errors.Join(err, emu.Close())
	}
	u.Service = traced{u.Faults.injector}
	u.MemoryStores = memorystore.New(u.Clock, memorystore.Options{Users: o.CCU})
	return u, nil
}

// Users is how many users the experience has: those of its servers, and at least Options.CCU. Its
// budgets grow with them.
func (u *Universe) Users() int { return max(u.options.CCU, int(u.users.Load())) }

// Reset forgets everything that is stored, in memory stores too, and what game servers remember of
// it.
func (u *Universe) Reset(ctx context.Context) error {
	if err := u.Emulator.Reset(ctx); err != nil {
		return err
	}
	for _, id := range []memorystore.ScopeID{memorystore.Live, memorystore.Test} {
		u.MemoryStores.Scope(id).Flush()
	}
	u.Forget()
	return nil
}

// Snapshots returns the copies of what is stored. Those of a universe in memory end with it.
func (u *Universe) Snapshots() (Snapshots, error) {
	if u.Path != emulator.InMemory {
		return SnapshotsOf(u.Path), nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.temporary == "" {
		folder, err := os.MkdirTemp("", "savestone-*")
		if err != nil {
			return Snapshots{}, err
		}
		u.temporary = folder
	}
	return Snapshots{u.temporary}, nil
}

// Restore puts back everything that is stored as it was in a snapshot. Memory stores stay.
func (u *Universe) Restore(ctx context.Context, name string) error {
	snapshots, err := u.Snapshots()
	if err == nil {
		err = snapshots.Restore(ctx, u.Emulator, name)
	}
	if err == nil {
		u.Forget()
	}
	return err
}

// close ends the universe. Who still waits for its servers gets an error.
func (u *Universe) close() error {
	for _, server := range u.Servers() {
		server.close()
	}
	u.cancel()
	u.work.Wait()
	err := u.Emulator.Close()
	if u.temporary != "" {
		err = errors.Join(err, os.RemoveAll(u.temporary))
	}
	return err
}
