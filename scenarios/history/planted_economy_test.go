package history_test

import (
	"testing"
	"time"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// buy offers a purchase to a session and grants it in memory.
func buy(w *historytest.World, session int, purchase string) *history.Receipt {
	w.P.Receipts = append(w.P.Receipts, history.Receipt{
		Purchase: purchase, Player: 7, Session: session, Call: w.Moment(),
	})
	w.Change(session, history.Change{Coins: 100, Receipt: purchase})
	return &w.P.Receipts[len(w.P.Receipts)-1]
}

func confirm(w *historytest.World, r *history.Receipt) {
	r.Granted, r.Recorded, r.Return = true, true, w.Moment()
}

// trade moves an item between two sessions.
func trade(w *historytest.World, item string, from, to int) {
	w.Change(from, history.Change{Takes: item})
	w.Change(to, history.Change{Gives: item})
	w.P.Trades = append(w.P.Trades, history.Trade{Item: item, From: from, To: to, At: w.Moment()})
}

func TestCoinsAndItemsAreCounted(t *testing.T) {
	check(t, []planted{
		{"what an operator gave counts", func(w *historytest.World) {
			s := w.Arrive(7, "a")
			op := w.Put(s, history.Ledger{Found: true, Coins: 1000, Items: map[string]int{"hat": 1}})
			op.Server = "operator"
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Load(s, w.Stored(w.Session(s).Key))
			w.Change(s, history.Change{Coins: 5})
			w.Change(s, history.Change{Takes: "hat"})
			w.Save(s)
			w.Leave(s)
		}, nil},
		{"I6 a change made twice", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.Memory(s).Coins += 5
			w.Save(s)
			w.Change(s, history.Change{Coins: 5})
			w.Save(s)
			w.Leave(s)
		}, []string{"I6"}},
		{"I6 an item twice", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Gives: "sword"})
			w.Memory(s).Items["sword"]++
			w.Save(s)
			w.Leave(s)
		}, []string{"I6"}},
		{"a trade that both sides save", func(w *historytest.World) {
			one, two := w.Join(7, "a"), w.Join(8, "a")
			w.Change(one, history.Change{Gives: "sword"})
			trade(w, "sword", one, two)
			w.Save(one)
			w.Save(two)
		}, nil},
		{"I6 a trade of which the giver's side is lost", func(w *historytest.World) {
			one, two := w.Join(7, "a"), w.Join(8, "b")
			w.Change(one, history.Change{Gives: "sword"})
			w.Save(one)
			trade(w, "sword", one, two)
			w.Save(two)
			w.Crash("a")
		}, []string{"I6"}},
		{"I6 a trade of which the taker's side is lost", func(w *historytest.World) {
			one, two := w.Join(7, "a"), w.Join(8, "b")
			w.Change(one, history.Change{Gives: "sword"})
			trade(w, "sword", one, two)
			w.Save(one)
			w.Crash("b")
		}, []string{"I6"}},
	})
}

func TestPurchasesAreGrantedOnce(t *testing.T) {
	check(t, []planted{
		{"confirmed when stored", func(w *historytest.World) {
			s := w.Join(7, "a")
			r := buy(w, s, "p1")
			w.Save(s)
			confirm(w, r)
			w.Leave(s)
		}, nil},
		{"granted, lost and offered again", func(w *historytest.World) {
			s := w.Join(7, "a")
			buy(w, s, "p1")
			w.Crash("a")
			s = w.Join(7, "b")
			r := buy(w, s, "p1")
			w.Save(s)
			confirm(w, r)
		}, nil},
		{"I7 confirmed, then lost", func(w *historytest.World) {
			s := w.Join(7, "a")
			confirm(w, buy(w, s, "p1"))
			w.Crash("a")
		}, []string{"I7"}},
		{"I7 confirmed too early", func(w *historytest.World) {
			s := w.Join(7, "a")
			confirm(w, buy(w, s, "p1"))
			w.Save(s)
			w.Leave(s)
		}, []string{"I7"}},
		{"I7 granted again when offered again", func(w *historytest.World) {
			s := w.Join(7, "a")
			buy(w, s, "p1")
			w.Save(s) // the answer is lost
			r := buy(w, s, "p1")
			w.Save(s)
			confirm(w, r)
			w.Leave(s)
		}, []string{"I7"}},
		{"I7 granted to two players", func(w *historytest.World) {
			one, two := w.Join(7, "a"), w.Join(8, "b")
			buy(w, one, "p1")
			w.Save(one)
			confirm(w, buy(w, two, "p1"))
			w.Save(two)
		}, []string{"I7"}},
	})
}

