package history_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/scenarios/history"
)

const plantedSeed = 7

func TestCleanHistoryViolatesNothing(t *testing.T) {
	h := sequential(t, 500, plantedSeed)
	require.Empty(t, history.Witness(h))
	require.Empty(t, history.OrderKept(h))
	require.Empty(t, history.NoResurrection(h))
	require.True(t, history.Audit(h, time.Second).Passed())
}

func TestEmptyHistoryShowsNothing(t *testing.T) {
	h := history.NewRecorder(emulator.Wall{}).History()
	require.Empty(t, history.Witness(h))
	require.Zero(t, history.Judged(h))
	require.False(t, history.Audit(h, time.Second).Passed())
}

// find returns the last request that fits, so that much comes before it.
func find(t *testing.T, h *history.History, fits func(*history.Op) bool) *history.Op {
	t.Helper()
	for i := len(h.Ops) - 1; i >= 0; i-- {
		if op := &h.Ops[i]; h.Keys[op.Key].Store == coins && op.Outcome == history.OK && fits(op) {
			return op
		}
	}
	require.Fail(t, "no request of the history fits")
	return nil
}

// commitOf returns where the commit of a request is.
func commitOf(h *history.History, op *history.Op) int {
	return slices.IndexFunc(h.Commits, func(c history.Commit) bool { return c.Op == op.ID })
}

// older returns a commit of the key that was followed by another before the request.
func older(h *history.History, op *history.Op) *history.Commit {
	var found []*history.Commit
	for i := range h.Commits {
		c := &h.Commits[i]
		if c.Key == op.Key && c.End.Seq < op.Call.Seq && c.Kind == emulator.OpPut {
			found = append(found, c)
		}
	}
	if len(found) < 2 {
		return nil
	}
	return found[len(found)-2]
}

func isRead(op *history.Op) bool { return op.Kind == emulator.OpGet && op.Answer.Found }

func isPut(op *history.Op) bool { return op.Kind == emulator.OpPut }

// Each planted bug is a change to a clean history, as a broken store would have left it.
func TestPlantedBugsAreCaught(t *testing.T) {
	for _, c := range []struct {
		name      string
		plant     func(*testing.T, *history.History)
		check     func(*history.History) []history.Violation
		invariant string
	}{
		{"stale read", plantStaleRead, history.ReadsCurrent, "E1"},
		{"removed value read", plantRemovedRead, history.ReadsCurrent, "E1"},
		{"value nobody wrote", plantPhantom, history.ReadsCurrent, "E1"},
		{"another value under the version", plantGarbled, history.ReadsCurrent, "E1"},
		{"read before written", plantEarlyRead, history.ReadsCurrent, "E1"},
		{"lost acknowledged write", plantLost, history.AckedDurable, "I1"},
		{"last read forgets a write", plantForgotten, history.AckedDurable, "I1"},
		{"condition that did not hold", plantCondition, history.NoLostUpdates, "I2"},
		{"condition refused for nothing", plantRefusal, history.NoLostUpdates, "I2"},
		{"increment of another number", plantIncrement, history.NoLostUpdates, "I2"},
		{"smaller version", plantSmallerVersion, history.VersionsIncrease, "I5"},
		{"version used twice", plantSameVersion, history.VersionsIncrease, "I5"},
		{"doubled write", plantDoubled, history.AcksHonest, "I8"},
		{"failed write applied", plantFailed, history.AcksHonest, "I8"},
		{"write nobody asked for", plantUnasked, history.AcksHonest, "I8"},
		{"acknowledged too early", plantEarlyAck, history.AcksHonest, "I8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := sequential(t, 500, plantedSeed)
			c.plant(t, h)
			h, err := history.Load(strings.NewReader(saved(t, h))) // brings the commits into order
			require.NoError(t, err)
			require.Contains(t, invariants(c.check(h)), c.invariant)
			require.Contains(t, invariants(history.Witness(h)), c.invariant)
		})
	}
}

func plantStaleRead(t *testing.T, h *history.History) {
	op := find(t, h, func(op *history.Op) bool { return isRead(op) && older(h, op) != nil })
	op.Answer = older(h, op).Entry
}

