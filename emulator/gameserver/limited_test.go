package gameserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

var ranks = emulator.StoreID{Kind: emulator.Ordered, Name: "Ranks", Scope: "global"}

// scripted answers every request as a function says; without one, with an empty Result.
type scripted func(req emulator.Request) (emulator.Result, error)

func (s scripted) Do(_ context.Context, req emulator.Request) (emulator.Result, error) {
	if s == nil {
		return emulator.Result{}, nil
	}
	return s(req)
}

// limited is a game server in virtual time whose calls are made by tasks.
type limited struct {
	t        *testing.T
	sim      *sched.Sim
	server   *gameserver.Server
	coins    *gameserver.Store
	ranks    *gameserver.Store
	backend  scripted
	sent     []string // when which request reached the backend
	log      []string // when which call ended, and how
	warnings []string
}

func newLimited(t *testing.T, o gameserver.Options) *limited {
	l := &limited{t: t, sim: sched.New(start)}
	t.Cleanup(l.sim.Close)
	if o.OnWarning == nil {
		o.OnWarning = func(text string) { l.warnings = append(l.warnings, text) }
	}
	l.server = gameserver.New(scripted(l.answer), l.sim, o)
	l.coins, l.ranks = openStore(t, l.server, coins), openStore(t, l.server, ranks)
	return l
}

func (l *limited) answer(req emulator.Request) (emulator.Result, error) {
	l.sent = append(l.sent, fmt.Sprintf("%s %s %s", l.elapsed(), req.Op, req.Key))
	return l.backend.Do(l.t.Context(), req)
}

func (l *limited) elapsed() time.Duration { return l.sim.Now().Sub(start) }

// call starts a task that makes one call.
func (l *limited) call(what string, do func() error) *sched.Task {
	return l.sim.Go(func() {
		said := "done"
		if err := do(); err != nil {
			said = err.Error()
		}
		l.log = append(l.log, fmt.Sprintf("%s %s: %s", l.elapsed(), what, said))
	})
}

func (l *limited) get(key string) *sched.Task {
	return l.call("get "+key, func() error {
		_, err := l.coins.Get(l.t.Context(), key, false)
		return err
	})
}

func (l *limited) set(key string) *sched.Task {
	return l.call("set "+key, func() error { return setKey(l.t, l.coins, key) })
}

func setKey(t *testing.T, store *gameserver.Store, key string) error {
	_, err := store.Set(t.Context(), key, json.RawMessage(`1`), nil, nil)
	return err
}

// drain spends all that there is of a budget.
func (l *limited) drain(t emulator.RequestType) {
	for range l.server.Budget(t) {
		spend := map[emulator.RequestType]func() error{
			emulator.StandardRead: func() error { return l.readKey(l.coins) },
			emulator.OrderedRead:  func() error { return l.readKey(l.ranks) },
			emulator.GetAsync:     func() error { return l.readKey(l.coins) },

			emulator.StandardWrite:           func() error { return setKey(l.t, l.coins, "drain") },
			emulator.OrderedWrite:            func() error { return setKey(l.t, l.ranks, "drain") },
			emulator.SetIncrementAsync:       func() error { return setKey(l.t, l.coins, "drain") },
			emulator.SetIncrementSortedAsync: func() error { return setKey(l.t, l.ranks, "drain") },

			emulator.StandardRemove: func() error { return removeKey(l.t, l.coins) },
			emulator.OrderedRemove:  func() error { return removeKey(l.t, l.ranks) },

			emulator.StandardList: func() error { return l.listStores() },
			emulator.OrderedList:  func() error { return l.getSorted() },
		}[t]
		require.NotNil(l.t, spend, t)
		l.call("drain", spend)
	}
	l.sim.RunUntil(l.sim.Now())
	require.Zero(l.t, l.server.Budget(t), t)
	require.Empty(l.t, l.warnings)
	l.sent, l.log = nil, nil
}

func (l *limited) readKey(store *gameserver.Store) error {
	_, err := store.Get(l.t.Context(), "drain", false)
	return err
}

func removeKey(t *testing.T, store *gameserver.Store) error {
	_, err := store.Remove(t.Context(), "drain")
	return err
}

func (l *limited) listStores() error {
	_, err := l.server.ListStores(l.t.Context(), "", 0, "")
	return err
}

func (l *limited) getSorted() error {
	_, err := l.ranks.GetSorted(l.t.Context(), gameserver.SortedListing{})
	return err
}

var errOops = errors.New("oops")
