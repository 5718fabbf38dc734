package history_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// broken is a store with a bug: every so many requests it does not do what it should.
type broken struct {
	next  emulator.Service
	bug   bug
	count int
	last  map[string]emulator.Result // of reads, by key
	key   string                     // of the write that is held back
	held  func()                     // does it
	first emulator.Result
}

// bug does a request wrongly. It reports false for requests that it does not concern.
type bug func(context.Context, *broken, emulator.Request) (emulator.Result, error, bool)

const everyNth = 7

func (b *broken) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	result, err, done := b.bug(ctx, b, req)
	if !done {
		result, err = b.next.Do(ctx, req)
	}
	if req.Op == emulator.OpPut && err == nil && b.first.Info.Version == "" {
		b.first = result
	}
	return result, err
}

// turn reports whether the bug shows now.
func (b *broken) turn(concerns bool) bool {
	if concerns {
		b.count++
	}
	return concerns && b.count%everyNth == 0
}

func plainPut(req emulator.Request) bool { return req.Op == emulator.OpPut && req.IfVersion == nil }

func writes(req emulator.Request) bool { return req.Op != emulator.OpGet }

func dropsWrites(_ context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if !b.turn(plainPut(req)) {
		return emulator.Result{}, nil, false
	}
	return acknowledged(b, req), nil, true
}

// acknowledged looks like the answer to a put.
func acknowledged(b *broken, req emulator.Request) emulator.Result {
	version := emulator.NewVersion(start.Add(time.Hour), int64(b.count), start.Add(time.Hour))
	return emulator.Result{
		Found: true, Value: req.Value,
		Info: emulator.KeyInfo{Version: version, UserIDs: req.UserIDs, Metadata: req.Metadata},
	}
}

func servesStale(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if req.Op != emulator.OpGet {
		return emulator.Result{}, nil, false
	}
	name := req.Store.Name + req.Key
	result, err := b.next.Do(ctx, req)
	before, known := b.last[name]
	b.last[name] = result
	if known && before.Info.Version != result.Info.Version && b.turn(true) {
		return before, err, true
	}
	return result, err, true
}

func appliesTwice(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if b.turn(req.Op == emulator.OpIncrement) {
		_, _ = b.next.Do(ctx, req)
	}
	return emulator.Result{}, nil, false
}

func losesConditions(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if req.IfVersion == nil {
		return emulator.Result{}, nil, false
	}
	req.IfVersion = nil
	result, err := b.next.Do(ctx, req)
	return result, err, true
}

// reorders acknowledges a write, and applies it after the next one to the same key.
func reorders(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	key := req.Store.Name + req.Key
	if b.held != nil && writes(req) && b.key == key {
		result, err := b.next.Do(ctx, req)
		b.held()
		b.held = nil
		return result, err, true
	}
	if b.held == nil && b.turn(plainPut(req)) {
		b.key, b.held = key, func() { _, _ = b.next.Do(ctx, req) }
		return acknowledged(b, req), nil, true
	}
	return emulator.Result{}, nil, false
}

func writesElsewhere(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if !b.turn(plainPut(req)) {
		return emulator.Result{}, nil, false
	}
	req.Store.Scope = "elsewhere"
	result, err := b.next.Do(ctx, req)
	return result, err, true
}

func reusesVersions(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if b.first.Info.Version == "" || !b.turn(req.Op == emulator.OpPut) {
		return emulator.Result{}, nil, false
	}
	result, err := b.next.Do(ctx, req)
	result.Info.Version = b.first.Info.Version
	return result, err, true
}

func appliesFailed(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	if !b.turn(plainPut(req)) {
		return emulator.Result{}, nil, false
	}
	_, _ = b.next.Do(ctx, req)
	return emulator.Result{}, emulator.ErrInternal, true
}

func findsNothing(ctx context.Context, b *broken, req emulator.Request) (emulator.Result, error, bool) {
	return emulator.Result{}, nil, b.turn(req.Op == emulator.OpGet)
}

// Each broken store is caught wherever it is broken: on the way to the emulator, or in the emulator
// itself, so that the recorder of the truth is deceived too.
func TestBrokenStoresAreCaught(t *testing.T) {
	for _, c := range []struct {
		name string
		bug  bug
	}{
		{"drops acknowledged writes", dropsWrites},
		{"serves stale reads", servesStale},
		{"applies increments twice", appliesTwice},
		{"loses conditions", losesConditions},
		{"reorders writes", reorders},
		{"writes elsewhere", writesElsewhere},
		{"reuses versions", reusesVersions},
		{"applies failed writes", appliesFailed},
		{"finds nothing", findsNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			breakIt := func(svc emulator.Service) emulator.Service {
				return &broken{next: svc, bug: c.bug, last: map[string]emulator.Result{}}
			}
			clock := &tickingClock{now: start}
			recorder := history.NewRecorder(clock)
			emu := emulator.RunT(t, emulator.Options{Clock: clock, Profile: unlimited(t)})
			drive(t, recorder.Clients(breakIt(recorder.Truth(emu))), 500, plantedSeed)
			requireCaught(t, recorder.History())

			recorder = history.NewRecorder(clock)
			emu = emulator.RunT(t, emulator.Options{Clock: clock, Profile: unlimited(t)})
			drive(t, recorder.Clients(recorder.Truth(breakIt(emu))), 500, plantedSeed)
			requireCaught(t, recorder.History())
		})
	}
}

func requireCaught(t *testing.T, h *history.History) {
	t.Helper()
	found := history.Witness(h)
	require.NotEmpty(t, found)
	t.Log(found[0])
	report := history.Audit(h, 5*time.Second)
	require.NotEmpty(t, report.Violations, "the audit sees it too")
	require.False(t, report.Passed())
	again := new(bytes.Buffer)
	require.NoError(t, h.Save(again))
	loaded, err := history.Load(again)
	require.NoError(t, err)
	require.Equal(t, found, history.Witness(loaded), "judged again from a file")
}