// migrate brings a session's data to a schema, as one that applies a step does.
func migrate(w *historytest.World, session int, schema, step string) {
	m := w.Memory(session)
	m.Schema = schema
	if step != "" {
		m.Steps[step]++
	}
}

func TestMigrationsAreWhole(t *testing.T) {
	old := func(w *historytest.World) (session int) {
		s := w.Join(7, "a")
		migrate(w, s, "1.9", "")
		w.Change(s, history.Change{Coins: 5})
		w.Save(s)
		w.Leave(s)
		return w.Join(7, "b")
	}
	check(t, []planted{
		{"a step and its schema together", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			w.Leave(s)
		}, nil},
		{"I10 a step applied twice", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.10", "ten")
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			w.Leave(s)
		}, []string{"I10"}},
		{"I10 a step first, its schema later", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.9", "ten")
			w.Save(s)
			w.Leave(s)
		}, []string{"I10"}},
		{"I10 a schema without its step", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			migrate(w, s, "1.11", "")
			w.Save(s)
			w.Leave(s)
		}, []string{"I10"}},
		{"a rollback to what was there", func(w *historytest.World) {
			s := old(w)
			image := w.Stored(w.Session(s).Key)
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			write(w, s, image)
			w.Leave(s)
		}, nil},
		{"I10b a rollback that leaves traces", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			migrate(w, s, "1.9", "")
			w.Save(s)
			w.Leave(s)
		}, []string{"I10b"}},
		{"I5 old code over newer data", func(w *historytest.World) {
			s := old(w)
			migrate(w, s, "1.10", "ten")
			w.Save(s)
			w.Change(s, history.Change{Coins: 5})
			migrate(w, s, "1.9", "")
			delete(w.Memory(s).Steps, "ten")
			w.Save(s)
			w.Leave(s)
		}, []string{"I5"}},
	})
}

func TestBackupsAndRecoveryAreJudged(t *testing.T) {
	probe := func(w *historytest.World, ok bool, l history.Ledger) {
		w.P.Probes = append(w.P.Probes, history.Probe{Player: 7, At: w.Moment(), OK: ok, Ledger: l})
	}
	check(t, []planted{
		{"a backup that is up to date", func(w *historytest.World) {
			play(w, "a")
			w.Wait(time.Hour)
			probe(w, true, w.Stored(w.Key("player_7")))
		}, nil},
		{"no backup yet", func(w *historytest.World) {
			probe(w, false, history.Ledger{})
			play(w, "a")
			probe(w, false, history.Ledger{})
		}, nil},
		{"I12 no backup at all", func(w *historytest.World) {
			play(w, "a")
			w.Wait(time.Hour)
			probe(w, false, history.Ledger{})
		}, []string{"I12"}},
		{"I12 a backup that is old", func(w *historytest.World) {
			play(w, "a")
			l := w.Stored(w.Key("player_7"))
			play(w, "a")
			w.Wait(time.Hour)
			probe(w, true, l)
		}, []string{"I12"}},
		{"what waits is stored once the faults end", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			w.Wait(50 * time.Second)
			w.Save(s)
		}, nil},
		{"I13 what waits is stored too late", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			w.Wait(2 * time.Minute)
			w.Save(s)
		}, []string{"I13"}},
		{"what waits is stored after an outage", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			op := w.Put(s, *w.Memory(s))
			w.Fault(op, "outage", "FAIL")
			w.Answer(op, history.Fail)
			w.Wait(20 * time.Second)
			w.Save(s)
		}, nil},
		{"I13 a breaker that never closes", func(w *historytest.World) {
			w.P.Heals = []history.Interval{{Begin: w.Moment()}}
			w.Wait(2 * time.Minute)
			w.P.Reports = append(w.P.Reports, history.Report{Server: "a", At: w.Moment()})
		}, []string{"I13"}},
	})
}

