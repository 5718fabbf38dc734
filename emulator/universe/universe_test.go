package universe_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/emulator/universe"
	"savestone/faults"
)

var start = time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)

// pacedClock is real time as a test has it: who sleeps on it wakes when the test has passed so much.
type pacedClock struct {
	mu       sync.Mutex
	now      time.Time
	sleepers map[chan struct{}]time.Time
}

func (c *pacedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *pacedClock) Sleep(ctx context.Context, d time.Duration) error {
	woken := make(chan struct{})
	c.mu.Lock()
	c.sleepers[woken] = c.now.Add(d)
	c.mu.Unlock()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pass lets time go on once n sleep.
func (c *pacedClock) pass(t *testing.T, d time.Duration, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.sleepers) == n
	}, 10*time.Second, time.Millisecond)
	c.move(d)
}

func (c *pacedClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	for woken, until := range c.sleepers {
		if !until.After(c.now) {
			close(woken)
			delete(c.sleepers, woken)
		}
	}
}

func newUniverses(t *testing.T, o universe.Options) (*universe.Universes, *pacedClock) {
	wall := &pacedClock{now: start, sleepers: map[chan struct{}]time.Time{}}
	o.Clock = wall
	if o.Path == "" {
		o.Path = emulator.InMemory
	}
	all := universe.New(o)
	t.Cleanup(func() { require.NoError(t, all.Close()) })
	return all, wall
}

var coins = emulator.StoreID{Name: "Coins", Scope: "global"}

func opened(t *testing.T, all *universe.Universes, id int64) *universe.Universe {
	t.Helper()
	u, err := all.Open(t.Context(), id)
	require.NoError(t, err)
	return u
}

func joined(t *testing.T, u *universe.Universe, id string) (*universe.Server, *gameserver.Store) {
	t.Helper()
	server, err := u.Join(id)
	require.NoError(t, err)
	store, err := server.Game().Store(coins)
	require.NoError(t, err)
	return server, store
}

func put(ctx context.Context, s emulator.Service) error {
	_, err := s.Do(ctx, emulator.Request{Op: emulator.OpPut, Store: coins, Key: "k", Value: []byte(`1`)})
	return err
}

// R81: a transform must not wait; one whose client is gone keeps nobody else waiting for ever.
func TestAnUpdateThatHearsNothingEnds(t *testing.T) {
	all, wall := newUniverses(t, universe.Options{Only: 1})
	u := opened(t, all, 1)
	server, store := joined(t, u, "job")
	name, current, err := server.BeginUpdate(t.Context(), store, "k")
	require.NoError(t, err)
	require.False(t, current.Found)
	next := make(chan error)
	go func() {
		_, _, err := server.BeginUpdate(t.Context(), store, "k")
		next <- err
	}()
	wall.pass(t, universe.UpdatePatience-time.Second, 2) // the alarm, and the turn that waits
	wall.pass(t, time.Second, 2)
	for done := false; !done; {
		select {
		case err := <-next:
			require.NoError(t, err)
			done = true
		default:
			wall.move(time.Second / 60)
		}
	}
	_, err = server.CommitUpdate(t.Context(), name, gameserver.Change{Value: []byte(`1`)})
	require.ErrorIs(t, err, universe.ErrNoUpdate)
	require.ErrorIs(t, server.CancelUpdate("odd"), universe.ErrNoUpdate)
}

func TestAServerThatLeavesEndsWhatWaits(t *testing.T) {
	all, _ := newUniverses(t, universe.Options{Only: 1})
	u := opened(t, all, 1)
	server, store := joined(t, u, "job")
	name, _, err := server.BeginUpdate(t.Context(), store, "k")
	require.NoError(t, err)
	require.NoError(t, u.Leave("job"))
	require.ErrorIs(t, server.CancelUpdate(name), universe.ErrNoUpdate)
	_, err = store.Get(t.Context(), "k", true)
	require.ErrorIs(t, err, emulator.ErrDataModelClosed)
	require.ErrorIs(t, u.Leave("job"), universe.ErrNoServer)
}

func TestATraceSeesWhatBecomesOfARequest(t *testing.T) {
	all, _ := newUniverses(t, universe.Options{Only: 1, Faults: faults.Plan{
		{ID: "mine", Kind: faults.LostReply, Chance: 1, Limit: 1},
	}})
	u := opened(t, all, 1)
	var trace universe.Trace
	ctx := universe.WithTrace(t.Context(), &trace)
	require.Error(t, put(ctx, u.Service))
	seen := trace.Seen()
	require.Equal(t, "mine", seen.Faults[0].Rule)
	require.Empty(t, seen.Version, "the caller was not told it")
	require.NoError(t, put(ctx, u.Service))
	seen = trace.Seen()
	require.Equal(t, []any{2, emulator.OpPut, coins, "k"}, []any{seen.Requests, seen.Op, seen.Store, seen.Key})
	require.Contains(t, seen.Version, ".0000000002.")
	require.NoError(t, put(t.Context(), u.Service), "nobody has to trace")
	list := u.Faults.List()
	require.True(t, list[0].Spent())
	require.Equal(t, start, list[0].LastHit)
}

