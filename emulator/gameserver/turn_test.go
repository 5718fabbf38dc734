package gameserver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

// slow is a backend that needs a second for each request.
type slow struct {
	clock emulator.Clock
	next  emulator.Service
}

func (s *slow) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if err := s.clock.Sleep(ctx, time.Second); err != nil {
		return emulator.Result{}, err
	}
	return s.next.Do(ctx, req)
}

// crowd is tasks in virtual time that all update through one store on a slow backend.
type crowd struct {
	t     *testing.T
	sim   *sched.Sim
	store *gameserver.Store
	log   []string // when which update was done, and with what
}

func newCrowd(t *testing.T) *crowd {
	sim := sched.New(start)
	t.Cleanup(sim.Close)
	emu := emulator.RunT(t, emulator.Options{Clock: sim})
	server := gameserver.New(&slow{sim, emu}, sim, gameserver.Options{})
	return &crowd{t: t, sim: sim, store: openStore(t, server, coins)}
}

// update starts a task that adds one to key.
func (c *crowd) update(ctx context.Context, who, key string) *sched.Task {
	return c.sim.Go(func() {
		result, err := c.store.Update(ctx, key, addOne)
		said := shown(result)
		if err != nil {
			said = err.Error()
		}
		at := c.sim.Now().Sub(start)
		c.log = append(c.log, fmt.Sprintf("%s %s: %s=%s", at, who, key, said))
	})
}

// R87: a later call on the same key waits, once a frame, until the earlier one is done, and does
// not conflict with it; a call on another key does not wait.
func TestUpdatesOfOneKeyTakeTurnsInCallOrder(t *testing.T) {
	c := newCrowd(t)
	c.update(t.Context(), "first", "k")
	c.update(t.Context(), "second", "k")
	c.update(t.Context(), "third", "k")
	c.update(t.Context(), "stranger", "other")
	c.sim.Run()
	require.Equal(t, []string{
		"2s first: k=1",
		"2s stranger: other=1",
		"4.016666586s second: k=2",
		"6.033333172s third: k=3",
	}, c.log)
}

// A task that is killed gives its turn up, whether it has it or waits for it.
func TestKilledUpdatesGiveUpTheirTurn(t *testing.T) {
	c := newCrowd(t)
	serving := c.update(t.Context(), "serving", "k")
	waiting := c.update(t.Context(), "waiting", "k")
	c.update(t.Context(), "last", "k")
	c.sim.RunUntil(start.Add(500 * time.Millisecond))
	waiting.Kill()
	serving.Kill()
	c.sim.Run()
	require.Equal(t, []string{"2.516666646s last: k=1"}, c.log)
}

func TestWaitingUpdateEndsWithItsContext(t *testing.T) {
	c := newCrowd(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.update(t.Context(), "first", "k")
	c.update(ctx, "second", "k")
	c.update(t.Context(), "third", "k")
	c.sim.RunUntil(start.Add(time.Second))
	cancel()
	c.sim.Run()
	require.Equal(t, []string{
		`1.016666626s second: k=wait for earlier updates of "k": context canceled`,
		"2s first: k=1",
		"4.016666586s third: k=2",
	}, c.log)
}
