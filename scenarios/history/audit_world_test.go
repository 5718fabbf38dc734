package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// many is a world in which one key has many requests, every third write without an answer, of which
// half took effect.
func many(saves int) *historytest.World {
	w := historytest.New()
	w.Start("a")
	s := w.Join(7, "a")
	for n := range saves {
		w.Change(s, history.Change{Coins: 1})
		op := w.Put(s, *w.Memory(s))
		if n%6 != 0 {
			w.Commit(op)
		}
		outcome := history.OK
		if n%3 == 0 {
			outcome = history.Info
		}
		w.Answer(op, outcome)
		w.Leave(w.Join(7, "a"))
	}
	return w
}

func TestAuditOfALongWorldEnds(t *testing.T) {
	h, p := many(600).End()
	require.Empty(t, history.Witness(h))
	report := history.AuditWorld(h, p, time.Minute)
	require.True(t, report.Passed())
	require.Equal(t, 1, report.Keys)
	require.Equal(t, 1101, report.Ops, "the writes that never took effect are left out")
}

func TestAuditOfAWorldFindsAStaleRead(t *testing.T) {
	h, p := many(600).End()
	h.Ops[900].Answer = h.Ops[890].Answer
	require.Equal(t, []string{"E1"}, invariants(history.Witness(h)))
	report := history.AuditWorld(h, p, time.Minute)
	require.Len(t, report.Violations, 1)
	require.Contains(t, report.Violations[0].Ops, 901)
	require.LessOrEqual(t, len(report.Violations[0].Ops), 110)
	p.Faults = append(p.Faults, history.Fault{Op: 901, Class: "LIE"})
	report = history.AuditWorld(h, p, time.Minute)
	require.Empty(t, report.Violations)
	require.False(t, report.Passed(), "there was no key to judge")
}
