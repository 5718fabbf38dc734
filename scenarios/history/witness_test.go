package history_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// The judges know different things, but where the audit finds that no order explains the answers,
// the witness has an objection too. One random read in each history is made to tell of a random
// other commit.
func TestWitnessSeesWhatTheAuditSees(t *testing.T) {
	const seeds, clients, steps = 40, 8, 20
	agreed, harmless := 0, 0
	for seed := range uint64(seeds) {
		clock := &tickingClock{now: start}
		recorder := history.NewRecorder(clock)
		emu := emulator.RunT(t, emulator.Options{Clock: clock, Profile: unlimited(t)})
		together(t, recorder.Clients(recorder.Truth(jostle{emu})), clients, steps, seed)
		h := recorder.History()
		require.Empty(t, history.Witness(h), "seed %d", seed)
		plantAnyRead(h, rand.New(rand.NewPCG(seed, 0)))
		witness, audit := history.Witness(h), history.Audit(h, 5*time.Second)
		require.Empty(t, audit.Unknown, "seed %d", seed)
		switch {
		case len(audit.Violations) > 0:
			require.NotEmpty(t, witness, "seed %d", seed)
			agreed++
		case len(witness) == 0:
			harmless++ // the two overlapped, so the read could as well have told of the other
		}
	}
	t.Logf("%d histories condemned by both, %d by neither", agreed, harmless)
	require.Greater(t, agreed, seeds/2)
}

func plantAnyRead(h *history.History, rng *rand.Rand) {
	for {
		op, c := &h.Ops[rng.IntN(len(h.Ops))], &h.Commits[rng.IntN(len(h.Commits))]
		if isRead(op) && c.Key == op.Key && c.Kind == emulator.OpPut && c.Entry != op.Answer {
			op.Answer = c.Entry
			return
		}
	}
}

// A tombstone is forgotten after thirty days; a reader then finds no trace of the key.
func TestForgottenTombstoneIsNoViolation(t *testing.T) {
	clock := &tickingClock{now: start}
	recorder := history.NewRecorder(clock)
	svc := recorder.Clients(recorder.Truth(emulator.RunT(t, emulator.Options{Clock: clock})))
	do := func(op emulator.Op, value string) {
		_, err := svc.Do(t.Context(), emulator.Request{
			Op: op, Store: coins, Key: "k", Value: []byte(value),
		})
		require.NoError(t, err)
	}
	do(emulator.OpPut, `1`)
	do(emulator.OpRemove, "")
	do(emulator.OpGet, "")
	require.NoError(t, clock.Sleep(t.Context(), emulator.TombstoneLifetime))
	do(emulator.OpGet, "")
	do(emulator.OpPut, `2`)
	do(emulator.OpGet, "")
	h := recorder.History()
	require.Zero(t, h.Ops[3].Answer.Version)
	require.Empty(t, history.Witness(h))
	require.True(t, history.Audit(h, time.Second).Passed())

	early := h.Ops[3]
	h.Ops[3].Return.At -= emulator.TombstoneLifetime / 2
	require.Equal(t, []string{"E1"}, invariants(history.Witness(h)))
	h.Ops[3] = early
	h.Ops[5].Answer = history.Entry{}
	require.NotEmpty(t, history.Witness(h))
}

func TestOldVersionsAreWhatWasWritten(t *testing.T) {
	clock := &tickingClock{now: start}
	recorder := history.NewRecorder(clock)
	svc := recorder.Clients(recorder.Truth(emulator.RunT(t, emulator.Options{Clock: clock})))
	req := emulator.Request{Op: emulator.OpPut, Store: coins, Key: "k", Value: []byte(`1`)}
	first, err := svc.Do(t.Context(), req)
	require.NoError(t, err)
	require.NoError(t, clock.Sleep(t.Context(), time.Hour))
	req.Value = []byte(`2`)
	_, err = svc.Do(t.Context(), req)
	require.NoError(t, err)
	_, err = svc.Do(t.Context(), emulator.Request{
		Op: emulator.OpGetVersion, Store: coins, Key: "k", Version: first.Info.Version,
	})
	require.NoError(t, err)
	h := recorder.History()
	require.Empty(t, history.Witness(h))
	h.Ops[2].Answer.Value = `3`
	require.Equal(t, []string{"E1"}, invariants(history.Witness(h)))
}

// Where a version was removed for good, the history cannot tell what readers find.
func TestKeyWithARemovedVersionIsNotJudged(t *testing.T) {
	clock := &tickingClock{now: start}
	recorder := history.NewRecorder(clock)
	svc := recorder.Clients(recorder.Truth(emulator.RunT(t, emulator.Options{Clock: clock})))
	req := emulator.Request{Op: emulator.OpPut, Store: coins, Key: "k", Value: []byte(`1`)}
	written, err := svc.Do(t.Context(), req)
	require.NoError(t, err)
	require.Equal(t, 1, history.Judged(recorder.History()))
	req.Op, req.Version = emulator.OpRemoveVersion, written.Info.Version
	_, err = svc.Do(t.Context(), req)
	require.NoError(t, err)
	req.Op = emulator.OpGet
	_, err = svc.Do(t.Context(), req)
	require.NoError(t, err)
	h := recorder.History()
	require.Empty(t, history.Witness(h))
	require.Zero(t, history.Judged(h))
	require.False(t, history.Audit(h, time.Second).Passed())
}

// BenchmarkWitness judges 2,000,000 requests of 8 servers to 20,000 keys, half of them reads.
func BenchmarkWitness(b *testing.B) {
	const ops, keys = 2_000_000, 20_000
	h := synthetic(ops, keys)
	for b.Loop() {
		if found := history.Witness(h); len(found) > 0 {
			b.Fatal(found[0])
		}
	}
	b.ReportMetric(float64(ops)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mops/s")
}

// synthetic is the history of a true store, made without one.
func synthetic(ops, keys int) *history.History {
	rng := rand.New(rand.NewPCG(1, 2))
	h := &history.History{Ops: make([]history.Op, 0, ops)}
	h.Versions = []history.Version{{Key: -1}}
	current := make([]history.Entry, keys)
	for n := range keys {
		h.Keys = append(h.Keys, history.Key{Store: coins, Name: fmt.Sprintf("player_%d", n)})
	}
	for i := range ops {
		key, seq := rng.IntN(keys), int64(4*i)
		op := history.Op{
			ID: i + 1, Server: "server-1", Kind: emulator.OpGet, Key: history.KeyID(key),
			Outcome: history.OK, Call: history.Moment{Seq: seq + 1}, Return: history.Moment{Seq: seq + 4},
		}
		if rng.IntN(2) == 0 {
			op.Kind, op.Value = emulator.OpPut, fmt.Sprintf(`{"n":%d}`, i)
			text := emulator.NewVersion(start, int64(i), start.Add(time.Duration(i)*time.Millisecond))
			h.Versions = append(h.Versions, history.Version{Key: op.Key, Text: text})
			current[key] = history.Entry{
				Found: true, Version: history.VersionID(len(h.Versions) - 1), Value: op.Value,
			}
			h.Commits = append(h.Commits, history.Commit{
				Op: op.ID, Kind: op.Kind, Key: op.Key, Entry: current[key],
				Begin: history.Moment{Seq: seq + 2}, End: history.Moment{Seq: seq + 3},
			})
		}
		op.Answer = current[key]
		h.Ops = append(h.Ops, op)
	}
	return h
}
