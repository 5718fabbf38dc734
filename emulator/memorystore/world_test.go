package memorystore_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/memorystore"
	"savestone/luabridge/sched"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// handClock is a clock that the test moves, and that waiting moves.
type handClock struct{ now time.Time }

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

// world is a universe without limits, unless the test wants some.
type world struct {
	*memorystore.Scope
	t        *testing.T
	ctx      context.Context
	universe *memorystore.Universe
	clock    *handClock
}

func newWorld(t *testing.T, o memorystore.Options) *world {
	clock := &handClock{now: start}
	if o.Limits == nil {
		o.Limits = &memorystore.Limits{}
	}
	universe := memorystore.New(clock, o)
	return &world{
		Scope: universe.Scope(memorystore.Live), t: t, ctx: t.Context(),
		universe: universe, clock: clock,
	}
}

func (w *world) pass(d time.Duration) { w.clock.now = w.clock.now.Add(d) }

func text(s string) json.RawMessage { return json.RawMessage(s) }

// write is a Write of a value that lives for an hour.
func write(value string, sortKey ...memorystore.SortKey) memorystore.Write {
	w := memorystore.Write{Value: text(value), Expiration: time.Hour}
	if len(sortKey) > 0 {
		w.SortKey = sortKey[0]
	}
	return w
}

// set writes into a hash map called m.
func (w *world) set(key, value string) error {
	_, _, err := w.HashMap("m").Set(w.ctx, key, write(value))
	return err
}

// get reads from the hash map called m; "" stands for nothing.
func (w *world) get(key string) string {
	item, found, err := w.HashMap("m").Get(w.ctx, key)
	require.NoError(w.t, err)
	require.Equal(w.t, found, item.Value != nil)
	return string(item.Value)
}

// keys joins the keys of items.
func keys(items []memorystore.Item) string {
	names := make([]string, len(items))
	for i, item := range items {
		names[i] = item.Key
	}
	return strings.Join(names, " ")
}

// values joins the values of a reading.
func values(r memorystore.Reading) string {
	all := make([]string, len(r.Items))
	for i, item := range r.Items {
		all[i] = string(item.Value)
	}
	return strings.Join(all, " ")
}

// inTasks runs functions as tasks of virtual time, until nothing is due any more.
func inTasks(sim *sched.Sim, tasks ...func()) {
	for _, task := range tasks {
		sim.Go(task)
	}
	sim.Run()
}
