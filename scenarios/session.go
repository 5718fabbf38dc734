package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
	"savestone/scenarios/history"
)

// purchaseCoins is what a purchase gives.
const purchaseCoins = 100

// session is one stay of a player on a server, as the world plays it. What is to be judged of it is
// in Play.Sessions.
type session struct {
	server *server
	user   int64
	id     int // in Play.Sessions, from 1
	number int // of the last change
	parts  int // in Play.Saves: the place of its last save, -1 before it
	loaded bool
	over   bool
	woken  func() // has the player, who rests, see that it is over
}

// join lets a player into the server and waits until the system has loaded the data. It returns the
// session, or nil if there is none in the end.
func (s *server) join(p *player) *session {
	w := s.world
	open := &session{server: s, user: p.user, id: len(w.play.Sessions) + 1, parts: -1}
	key, err := s.keyOf(p.user)
	if err != nil {
		if !errors.Is(err, errServerEnded) {
			w.fail(err)
		}
		return nil
	}
	w.play.Sessions = append(w.play.Sessions, history.Session{
		ID: open.id, Player: p.user, Server: s.name, Key: key, Join: w.now(),
	})
	s.sessions = append(s.sessions, open)
	w.trace.fold("join", s.name, p.name)
	if _, err := s.game.Join(p.profile()); err != nil {
		w.fail(err)
		return nil
	}
	told, err := s.call("join", lua.LNumber(p.user), lua.LString(numeral(open.id)),
		lua.LNumber(w.plan.Players.Size))
	if open.over {
		return nil
	}
	if err != nil {
		open.failed(err.Error())
		return nil
	}
	if told[0] != lua.LTrue {
		open.failed(vm.Text(told[1]))
		return nil
	}
	entry := open.entry()
	entry.OK, entry.Loaded, entry.Source = true, w.now(), vm.Text(told[1])
	entry.Base = w.ledger(vm.Text(told[2]))
	open.loaded = true
	w.trace.fold("loaded", s.name, p.name, vm.Text(told[2]))
	return open
}

// entry is what is noted of the session.
func (o *session) entry() *history.Session { return &o.server.world.play.Sessions[o.id-1] }

// failed notes that the data was not loaded, and sends the player away.
func (o *session) failed(reason string) {
	o.entry().Error, o.entry().Loaded = reason, o.server.world.now()
	o.end("kicked")
}

// note numbers a change and writes it down.
func (o *session) note(c history.Change) int {
	w := o.server.world
	o.number++
	c.Session, c.Number, c.At = o.id, o.number, w.now()
	w.play.Changes = append(w.play.Changes, c)
	return o.number
}

// gone reports whether the player is no longer there: a server that closes lets all go (R228).
func (o *session) gone() bool { return o.over || o.server.closing }

// change changes the player's data. It reports whether the system took the change.
func (o *session) change(c history.Change) bool {
	if o.gone() {
		return false
	}
	number := o.note(c)
	told, err := o.server.call("change", lua.LNumber(o.user), lua.LNumber(number),
		lua.LNumber(c.Coins), lua.LString(c.Gives), lua.LString(c.Takes))
	if err != nil || told[0] != lua.LTrue {
		o.unnote(err)
		return false
	}
	return true
}

// unnote takes back a change that was not made.
func (o *session) unnote(err error) {
	w := o.server.world
	if err != nil && !errors.Is(err, errServerEnded) {
		w.fail(err)
	}
	last := len(w.play.Changes) - 1
	if c := w.play.Changes[last]; c.Session == o.id && c.Number == o.number {
		w.play.Changes = w.play.Changes[:last]
		o.number--
	}
}

// save asks the system to save and waits for its answer.
func (o *session) save(by string) history.Answer {
	if o.gone() {
		return history.GivenUp
	}
	at := o.intend(by, false)
	told, err := o.server.call("save", lua.LNumber(o.user))
	o.server.world.answered(at, told, err)
	return o.server.world.play.Saves[at].Answer
}

// intend writes down that the data as it is now shall be saved.
func (o *session) intend(by string, final bool) int {
	w := o.server.world
	w.play.Saves = append(w.play.Saves, history.Save{
		Session: o.id, Marks: o.number, Final: final, By: by, Call: w.now(),
	})
	w.trace.fold("save", o.server.name, numeral(o.id), by)
	return len(w.play.Saves) - 1
}

// answered writes down what the system said of a save.
func (w *world) answered(at int, told []lua.LValue, err error) {
	save := &w.play.Saves[at]
	switch {
	case errors.Is(err, errServerEnded):
		return
	case err != nil:
		save.Answer, save.Error = history.GivenUp, err.Error()
	default:
		save.Answer = answerNamed(vm.Text(told[0]))
		if save.Answer == history.Unanswered {
			w.fail(errors.New("the adapter answered " + vm.Text(told[0]) +
				" to a save, want stored, queued or failed"))
		}
		if len(told) > 1 {
			save.Error = vm.Text(told[1])
		}
	}
	save.Return = w.now()
	w.trace.fold("saved", save.Answer.String(), save.Error)
}

func answerNamed(text string) history.Answer {
	switch text {
	case "stored":
		return history.Acked
	case "queued":
		return history.Queued
	case "failed":
		return history.GivenUp
	}
	return history.Unanswered
}

// leave lets the player leave and waits until the system is done with them.
func (o *session) leave(why string) {
	if o.over {
		return
	}
	o.final("leave")
	o.end(why)
	told, err := o.server.call("leave", lua.LNumber(o.user))
	if err != nil && o.parts >= 0 {
		o.server.world.answered(o.parts, nil, err)
		return
	}
	if err == nil {
		o.parted(vm.Text(told[0]), vm.Text(told[1]))
	}
}

// final writes down the session's last intent to save, once.
func (o *session) final(by string) {
	if o.parts < 0 && o.loaded {
		o.parts = o.intend(by, true)
	}
}

// parted writes down how the last save went.
func (o *session) parted(answer, reason string) {
	w := o.server.world
	if o.parts >= 0 && w.play.Saves[o.parts].Return.Seq == 0 {
		w.answered(o.parts, []lua.LValue{lua.LString(answer), lua.LString(reason)}, nil)
	}
	o.entry().Left = w.now()
}

// end takes the player off the server; nothing is changed in this session any more.
func (o *session) end(why string) {
	if o.over {
		return
	}
	o.over = true
	s := o.server
	entry := o.entry()
	entry.Leave, entry.End = s.world.now(), why
	s.world.trace.fold("leave", s.name, numeral(o.id), why)
	s.sessions = slices.DeleteFunc(s.sessions, func(other *session) bool { return other == o })
	if o.woken != nil {
		o.woken()
	}
	if s.over || s.closing {
		return
	}
	if player := s.game.PlayerByUserID(o.user); player != nil {
		s.game.Leave(player, "Unknown")
	}
}

// rest lets the running task sleep until a time, or until the session is over.
func (w *world) rest(o *session, until time.Duration) {
	task, awake := w.sim.Current(), false
	resume := func() {
		if !awake && task.State() == sched.Parked {
			awake = true
			task.Resume()
		}
	}
	timer := w.sim.After(max(0, until-w.since()), resume)
	o.woken = func() { w.sim.After(0, resume) }
	w.sim.Park()
	timer.Stop()
	o.woken = nil
}

// ledger reads a ledger as the driver tells it.
func (w *world) ledger(text string) history.Ledger {
	ledger, err := history.ReadLedger(text, nil)
	if err != nil {
		w.fail(fmt.Errorf("read the ledger %s: %w", text, err))
	}
	return ledger
}
