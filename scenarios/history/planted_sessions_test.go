package history_test

import (
	"testing"
	"time"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// write stores a ledger as it is, without a save being asked for.
func write(w *historytest.World, session int, l history.Ledger) {
	op := w.Put(session, l)
	w.Commit(op)
	w.Answer(op, history.OK)
}

// own is a session that takes its player over with a write, as one that locks.
func own(w *historytest.World, server string) (session int) {
	s := w.Arrive(7, server)
	l := w.Stored(w.Session(s).Key)
	l.Found = true
	write(w, s, l)
	w.Load(s, l)
	return s
}

func TestSessionsThatOverlapAreFound(t *testing.T) {
	check(t, []planted{
		{"a lock that is stolen from a session which then stops", func(w *historytest.World) {
			s := own(w, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Crash("a")
			next := own(w, "b")
			w.Change(next, history.Change{Coins: 5})
			w.Save(next)
		}, nil},
		{"one session asks another to let go", func(w *historytest.World) {
			s := own(w, "a")
			next := w.Arrive(7, "b")
			write(w, next, w.Stored(w.Session(s).Key)) // a mark that it waits
			write(w, s, *w.Memory(s))                  // so this one lets go
			w.Leave(s)
			write(w, next, w.Stored(w.Session(s).Key))
			w.Load(next, w.Stored(w.Session(s).Key))
			w.Change(next, history.Change{Coins: 5})
			w.Save(next)
		}, nil},
		{"I4 a session saves after another has taken over", func(w *historytest.World) {
			s := own(w, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Leave(s)
			next := own(w, "b")
			w.Change(s, history.Change{Coins: 2})
			write(w, s, *w.Memory(s))
			w.Leave(next)
		}, []string{"I4"}},
		{"a session that puts back what another has stored", func(w *historytest.World) {
			s := own(w, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Leave(s)
			next := own(w, "b")
			w.Change(next, history.Change{Coins: 3})
			w.Save(next)
			write(w, s, w.Stored(w.Session(s).Key))
			w.Leave(next)
		}, nil},
		{"I4 and the other way round once more", func(w *historytest.World) {
			s := w.Join(7, "a")
			other := w.Join(7, "b")
			w.Change(s, history.Change{Coins: 5})
			write(w, s, *w.Memory(s))
			w.Change(other, history.Change{Coins: 3})
			write(w, other, *w.Memory(other))
			w.Leave(s)
			w.Leave(other)
			w.Change(s, history.Change{Coins: 2})
			write(w, s, *w.Memory(s))
		}, []string{"I2", "I4", "I4b"}},
		{"I4b both servers believe that the player is theirs", func(w *historytest.World) {
			s := w.Join(7, "a")
			other := w.Join(7, "b")
			w.Wait(time.Minute)
			w.Leave(s)
			w.Leave(other)
		}, []string{"I4b"}},
	})
}

func TestPlayersWhoWaitAreFound(t *testing.T) {
	check(t, []planted{
		{"players who are refused for a while", func(w *historytest.World) {
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			for range 5 {
				w.Refuse(w.Arrive(7, "a"), "locked")
				w.Wait(10 * time.Second)
			}
			play(w, "a")
		}, nil},
		{"I4c players who are refused for long", func(w *historytest.World) {
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			for range 7 {
				w.Refuse(w.Arrive(7, "a"), "locked")
				w.Wait(10 * time.Second)
			}
			play(w, "a")
		}, []string{"I4c"}},
		{"I4c a load that never ends", func(w *historytest.World) {
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			w.Arrive(7, "a")
			w.Wait(2 * time.Minute)
		}, []string{"I4c"}},
		{"waiting while there are faults", func(w *historytest.World) {
			w.Arrive(7, "a")
			w.Wait(10 * time.Minute)
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
		}, nil},
		{"a player who goes away for an hour", func(w *historytest.World) {
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			w.Refuse(w.Arrive(7, "a"), "locked")
			w.Wait(time.Hour)
			w.Refuse(w.Arrive(7, "a"), "locked")
		}, nil},
	})
}

func TestFalseAnswersAreFound(t *testing.T) {
	check(t, []planted{
		{"I8 acknowledged before it was stored", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			save := w.Intend(s)
			op := w.Put(s, *w.Memory(s))
			w.Say(save, history.Acked)
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Leave(s)
		}, []string{"I8"}},
		{"acknowledged by what an earlier save stored", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Say(w.Intend(s), history.Acked)
			w.Leave(s)
		}, nil},
	})
}

func TestMadeUpDataIsFound(t *testing.T) {
	check(t, []planted{
		{"I9 a default over a player's data after a load that failed", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			write(w, s, *w.Memory(s))
			w.Leave(s)
			bad := w.Arrive(7, "b")
			w.Load(bad, history.Ledger{})
			w.Session(bad).Source = "default"
			write(w, bad, *w.Memory(bad))
			w.Leave(bad)
		}, []string{"I2", "I9"}},
		{"I9 a read that says nil is believed", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			write(w, s, *w.Memory(s))
			w.Leave(s)
			bad := w.Arrive(7, "b")
			w.Load(bad, history.Ledger{})
			w.Change(bad, history.Change{Coins: 1})
			write(w, bad, *w.Memory(bad))
			w.Leave(bad)
		}, []string{"I2", "I9"}},
		{"a default in memory only", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			write(w, s, *w.Memory(s))
			w.Leave(s)
			bad := w.Arrive(7, "b")
			w.Load(bad, history.Ledger{})
			w.Session(bad).Source = "default"
			w.Leave(bad)
			play(w, "a")
		}, nil},
		{"I12b a backup over what is newer", func(w *historytest.World) {
			old := w.Stored(w.Key("player_7"))
			play(w, "a")
			old = w.Stored(w.Key("player_7"))
			play(w, "a")
			s := w.Arrive(7, "b")
			w.Load(s, old)
			w.Session(s).Source = "backup"
			write(w, s, *w.Memory(s))
			w.Leave(s)
		}, []string{"I1", "I12b", "I2", "I3"}},
	})
}

