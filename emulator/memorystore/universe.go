package memorystore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"savestone/emulator"
)

// Options adjust a Universe; the zero value is Roblox's default.
type Options struct {
	Limits *Limits // nil means DefaultLimits
	Users  int     // who play at the start; see SetUsers
	Texts  Texts   // which texts scripts get

	// Partitions is how many parts each hash map has: a page of items ends with its part, and may
	// be empty while more follow (R204). 0 means 1; what Roblox has is unknown.
	Partitions int

	// Before is called with each request, before it looks at the data: to make it wait, or fail.
	Before func(ctx context.Context, call Call) error

	_ struct{}
}

// Call tells which request is about to happen. An Update is a Get and a Set.
type Call struct {
	Scope ScopeID
	Kind  Kind
	Name  string // of the structure
	Op    string // of the structure's methods the name, such as "Get"
}

// ScopeID names one of the two worlds of a universe.
type ScopeID uint8

// The scopes: Studio's data is apart from that of the live servers (R197).
const (
	Live ScopeID = iota
	Test
)

// String returns the scope's name, as Open Cloud spells it.
func (id ScopeID) String() string { return [...]string{"LIVE", "TEST"}[id] }

// Universe is the memory of one experience. It is safe for concurrent use.
type Universe struct {
	clock      emulator.Clock
	limits     Limits
	partitions uint64
	texts      Texts

	mu     sync.Mutex // guards what follows; never held while waiting
	before func(ctx context.Context, call Call) error
	users  users
	scopes [2]*Scope
}

// New returns a Universe that holds nothing.
func New(clock emulator.Clock, o Options) *Universe {
	u := &Universe{
		clock: clock, before: o.Before, limits: DefaultLimits(),
		partitions: uint64(max(1, o.Partitions)), texts: o.Texts, users: users{now: o.Users},
	}
	if o.Limits != nil {
		u.limits = *o.Limits
	}
	for id := range u.scopes {
		u.scopes[id] = &Scope{universe: u, id: ScopeID(id)}
		u.scopes[id].clear()
	}
	return u
}

// Texts tells which texts scripts get.
func (u *Universe) Texts() Texts { return u.texts }

// SetUsers tells how many users play in all servers together; limits follow it (R201, R202).
func (u *Universe) SetUsers(count int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.users.set(count, u.clock.Now())
}

// Scope returns one of the universe's two scopes.
func (u *Universe) Scope(id ScopeID) *Scope { return u.scopes[id] }

// Scope holds the structures of a universe's live servers or of its Studio sessions. Each has the
// universe's limits for itself, assumed.
type Scope struct {
	universe *Universe
	id       ScopeID

	structures map[structureID]*structure // that hold something
	expiring   sorted[*entry]             // of all structures, the next first
	bytes      int64                      // of all structures
	version    uint64                     // of the last write
	meter      meter
}

// Flush drops everything that the scope holds.
func (s *Scope) Flush() {
	s.universe.mu.Lock()
	defer s.universe.mu.Unlock()
	s.clear()
}

func (s *Scope) clear() {
	s.structures, s.bytes = map[structureID]*structure{}, 0
	s.expiring = sorted[*entry]{compare: compareExpiring}
}

// HashMap returns the hash map of a name. Names are checked when they are used, assumed.
func (s *Scope) HashMap(name string) *HashMap {
	return &HashMap{table{scope: s, id: structureID{hashMap, name}}}
}

// SortedMap returns the sorted map of a name.
func (s *Scope) SortedMap(name string) *SortedMap {
	return &SortedMap{table{scope: s, id: structureID{sortedMap, name}}}
}

// Queue returns the queue of a name.
func (s *Scope) Queue(name string) *Queue {
	return &Queue{scope: s, id: structureID{queue, name}}
}

// do lets a request take its turn, and then runs it on the data, without what has expired. A turn
// is taken even when the data needs no time, because scripts rely on the call to yield.
func (s *Scope) do(
	ctx context.Context, id structureID, op string, run func(now time.Time) error,
) error {
	u := s.universe
	if err := u.clock.Sleep(ctx, 0); err != nil {
		return fmt.Errorf("%s of %s %q: %w", op, id.kind, id.name, err)
	}
	u.mu.Lock()
	before := u.before
	u.mu.Unlock()
	if before != nil {
		call := Call{Scope: s.id, Kind: id.kind, Name: id.name, Op: op}
		if err := before(ctx, call); err != nil {
			return err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.clock.Now()
	s.expire(now)
	return run(now)
}
