package history_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/scenarios/history"
	"savestone/scenarios/history/historytest"
)

// careful is a system that saves as it should, in a world of chance: a player is on one server at a
// time, what is stored is always what the session has, and answers are true. Replies get lost,
// writes land after their errors, servers crash, and loads are refused.
type careful struct {
	t       *rapid.T
	w       *historytest.World
	server  string
	servers int
	session int // 0: nobody is there
	item    int
}

func (c *careful) start() {
	c.servers++
	c.server = fmt.Sprintf("server-%d", c.servers)
	c.w.Start(c.server)
}

func (c *careful) step() {
	w := c.w
	if c.session == 0 {
		if rapid.IntRange(0, 4).Draw(c.t, "refused") == 0 {
			w.Refuse(w.Arrive(7, c.server), "busy")
			return
		}
		c.session = w.Join(7, c.server)
		return
	}
	switch rapid.IntRange(0, 9).Draw(c.t, "step") {
	case 0:
		w.Crash(c.server)
		c.session = 0
		c.start()
	case 1:
		c.save()
		w.Leave(c.session)
		c.session = 0
		if rapid.Bool().Draw(c.t, "hop") {
			c.start()
		}
	case 2:
		c.buy()
	case 3, 4, 5:
		c.save()
	case 6:
		c.item++
		w.Change(c.session, history.Change{Gives: fmt.Sprint("item", c.item)})
	default:
		w.Change(c.session, history.Change{Coins: rapid.Int64Range(-9, 9).Draw(c.t, "coins")})
	}
	w.Wait(time.Second)
}

// save writes what the session has, until it is known to be stored or given up.
func (c *careful) save() bool {
	w := c.w
	save := w.Intend(c.session)
	for range 3 {
		op := w.Put(c.session, *w.Memory(c.session))
		switch rapid.SampledFrom([]string{"ok", "ok", "fail", "lost", "gone", "late"}).Draw(c.t, "fate") {
		case "ok":
			w.Commit(op)
			w.Answer(op, history.OK)
			w.Say(save, history.Acked)
			return true
		case "fail":
			w.Answer(op, history.Fail)
		case "lost":
			w.Commit(op)
			w.Answer(op, history.Info)
		case "gone":
			w.Answer(op, history.Info)
		case "late":
			w.Answer(op, history.Info)
			back := op.Return
			w.Commit(op)
			op.Answer, op.Return = history.Entry{}, back
		}
	}
	w.Say(save, rapid.SampledFrom([]history.Answer{history.Queued, history.GivenUp}).Draw(c.t, "answer"))
	return false
}

// buy grants a purchase, and confirms it once it is stored.
func (c *careful) buy() {
	c.item++
	r := buy(c.w, c.session, fmt.Sprint("purchase", c.item))
	if c.save() {
		confirm(c.w, r)
	}
}

func TestCarefulSystemsBreakNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &careful{t: rt, w: historytest.New()}
		c.start()
		for range rapid.IntRange(0, 60).Draw(rt, "steps") {
			c.step()
		}
		h, p := c.w.End()
		j := history.Judge(h, p, history.Limits{Retries: 4})
		require.Empty(rt, j.Violations)
		require.Zero(rt, j.Honesty().Failures)
		saves := j.Saves(time.Minute)
		require.Equal(rt, len(p.Saves), saves.Trials)
		for _, f := range j.Fates(time.Minute) {
			require.False(rt, f.Answer == history.Acked && !f.OK, "%+v", f)
			require.False(rt, f.Answer == history.GivenUp && f.OK, "%+v", f)
		}
	})
}

// How long it takes after an outage is told from the last request that it hit.
func TestRecoveryIsMeasuredFromTheEndOfEachOutage(t *testing.T) {
	w := historytest.New()
	w.Start("a")
	s := w.Join(7, "a")
	for _, wait := range []time.Duration{20 * time.Second, 3 * time.Second} {
		w.Change(s, history.Change{Coins: 5})
		for range 2 {
			op := w.Put(s, *w.Memory(s))
			w.Fault(op, "outage", "FAIL")
			w.Answer(op, history.Fail)
			w.Wait(wait)
		}
		w.Save(s)
	}
	h, p := w.End()
	j := history.Judge(h, p, history.Limits{})
	const steps = 4 * time.Millisecond // the call, the request, and until it had taken effect
	require.Equal(t, []time.Duration{20*time.Second + steps, 3*time.Second + steps},
		j.Samples["recovery"])
}
