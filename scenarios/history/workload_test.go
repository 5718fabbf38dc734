package history_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

var (
	coins = emulator.StoreID{Kind: emulator.Standard, Name: "Coins", Scope: "global"}
	ranks = emulator.StoreID{Kind: emulator.Ordered, Name: "Ranks", Scope: "global"}
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// tickingClock is a shared clock that moves on by a millisecond whenever somebody looks at it.
type tickingClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *tickingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *tickingClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// client does random requests to a few keys, one after the other.
type client struct {
	svc    emulator.Service
	name   string
	rng    *rand.Rand
	stores []emulator.StoreID
	keys   int
	count  int // of the values it made
	seen   map[string]string
}

func newClient(svc emulator.Service, number int, seed uint64) *client {
	return &client{
		svc: svc, name: fmt.Sprintf("server-%d", number), seen: map[string]string{},
		rng:    rand.New(rand.NewPCG(seed, uint64(number))),
		stores: []emulator.StoreID{coins, ranks}, keys: 4,
	}
}

// step does one request. Only errors of this program's own are errors.
func (c *client) step(ctx context.Context) error {
	store := c.stores[c.rng.IntN(len(c.stores))]
	n := c.rng.IntN(c.keys)
	req := emulator.Request{Server: c.name, Store: store, Key: fmt.Sprintf("player_%d", n)}
	switch dice := c.rng.IntN(100); {
	case dice < 40:
		req.Op = emulator.OpGet
	case dice < 55 || n == 0 && dice < 75: // key 0 holds integers only
		req.Op, req.Delta = emulator.OpIncrement, int64(1+c.rng.IntN(5))
	case dice < 90:
		req.Op, req.Value = emulator.OpPut, c.value(store, n)
		if version, known := c.seen[store.Name+req.Key]; known && c.rng.IntN(2) == 0 {
			req.IfVersion = &version
		} else if store.Kind == emulator.Standard {
			req.UserIDs = []int64{int64(n)}
			req.Metadata = json.RawMessage(fmt.Sprintf(`{"by":%q}`, c.name))
		}
	default:
		req.Op = emulator.OpRemove
	}
	result, err := c.svc.Do(ctx, req)
	var named *emulator.Error
	switch {
	case err == nil:
		c.seen[store.Name+req.Key] = result.Info.Version
	case !errors.As(err, &named):
		return err
	}
	return nil
}

// value is one that nobody wrote before.
func (c *client) value(store emulator.StoreID, n int) json.RawMessage {
	c.count++
	if n == 0 || store.Kind == emulator.Ordered {
		return json.RawMessage(strconv.Itoa(c.rng.IntN(1_000_000)))
	}
	return json.RawMessage(fmt.Sprintf(`{"by":%q,"n":%d}`, c.name, c.count))
}

// readAll reads every key once more, so that the history tells how it ended.
func (c *client) readAll(ctx context.Context) error {
	for _, store := range c.stores {
		for n := range c.keys {
			_, err := c.svc.Do(ctx, emulator.Request{
				Op: emulator.OpGet, Server: c.name, Store: store, Key: fmt.Sprintf("player_%d", n),
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// sequential returns the history of a client that is alone.
func sequential(t *testing.T, steps int, seed uint64) *history.History {
	t.Helper()
	clock := &tickingClock{now: start}
	options := emulator.Options{Clock: clock, Profile: unlimited(t)}
	recorder := history.NewRecorder(clock)
	svc := recorder.Clients(recorder.Truth(emulator.RunT(t, options)))
	drive(t, svc, steps, seed)
	return recorder.History()
}

func drive(t *testing.T, svc emulator.Service, steps int, seed uint64) {
	t.Helper()
	t.Logf("seed %d", seed)
	c := newClient(svc, 1, seed)
	for range steps {
		require.NoError(t, c.step(t.Context()))
	}
	require.NoError(t, c.readAll(t.Context()))
}

func unlimited(t *testing.T) *emulator.Profile {
	profile, err := emulator.ProfileNamed("unlimited")
	require.NoError(t, err)
	return profile
}

func invariants(found []history.Violation) []string {
	var names []string
	for _, v := range found {
		names = append(names, v.Invariant)
	}
	return names
}
