package gameserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

var coins = emulator.StoreID{Name: "Coins", Scope: "global"}

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// handClock stands still until somebody sleeps on it or the test moves it. While sleeper is set, it
// runs before the sleep is over: what the rest of the world does meanwhile.
type handClock struct {
	now     time.Time
	sleeper func()
}

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	if meanwhile := c.sleeper; meanwhile != nil {
		c.sleeper = nil
		meanwhile()
	}
	return ctx.Err()
}

// line is the connection between game servers and the emulator: it notes what passes, and a test
// can cut it.
type line struct {
	next   emulator.Service
	passed []string
	// fault sees each request, and an error from it is what the caller gets; after tells that the
	// request is done all the same.
	fault func(req emulator.Request) (after bool, err error)
}

func (l *line) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	l.passed = append(l.passed, fmt.Sprintf("%s %s %s", req.Server, req.Op, req.Key))
	if l.fault == nil {
		return l.next.Do(ctx, req)
	}
	after, err := l.fault(req)
	if err != nil && !after {
		return emulator.Result{}, err
	}
	result, doErr := l.next.Do(ctx, req)
	if err != nil {
		return emulator.Result{}, errors.Join(err, doErr)
	}
	return result, doErr
}

// world is two game servers on one emulator.
type world struct {
	clock  *handClock
	emu    *emulator.Emulator
	line   *line
	server *gameserver.Server
	store  *gameserver.Store // of server
	other  *gameserver.Store // the same store on another server
}

func newWorld(t *testing.T, id emulator.StoreID) *world {
	clock := &handClock{now: start}
	emu := emulator.RunT(t, emulator.Options{Clock: clock})
	w := &world{clock: clock, emu: emu, line: &line{next: emu}}
	unlimited := profile(t, "unlimited")
	w.server = gameserver.New(w.line, clock,
		gameserver.Options{JobID: "one", Profile: unlimited})
	w.store = openStore(t, w.server, id)
	w.other = openStore(t, gameserver.New(emu, clock,
		gameserver.Options{JobID: "two", Profile: unlimited}), id)
	return w
}

func profile(t *testing.T, name string) *emulator.Profile {
	t.Helper()
	p, err := emulator.ProfileNamed(name)
	require.NoError(t, err)
	return p
}

func openStore(t *testing.T, server *gameserver.Server, id emulator.StoreID) *gameserver.Store {
	t.Helper()
	store, err := server.Store(id)
	require.NoError(t, err)
	return store
}

// get is what a script sees of key: the value's JSON, "nil" when there is none.
func get(t *testing.T, store *gameserver.Store, useCache bool) string {
	t.Helper()
	result, err := store.Get(t.Context(), "k", useCache)
	require.NoError(t, err)
	return shown(result)
}

func shown(result emulator.Result) string {
	if !result.Found {
		return "nil"
	}
	return string(result.Value)
}

func set(t *testing.T, store *gameserver.Store, value string) {
	t.Helper()
	_, err := store.Set(t.Context(), "k", json.RawMessage(value), nil, nil)
	require.NoError(t, err)
}

// change makes a Transform that always answers with value.
func change(value string) gameserver.Transform {
	return func(emulator.Result) (gameserver.Change, error) {
		return gameserver.Change{Value: json.RawMessage(value)}, nil
	}
}

// R13
func TestSameIDGivesTheSameStore(t *testing.T) {
	w := newWorld(t, coins)
	require.Same(t, w.store, openStore(t, w.server, coins))
	require.NotSame(t, w.store, openStore(t, w.server, emulator.StoreID{Name: "Coins", Scope: "x"}))
	require.Equal(t, coins, w.store.ID())
	_, err := w.server.Store(emulator.StoreID{Scope: "global"})
	require.ErrorIs(t, err, emulator.ErrStoreNameEmpty)
}

// R26: a bad argument costs no time and no request.
func TestBadArgumentsNeverLeaveTheServer(t *testing.T) {
	w := newWorld(t, coins)
	w.clock.sleeper = func() { t.Error("the call waited") }
	bad := json.RawMessage("\"\xff\"")
	_, err := w.store.Get(t.Context(), "", true)
	require.ErrorIs(t, err, emulator.ErrKeyEmpty)
	_, err = w.store.Set(t.Context(), "k", bad, nil, nil)
	require.ErrorIs(t, err, emulator.CannotStore("string"))
	_, err = w.store.Increment(t.Context(), "k", 1, []int64{1, 2, 3, 4, 5}, nil)
	require.ErrorIs(t, err, emulator.ErrUserIDsMany)
	_, err = w.store.Remove(t.Context(), "")
	require.ErrorIs(t, err, emulator.ErrKeyEmpty)
	_, err = w.store.Update(t.Context(), "", change(`1`))
	require.ErrorIs(t, err, emulator.ErrKeyEmpty)
	require.Empty(t, w.line.passed)
}

func TestRequestsNameTheirServerAndTakeATurnOfTheClock(t *testing.T) {
	w := newWorld(t, coins)
	turns := 0
	w.clock.sleeper = func() { turns++ }
	set(t, w.store, `1`)
	require.Equal(t, 1, turns)
	require.Equal(t, start, w.clock.now)
	require.Equal(t, []string{"one put k"}, w.line.passed)
}

