package universe

import (
	"context"
	"slices"
	"sync"

	"savestone/emulator"
	"savestone/faults"
)

// Trace tells what became of one client's request on its way through a universe: which data store
// request it turned into, and what hit it.
type Trace struct {
	mu   sync.Mutex
	seen Seen
}

// Seen is what a Trace holds.
type Seen struct {
	Requests int // that reached the data stores; the last one is the one that is told of
	Op       emulator.Op
	Store    emulator.StoreID
	Key      string
	Version  string // that was read or written
	Faults   []faults.Event
}

// Seen returns what was seen so far.
func (t *Trace) Seen() Seen {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen := t.seen
	seen.Faults = slices.Clone(seen.Faults)
	return seen
}

func (t *Trace) hit(e faults.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen.Faults = append(t.seen.Faults, e)
}

type traceKey struct{}

// WithTrace has t see what is done with the context.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return faults.Observe(context.WithValue(ctx, traceKey{}, t), t.hit)
}

// traceOf returns the context's Trace, nil if it has none.
func traceOf(ctx context.Context) *Trace {
	t, _ := ctx.Value(traceKey{}).(*Trace)
	return t
}

// traced tells the Trace of a request's context.
type traced struct{ next emulator.Service }

// Do implements emulator.Service.
func (s traced) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	result, err := s.next.Do(ctx, req)
	if t := traceOf(ctx); t != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.seen.Requests++
		t.seen.Op, t.seen.Store, t.seen.Key = req.Op, req.Store, req.Key
		if err == nil && req.Store.Kind == emulator.Standard {
			t.seen.Version = result.Info.Version
		}
	}
	return result, err
}
