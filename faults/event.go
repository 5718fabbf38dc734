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

	Delay time.Duration // how long the fault makes the request take, where it tells beforehand

	draw       uint8 // which of the rule's decisions about the request
	size, part uint32
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

// outcome is what a fault makes of a request.
type outcome struct {
	class Class // the kind's own if empty
	draw  uint8
	dice  roll
	delay time.Duration
}

// report tells that the rule hits the request.
func (c *call) report(rule *compiled, o outcome) {
	in := c.injector
	if o.class == "" {
		o.class = rule.class
	}
	event := Event{
		At: in.Elapsed(), Rule: rule.ID, Kind: rule.Kind, Class: o.class,
		Server: c.req.Server, Op: c.req.Op, Store: c.req.Store, Key: c.req.Key, Seq: c.seq,
		Delay: o.delay, draw: o.draw, size: o.dice.size, part: o.dice.part,
	}
	if c.observe != nil {
		c.observe(event)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	rule.hits++
	rule.last = event.At
	in.keep(event)
	if in.OnFault != nil {
		in.OnFault(event)
	}
}
