package faults

import (
	"context"
	"fmt"
	"time"

	"savestone/emulator"
)

// Event tells that a fault has hit a request.
type Event struct {
	At    time.Duration // since the injector was made
	Rule  string        // the rule's ID
	Kind  Kind
	Class Class

	Server string
	Op     emulator.Op
	Store  emulator.StoreID
	Key    string
	Seq    uint64 // counts this server's requests for this op and key, from 0

	Delay time.Duration // Latency only
}

// String is the event on one line that is the same in every run of the same seed, fit for hashing.
func (e Event) String() string {
	return fmt.Sprintf("%v %s %s %s op=%d %d/%q/%q/%q by %q #%d delay=%v",
		e.At, e.Rule, e.Kind, e.Class, e.Op,
		e.Store.Kind, e.Store.Name, e.Store.Scope, e.Key, e.Server, e.Seq, e.Delay)
}

type observerKey struct{}

// Observe has f told of each fault that hits a request with the context, before the fault takes
// effect: whoever sends a request can tell by it why the answer is what it is.
func Observe(ctx context.Context, f func(Event)) context.Context {
	return context.WithValue(ctx, observerKey{}, f)
}

// observer returns the context's observer, nil if it has none.
func observer(ctx context.Context) func(Event) {
	f, _ := ctx.Value(observerKey{}).(func(Event))
	return f
}