// report is what a system says of itself.
func report(w *historytest.World, r history.Report) {
	r.Server, r.Healthy, r.At = "a", true, w.Moment()
	w.P.Reports = append(w.P.Reports, r)
}

func TestServersAreJudged(t *testing.T) {
	check(t, []planted{
		{"I15 a request dropped by a full queue", func(w *historytest.World) {
			op := w.Put(w.Join(7, "a"), history.Ledger{})
			w.Answer(op, history.Fail)
			op.Error = "302: SetAsync request dropped"
		}, []string{"I15"}},
		{"I15 far more writes than saves", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Save(s)
			for range 20 {
				w.Answer(w.Put(s, *w.Memory(s)), history.Fail)
			}
		}, []string{"I15"}},
		{"a server that lets go", func(w *historytest.World) {
			report(w, history.Report{Held: 2, Threads: 3})
			play(w, "a")
			report(w, history.Report{Held: 9, Threads: 9}) // so soon it may hold them still
			w.Wait(2 * time.Minute)
			report(w, history.Report{Held: 2, Threads: 3})
		}, nil},
		{"I16 a session that is never forgotten", func(w *historytest.World) {
			report(w, history.Report{Threads: 3})
			play(w, "a")
			w.Wait(2 * time.Minute)
			report(w, history.Report{Held: 1, Threads: 3})
		}, []string{"I16"}},
	})
}

func TestServersThatCloseAreJudged(t *testing.T) {
	closing := func(w *historytest.World) *history.Life {
		life := w.Life("a")
		life.Closing, life.Reason = w.Moment(), "shutdown"
		return life
	}
	check(t, []planted{
		{"a server that closes in good time", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			life := closing(w)
			w.Save(s)
			w.Leave(s)
			life.End = w.Moment()
		}, nil},
		{"I17 a server that ends before all is stored", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			life := closing(w)
			w.Intend(s)
			life.End = w.Moment()
		}, []string{"I17"}},
		{"a server that closes in an outage and says so", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Change(s, history.Change{Coins: 5})
			life := closing(w)
			op := w.Put(s, *w.Memory(s))
			w.Fault(op, "outage", "FAIL")
			w.Answer(op, history.Fail)
			w.Say(w.Intend(s), history.GivenUp)
			w.Leave(s)
			life.End = w.Moment()
		}, nil},
	})
}

func TestReportsAndTheStoreAreJudged(t *testing.T) {
	check(t, []planted{
		{"a server whose counts are true", func(w *historytest.World) {
			play(w, "a")
			w.Intend(w.Join(7, "a")) // in flight: it may count or not
			report(w, history.Report{Saves: 1, Stored: 1})
			report(w, history.Report{Saves: 2, Stored: 1})
		}, nil},
		{"I18 a server that counts retries as successes", func(w *historytest.World) {
			play(w, "a")
			report(w, history.Report{Saves: 3, Stored: 3})
		}, []string{"I18"}},
		{"E1 a read of what is not there", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Save(s)
			w.Join(7, "a")
			w.H.Ops[2].Answer.Value = "{}"
		}, []string{"E1"}},
		{"a read that a fault made untrue", func(w *historytest.World) {
			s := w.Join(7, "a")
			w.Save(s)
			w.Join(7, "a")
			w.H.Ops[2].Answer = history.Entry{}
			w.Fault(&w.H.Ops[2], "read nil", "LIE")
		}, nil},
	})
}