func TestFaultsAreAddedTogetherOrNotAtAll(t *testing.T) {
	all, _ := newUniverses(t, universe.Options{Only: 1})
	f := opened(t, all, 1).Faults
	_, err := f.Add(faults.Plan{{Kind: faults.LostReply, Chance: 1}, {Kind: "odd"}})
	require.ErrorContains(t, err, `got the kind "odd"`)
	_, err = f.Add(faults.Plan{{ID: "a", Kind: faults.LostReply}, {ID: "a", Kind: faults.LostReply}})
	require.ErrorIs(t, err, universe.ErrRuleTaken)
	require.Empty(t, f.List())
	_, err = f.Add(faults.Plan{
		{Kind: faults.LostReply}, {ID: "lostReply#3", Kind: faults.LostReply}, {Kind: faults.LostReply},
	})
	require.NoError(t, err)
	var ids []string
	for _, rule := range f.List() {
		ids = append(ids, rule.Rule.ID)
	}
	require.Equal(t, []string{"lostReply#1", "lostReply#3", "lostReply#2"}, ids)
	require.ErrorIs(t, f.Remove("odd"), universe.ErrNoRule)
	_, err = f.Switch("odd", true)
	require.ErrorIs(t, err, universe.ErrNoRule)
	_, err = f.Add(make(faults.Plan, 1000))
	require.ErrorContains(t, err, "want at most 1000")
}

func TestUniversesAreMadeOnFirstUseAndFoundAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	all, _ := newUniverses(t, universe.Options{Path: path})
	_, err := all.Find(t.Context(), 7)
	require.ErrorIs(t, err, universe.ErrUnknown)
	_, err = all.Open(t.Context(), 0)
	require.ErrorIs(t, err, universe.ErrUnknown)
	require.NoError(t, put(t.Context(), opened(t, all, 7).Service))
	require.NoError(t, all.Close())
	_, err = all.Open(t.Context(), 7)
	require.ErrorIs(t, err, emulator.ErrClosed)

	all, _ = newUniverses(t, universe.Options{Path: path})
	require.Equal(t, []int64{7}, all.IDs())
	u, err := all.Find(t.Context(), 7)
	require.NoError(t, err)
	found, err := u.Emulator.Peek(coins, "k")
	require.NoError(t, err)
	require.True(t, found.Found)
}

func TestThereAreOnlySoManyUniverses(t *testing.T) {
	all, _ := newUniverses(t, universe.Options{})
	var err error
	n := int64(0)
	for err == nil {
		n++
		_, err = all.Open(t.Context(), n)
	}
	require.ErrorIs(t, err, universe.ErrMany)
	require.Equal(t, int64(65), n)
}

func TestUsersAreThoseOfTheServers(t *testing.T) {
	all, _ := newUniverses(t, universe.Options{Only: 1, CCU: 5})
	u := opened(t, all, 1)
	require.Equal(t, 5, u.Users())
	for i, id := range []string{"a", "b"} {
		server, _ := joined(t, u, id)
		require.NoError(t, server.Change(universe.Setup{Players: 4 + i}))
	}
	require.Equal(t, 9, u.Users())
	require.NoError(t, u.Leave("a"))
	require.Equal(t, 5, u.Users())
}

// Schedules count from when a rule was added, however long ago the clock's first day is.
func TestOutagesAndLateCommitsWorkInAUniverse(t *testing.T) {
	all, wall := newUniverses(t, universe.Options{})
	u := opened(t, all, 1)
	plan, err := faults.Parse([]byte(`[
		{"kind": "outage", "schedule": ["10s..20s"]},
		{"kind": "lateCommit", "delay": "5s", "limit": 1},
		{"kind": "lostReply", "after": "nothing"}
	]`))
	require.NoError(t, err)
	_, err = u.Faults.Add(plan)
	require.NoError(t, err)
	require.Error(t, put(t.Context(), u.Service))
	stored := func() bool {
		result, err := u.Emulator.Peek(coins, "k")
		require.NoError(t, err)
		return result.Found
	}
	require.False(t, stored())
	wall.pass(t, 5*time.Second, 1)
	require.Eventually(t, stored, 10*time.Second, time.Millisecond)
	require.NoError(t, put(t.Context(), u.Service))
	wall.pass(t, 5*time.Second, 0)
	answered := make(chan error)
	go func() { answered <- put(t.Context(), u.Service) }()
	wall.pass(t, 200*time.Millisecond, 1) // which is how long an outage takes to refuse
	require.Error(t, <-answered)
	wall.pass(t, 10*time.Second, 0)
	require.NoError(t, put(t.Context(), u.Service))
}