func plantRemovedRead(t *testing.T, h *history.History) {
	op := find(t, h, func(op *history.Op) bool {
		return op.Kind == emulator.OpGet && !op.Answer.Found && older(h, op) != nil
	})
	op.Answer = older(h, op).Entry
}

func plantPhantom(t *testing.T, h *history.History) {
	op := find(t, h, isRead)
	text := emulator.NewVersion(start, 1, start.Add(-time.Hour))
	h.Versions = append(h.Versions, history.Version{Key: op.Key, Text: text})
	op.Answer.Version = history.VersionID(len(h.Versions) - 1)
}

func plantGarbled(t *testing.T, h *history.History) { find(t, h, isRead).Answer.Value = `"garbled"` }

func plantEarlyRead(t *testing.T, h *history.History) {
	read := find(t, h, isRead)
	put := find(t, h, func(op *history.Op) bool { return isPut(op) && op.Key == read.Key })
	early := &h.Ops[0]
	*early = *read
	early.ID, early.Call.Seq, early.Return.Seq = 1, -2, -1
	early.Answer = put.Answer
}

func plantLost(t *testing.T, h *history.History) {
	at := commitOf(h, find(t, h, isPut))
	h.Commits = slices.Delete(h.Commits, at, at+1)
}

func plantForgotten(t *testing.T, h *history.History) {
	put := find(t, h, func(op *history.Op) bool { return isPut(op) && older(h, op) != nil })
	read := find(t, h, func(op *history.Op) bool {
		return op.Kind == emulator.OpGet && op.Key == put.Key
	})
	read.Answer = older(h, put).Entry
}

func plantCondition(t *testing.T, h *history.History) {
	op := find(t, h, func(op *history.Op) bool { return op.Conditional && older(h, op) != nil })
	op.Named = older(h, op).Version
}

func plantRefusal(t *testing.T, h *history.History) {
	op := find(t, h, func(op *history.Op) bool { return op.Conditional && op.Named != 0 })
	at := commitOf(h, op)
	h.Commits = slices.Delete(h.Commits, at, at+1)
	op.Outcome, op.Answer, op.Error = history.Fail, history.Entry{}, emulator.ErrVersionConflict.Error()
}

func plantIncrement(t *testing.T, h *history.History) {
	find(t, h, func(op *history.Op) bool { return op.Kind == emulator.OpIncrement }).Delta++
}

// twoPuts finds two puts of one key without a write between them.
func twoPuts(t *testing.T, h *history.History) (first, second *history.Op) {
	last := map[history.KeyID]*history.Op{}
	for i := range h.Ops {
		op := &h.Ops[i]
		if op.Outcome != history.OK || h.Keys[op.Key].Store != coins || op.Kind == emulator.OpGet {
			continue
		}
		if before := last[op.Key]; isPut(op) && before != nil && isPut(before) {
			return before, op
		}
		last[op.Key] = op
	}
	require.Fail(t, "no two puts follow each other")
	return nil, nil
}

func plantSmallerVersion(t *testing.T, h *history.History) {
	a, b := twoPuts(t, h)
	commitA, commitB := &h.Commits[commitOf(h, a)], &h.Commits[commitOf(h, b)]
	commitA.Version, commitB.Version = commitB.Version, commitA.Version
	a.Answer.Version, b.Answer.Version = b.Answer.Version, a.Answer.Version
}

func plantSameVersion(t *testing.T, h *history.History) {
	a, b := twoPuts(t, h)
	h.Commits[commitOf(h, b)].Version = a.Answer.Version
	b.Answer.Version = a.Answer.Version
}

func plantDoubled(t *testing.T, h *history.History) {
	again := h.Commits[commitOf(h, find(t, h, isPut))]
	again.Begin.Seq, again.End.Seq = again.End.Seq+1_000_000, again.End.Seq+1_000_001
	h.Commits = append(h.Commits, again)
}

func plantFailed(t *testing.T, h *history.History) { find(t, h, isPut).Outcome = history.Fail }

func plantUnasked(t *testing.T, h *history.History) {
	h.Commits[commitOf(h, find(t, h, isPut))].Op = 0
}

func plantEarlyAck(t *testing.T, h *history.History) {
	op := find(t, h, isPut)
	op.Return.Seq = op.Call.Seq
}