func TestWhatMustNotBeStoredIsFound(t *testing.T) {
	text := func(value string) func(w *historytest.World) {
		return func(w *historytest.World) {
			s := play(w, "a")
			op := w.Put(s, history.Ledger{})
			op.Value = value
			w.Commit(op)
			w.Answer(op, history.OK)
		}
	}
	check(t, []planted{
		{"I11 coins that are no number", text(`{"data":{"ledger":{"marks":{"1":1},"coins":"5"}}}`),
			[]string{"I1", "I11", "I2"}},
		{"I11 coins that are no whole number", text(`{"data":{"ledger":{"marks":{"1":1},"coins":5.5}}}`),
			[]string{"I1", "I11", "I2"}},
		{"I11 no ledger at all", text(`{"data":{}}`), []string{"I1", "I11", "I2"}},
		{"I11 an item that is there less than not at all",
			text(`{"data":{"ledger":{"marks":{"1":1},"coins":5,"items":{"x":-1}}}}`),
			[]string{"I1", "I11", "I2"}},
		{"I11 a change that nobody made", text(`{"data":{"ledger":{"marks":{"1":2},"coins":5}}}`),
			[]string{"I11"}},
		{"numbers and tables as Luau writes them", text(
			`{"data":{"ledger":{"marks":[1],"coins":5.0,"items":[],"receipts":[],"steps":[]}}}`), nil},
		{"a lock before there is data", func(w *historytest.World) {
			s := w.Arrive(7, "a")
			op := w.Put(s, history.Ledger{})
			op.Value = `{"lock":"a"}`
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Load(s, history.Ledger{})
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Leave(s)
		}, nil},
		{"I14 an old write lands after a newer one", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			old := w.Put(s, *w.Memory(s))
			w.Answer(old, history.Info)
			w.Fault(old, "late", "INFO")
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Commit(old)
			w.Answer(old, history.Info)
			old.Return = history.Moment{Seq: old.Call.Seq + 1, At: old.Call.At}
			w.Leave(s)
		}, []string{"I1", "I14", "I2"}},
	})
}
