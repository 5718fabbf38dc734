package faults_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/faults"
	"savestone/luabridge/sched"
)

var (
	begun = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	coins = emulator.StoreID{Name: "Coins", Scope: "global"}
)

// lab is an injector in front of a real emulator, in virtual time.
type lab struct {
	*testing.T
	sim      *sched.Sim
	emulator *emulator.Emulator
	injector *faults.Injector
	events   []faults.Event
}

// newLab makes one whose faults are those of a plan's JSON.
func newLab(t *testing.T, plan string) *lab { return newLabOf(t, 1, parse(t, plan)) }

func parse(t *testing.T, plan string) faults.Plan {
	t.Helper()
	rules, err := faults.Parse([]byte(plan))
	require.NoError(t, err)
	return rules
}

func newLabOf(t *testing.T, seed uint64, plan faults.Plan) *lab {
	t.Helper()
	l := &lab{T: t, sim: sched.New(begun)}
	t.Cleanup(l.sim.Close)
	unlimited, err := emulator.ProfileNamed("unlimited")
	require.NoError(t, err)
	l.emulator = emulator.RunT(t, emulator.Options{Clock: l.sim, Profile: unlimited})
	l.injector, err = faults.New(l.emulator, l.sim, seed, plan, faults.Options{
		Go: func(late func(context.Context)) {
			l.sim.Go(func() { late(context.Background()) })
		}, KeepFired: 10_000,
	})
	require.NoError(t, err)
	l.injector.OnFault = func(e faults.Event) { l.events = append(l.events, e) }
	return l
}

// since is the virtual time that has passed.
func (l *lab) since() time.Duration { return l.sim.Now().Sub(begun) }

// do has a task send a request and waits for its end; only that: what goes on in the background
// stays where it is.
func (l *lab) do(req emulator.Request) (result emulator.Result, err error) {
	l.Helper()
	ended := false
	l.sim.Go(func() {
		result, err = l.injector.Do(context.Background(), req)
		ended = true
	})
	for !ended {
		require.True(l, l.sim.Step(), "the request never ends")
	}
	return result, err
}

// at lets time pass until so long after the start.
func (l *lab) at(d time.Duration) { l.sim.RunUntil(begun.Add(d)) }

func request(op emulator.Op, key, value string) emulator.Request {
	req := emulator.Request{Op: op, Server: "s1", Store: coins, Key: key}
	if value != "" {
		req.Value = []byte(value)
	}
	return req
}

func (l *lab) put(key, value string) error {
	_, err := l.do(request(emulator.OpPut, key, value))
	return err
}

// get returns what a client reads, "nil" for nothing.
func (l *lab) get(key string) string {
	l.Helper()
	result, err := l.do(request(emulator.OpGet, key, ""))
	require.NoError(l, err)
	return shown(result)
}

func shown(result emulator.Result) string {
	if !result.Found {
		return "nil"
	}
	return string(result.Value)
}

// stored is what really is there.
func (l *lab) stored(key string) string {
	l.Helper()
	result, err := l.emulator.Peek(coins, key)
	require.NoError(l, err)
	return shown(result)
}

func (l *lab) seed(key, value string) string {
	l.Helper()
	info, err := l.emulator.Seed(coins, key, []byte(value))
	require.NoError(l, err)
	return info.Version
}

// classes are those of the faults that hit so far, with their kinds.
func (l *lab) classes() (list []string) {
	for _, e := range l.events {
		list = append(list, fmt.Sprintf("%s %s", e.Kind, e.Class))
	}
	return list
}

func mayHaveApplied(t *testing.T, err error) bool {
	t.Helper()
	var failure *emulator.Error
	require.ErrorAs(t, err, &failure)
	return failure.MayHaveApplied
}
