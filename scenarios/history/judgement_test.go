package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// planted is a world with a bug in it, or with none that looks like one.
type planted struct {
	name  string
	world func(w *historytest.World)
	want  []string // the invariants that it breaks, each once or more
}

// judge writes the world of a case and judges it. There are two servers in each.
func (c *planted) judge(t *testing.T) *history.Judgement {
	t.Helper()
	w := historytest.New()
	w.Start("a", "b")
	c.world(w)
	h, p := w.End()
	return history.Judge(h, p, history.Limits{})
}

func check(t *testing.T, cases []planted) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			j := c.judge(t)
			require.ElementsMatch(t, c.want, brokenBy(j), "%v", j.Violations)
		})
	}
}

// brokenBy lists the invariants that a world breaks, each once.
func brokenBy(j *history.Judgement) []string {
	seen, ids := map[string]bool{}, []string(nil)
	for _, v := range j.Violations {
		if !seen[v.Invariant] {
			seen[v.Invariant] = true
			ids = append(ids, v.Invariant)
		}
	}
	return ids
}

// play is a session that makes a change, saves it and leaves.
func play(w *historytest.World, server string) (session int) {
	s := w.Join(7, server)
	w.Change(s, history.Change{Coins: 5})
	w.Save(s)
	w.Leave(s)
	return s
}

func TestCleanWorldBreaksNothing(t *testing.T) {
	check(t, []planted{
		{"nothing happens", func(*historytest.World) {}, nil},
		{"one session after the other", func(w *historytest.World) {
			play(w, "a")
			play(w, "b")
			play(w, "a")
		}, nil},
		{"a crash takes what was not saved", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Crash("a")
			play(w, "b")
		}, nil},
		{"a lost reply of a write that was applied", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			save := w.Intend(s)
			op := w.Put(s, *w.Memory(s))
			w.Commit(op)
			w.Answer(op, history.Info)
			w.Fault(op, "reply lost", "INFO")
			w.Say(save, history.GivenUp)
			w.Leave(s)
			play(w, "b")
		}, nil},
		{"a write that lands after its error", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			save := w.Intend(s)
			op := w.Put(s, *w.Memory(s))
			w.Answer(op, history.Info)
			w.Say(save, history.Queued)
			w.Wait(time.Minute)
			w.Commit(op)
			w.Answer(op, history.Info)
			w.Leave(s)
			play(w, "b")
		}, nil},
	})
}

func TestLostUpdatesAreFound(t *testing.T) {
	check(t, []planted{
		{"I1 acknowledged, never stored", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Say(w.Intend(s), history.Acked)
			w.Leave(s)
		}, []string{"I1", "I8"}},
		{"I1 a later load misses what was acknowledged", func(w *historytest.World) {
			play(w, "a")
			s := w.Arrive(7, "b")
			w.Load(s, history.Ledger{})
			w.Leave(s)
		}, []string{"I1"}},
		{"I2 written over by who had loaded before", func(w *historytest.World) {
			stale := w.Join(7, "b")
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			op := w.Put(s, *w.Memory(s))
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Leave(s)
			w.Change(stale, history.Change{Coins: 3})
			op = w.Put(stale, *w.Memory(stale))
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Leave(stale)
		}, []string{"I2", "I4b"}},
		{"I3 an old write repeated after a newer one", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			old := *w.Memory(s)
			first := historytest.Text(old)
			w.Change(s, history.Change{Coins: 5})
			op := w.Put(s, *w.Memory(s))
			w.Commit(op)
			w.Answer(op, history.OK)
			op = w.Put(s, old)
			op.Value = first
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Leave(s)
		}, []string{"I2", "I3"}},
		{"I3 an erased player comes back", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			op := w.Remove("operator", w.Session(s).Key)
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Leave(s)
		}, []string{"I3"}},
	})
}