func TestDoneContextSendsNothing(t *testing.T) {
	w := newWorld(t, coins)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.store.Set(ctx, "k", json.RawMessage(`1`), nil, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, w.line.passed)
}

func TestWritesAnswerWithTheEntry(t *testing.T) {
	w := newWorld(t, coins)
	info, err := w.store.Set(t.Context(), "k", json.RawMessage(`4`), []int64{7},
		json.RawMessage(`{"a":1}`))
	require.NoError(t, err)
	stored, err := w.emu.Peek(coins, "k")
	require.NoError(t, err)
	require.Equal(t, stored.Info, info)
	require.Equal(t, []int64{7}, info.UserIDs)

	sum, err := w.store.Increment(t.Context(), "k", 3, []int64{8}, nil)
	require.NoError(t, err)
	require.Equal(t, `7`, shown(sum))
	require.Equal(t, []int64{8}, sum.Info.UserIDs)

	removed, err := w.store.Remove(t.Context(), "k")
	require.NoError(t, err)
	require.Equal(t, sum, removed)
	require.Equal(t, "nil", get(t, w.store, false))
}

// idleClock lets other goroutines go on instead of waiting; any number of them may use it.
type idleClock struct{}

func (idleClock) Now() time.Time { return start }

func (idleClock) Sleep(ctx context.Context, _ time.Duration) error {
	runtime.Gosched()
	return ctx.Err()
}

// Servers are also used by plain goroutines; the counts add up as on one line.
func TestGoroutinesMayShareAServer(t *testing.T) {
	const clients, steps = 8, 10
	emu := emulator.RunT(t)
	server := gameserver.New(emu, idleClock{},
		gameserver.Options{Profile: profile(t, "unlimited")})
	var group sync.WaitGroup
	errs := make(chan error, clients)
	for range clients {
		group.Go(func() {
			store, err := server.Store(coins)
			for range steps {
				if err == nil {
					_, err = store.Update(t.Context(), "k", addOne)
				}
				if err == nil {
					_, err = store.Get(t.Context(), "k", true)
				}
			}
			errs <- err
		})
	}
	group.Wait()
	for range clients {
		require.NoError(t, <-errs)
	}
	result, err := emu.Peek(coins, "k")
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(clients*steps), shown(result))
}

// sharedClock is for many goroutines: time passes as they sleep.
type sharedClock struct{ elapsed atomic.Int64 }

func (c *sharedClock) Now() time.Time { return start.Add(time.Duration(c.elapsed.Load())) }

func (c *sharedClock) Sleep(ctx context.Context, d time.Duration) error {
	c.elapsed.Add(int64(d))
	runtime.Gosched()
	return ctx.Err()
}

// Goroutines that exceed the limits wait or are dropped, and together spend no more than there is.
func TestGoroutinesShareBudgetsAndQueues(t *testing.T) {
	const clients, steps = 48, 20
	clock := &sharedClock{}
	var sent [emulator.OpGetMany + 1]atomic.Int64
	backend := scripted(func(req emulator.Request) (emulator.Result, error) {
		if n := sent[req.Op].Add(1); n%50 == 0 {
			return emulator.Result{}, emulator.ErrKeyThrottled
		}
		return emulator.Result{}, nil
	})
	var warnings, dropped atomic.Int64
	server := gameserver.New(backend, clock, gameserver.Options{
		OnWarning: func(string) { warnings.Add(1) },
	})
	var group sync.WaitGroup
	for client := range clients {
		group.Go(func() {
			store, err := server.Store(coins)
			for step := range steps {
				key := strconv.Itoa((client + step) % 7)
				if err == nil && client%2 == 0 {
					_, err = store.Get(t.Context(), key, false)
				} else if err == nil {
					_, err = store.Set(t.Context(), key, json.RawMessage(`1`), nil, nil)
				}
				if errors.Is(err, emulator.ErrGetThrottled) ||
					errors.Is(err, emulator.ErrSetThrottled) {
					dropped.Add(1)
					err = nil
				}
				server.SetPlayers(step % 2)
				server.Budget(emulator.UpdateAsync)
			}
			if err != nil {
				t.Errorf("client %d: %v", client, err)
			}
		})
	}
	group.Wait()
	most := 100 + int64(100*clock.Now().Sub(start)/time.Minute)
	retries := int64(clients * steps / 50)
	require.LessOrEqual(t, sent[emulator.OpGet].Load(), most+retries)
	require.LessOrEqual(t, sent[emulator.OpPut].Load(), most+retries)
	require.Positive(t, warnings.Load())
	done := sent[emulator.OpGet].Load() + sent[emulator.OpPut].Load()
	require.GreaterOrEqual(t, done+dropped.Load(), int64(clients*steps))
}

func addOne(now emulator.Result) (gameserver.Change, error) {
	count := 0
	if now.Found {
		var err error
		if count, err = strconv.Atoi(string(now.Value)); err != nil {
			return gameserver.Change{}, err
		}
	}
	return gameserver.Change{Value: json.RawMessage(strconv.Itoa(count + 1))}, nil
}
