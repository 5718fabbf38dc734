// Package historytest writes worlds by hand: tests of those who judge histories need ones with a
// known bug in them, and ones without.
//
//	w := historytest.New()
//	w.Start("server-1")
//	s := w.Join(7, "server-1")
//	w.Change(s, history.Change{Coins: 5})
//	w.Save(s)
//	w.Leave(s)
//	h, p := w.End()
package historytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// World is a world in the making. Each thing that happens in it takes a millisecond.
type World struct {
	H *history.History
	P *history.Play

	Further string // what each value has beside the ledger

	now    time.Duration
	seq    int64
	keys   map[string]history.KeyID
	stored map[history.KeyID]history.Entry
	memory []history.Ledger // by session
}

var store = emulator.StoreID{Kind: emulator.Standard, Name: "Players", Scope: "global"}

// New returns a world without anything in it, in which the ledger is at data.ledger.
func New() *World {
	w := &World{
		H: &history.History{}, P: &history.Play{Path: []string{"data", "ledger"}},
		keys: map[string]history.KeyID{}, stored: map[history.KeyID]history.Entry{},
	}
	w.H.Versions = []history.Version{{Key: -1}}
	// Room for all that a test writes, so that what was returned stays where it is.
	const room = 1 << 14
	w.H.Ops = make([]history.Op, 0, room)
	w.P.Saves = make([]history.Save, 0, room)
	return w
}

// Moment is the next moment.
func (w *World) Moment() history.Moment {
	w.seq++
	w.now += time.Millisecond
	return history.Moment{Seq: w.seq, At: w.now}
}

// Wait lets time pass.
func (w *World) Wait(d time.Duration) { w.now += d }

// Key is the ID of a key.
func (w *World) Key(name string) history.KeyID {
	id, known := w.keys[name]
	if !known {
		id = history.KeyID(len(w.H.Keys))
		w.keys[name] = id
		w.H.Keys = append(w.H.Keys, history.Key{Store: store, Name: name})
	}
	return id
}

// Start begins the life of a server.
func (w *World) Start(servers ...string) {
	for _, server := range servers {
		w.P.Servers = append(w.P.Servers, history.Life{Server: server, Begin: w.Moment()})
	}
}

// Life finds a server.
func (w *World) Life(server string) *history.Life {
	for i := range w.P.Servers {
		if w.P.Servers[i].Server == server {
			return &w.P.Servers[i]
		}
	}
	panic("historytest: no server " + server)
}

// Crash ends the life of a server, and the sessions on it.
func (w *World) Crash(server string) {
	end, life := w.Moment(), w.Life(server)
	life.End, life.Reason = end, "crash"
	for i := range w.P.Sessions {
		if s := &w.P.Sessions[i]; s.Server == server && s.Leave.Seq == 0 {
			s.Leave, s.End = end, "crash"
			life.Lost++
		}
	}
}

// Session finds a session.
func (w *World) Session(id int) *history.Session { return &w.P.Sessions[id-1] }

// Memory is what a session has of its player's data.
func (w *World) Memory(id int) *history.Ledger { return &w.memory[id-1] }

// Arrive begins a session that has not loaded yet.
func (w *World) Arrive(player int64, server string) (id int) {
	key := w.Key(fmt.Sprintf("player_%d", player))
	id = len(w.P.Sessions) + 1
	w.P.Sessions = append(w.P.Sessions, history.Session{
		ID: id, Player: player, Server: server, Key: key, Join: w.Moment(),
	})
	w.memory = append(w.memory, empty())
	return id
}

// Join begins a session that loads what is stored.
func (w *World) Join(player int64, server string) (id int) {
	id = w.Arrive(player, server)
	s := w.Session(id)
	op := w.ask(s, emulator.OpGet)
	w.Answer(op, history.OK)
	w.Load(id, w.Stored(s.Key))
	return id
}

// Load gives a session its data.
func (w *World) Load(id int, base history.Ledger) {
	s := w.Session(id)
	s.Loaded, s.OK, s.Base = w.Moment(), true, clone(base)
	w.memory[id-1] = clone(base)
}

// Refuse ends the load of a session without data.
func (w *World) Refuse(id int, why string) {
	s := w.Session(id)
	s.Loaded, s.Error = w.Moment(), why
	w.Leave(id)
	s.End = "kicked"
}

// Leave ends a session.
func (w *World) Leave(id int) {
	s := w.Session(id)
	s.Leave, s.Left, s.End = w.Moment(), w.Moment(), "left"
}

// Change makes a change to the data of a session.
func (w *World) Change(id int, c history.Change) {
	m := w.Memory(id)
	m.Found = true
	m.Marks[id]++
	c.Session, c.Number, c.At = id, m.Marks[id], w.Moment()
	w.P.Changes = append(w.P.Changes, c)
	m.Coins += c.Coins
	for name, n := range map[string]int{c.Gives: 1, c.Takes: -1} {
		if m.Items[name] += n; name == "" || m.Items[name] == 0 {
			delete(m.Items, name)
		}
	}
	if c.Receipt != "" {
		m.Receipts[c.Receipt]++
	}
}

// Save stores what a session has, and says so.
func (w *World) Save(id int) *history.Save {
	save := w.Intend(id)
	op := w.Put(id, *w.Memory(id))
	w.Commit(op)
	w.Answer(op, history.OK)
	w.Say(save, history.Acked)
	return save
}

// Intend is the call of a save.
func (w *World) Intend(id int) *history.Save {
	w.P.Saves = append(w.P.Saves, history.Save{
		Session: id, Marks: w.Memory(id).Marks[id], By: "timer", Call: w.Moment(),
	})
	return &w.P.Saves[len(w.P.Saves)-1]
}

// Say answers a save.
func (w *World) Say(save *history.Save, answer history.Answer) {
	save.Return, save.Answer = w.Moment(), answer
}

// Put asks for a ledger to be written by a session's server.
func (w *World) Put(id int, l history.Ledger) *history.Op {
	op := w.ask(w.Session(id), emulator.OpPut)
	op.Value = Text(l)
	if w.Further != "" {
		op.Value = `{"further":"` + w.Further + `",` + op.Value[1:]
	}
	return op
}

// Remove asks for a key to be removed, by somebody.
func (w *World) Remove(server string, key history.KeyID) *history.Op {
	return w.ask(&history.Session{Server: server, Key: key}, emulator.OpRemove)
}

func (w *World) ask(s *history.Session, kind emulator.Op) *history.Op {
	w.H.Ops = append(w.H.Ops, history.Op{
		ID: len(w.H.Ops) + 1, Server: s.Server, Kind: kind, Key: s.Key, Call: w.Moment(),
	})
	return &w.H.Ops[len(w.H.Ops)-1]
}

// Commit lets a request take effect.
func (w *World) Commit(op *history.Op) {
	c := history.Commit{Op: op.ID, Kind: op.Kind, Key: op.Key, Begin: w.Moment()}
	if op.Kind == emulator.OpRemove {
		c.Entry = w.stored[op.Key]
		delete(w.stored, op.Key)
	} else {
		text := fmt.Sprintf("%012d", w.seq)
		w.H.Versions = append(w.H.Versions, history.Version{Key: op.Key, Text: text})
		version := history.VersionID(len(w.H.Versions) - 1)
		c.Entry = history.Entry{Found: true, Version: version, Value: op.Value}
		w.stored[op.Key] = c.Entry
	}
	c.End = w.Moment()
	w.H.Commits = append(w.H.Commits, c)
	op.Answer = c.Entry
}

// Answer ends a request.
func (w *World) Answer(op *history.Op, outcome history.Outcome) {
	op.Return, op.Outcome = w.Moment(), outcome
	switch {
	case outcome != history.OK:
		op.Answer, op.Error = history.Entry{}, "502: API Services rejected request"
	case op.Kind == emulator.OpGet:
		op.Answer = w.stored[op.Key]
	}
}

// Stored is the ledger that a key has.
func (w *World) Stored(key history.KeyID) history.Ledger {
	l, err := history.ReadLedger(w.stored[key].Value, w.P.Path)
	if err != nil {
		panic(err)
	}
	if !l.Found {
		return empty()
	}
	return l
}

// Fault notes that a fault hit a request.
func (w *World) Fault(op *history.Op, kind, class string) {
	w.P.Faults = append(w.P.Faults, history.Fault{
		At: op.Call, Rule: kind, Kind: kind, Class: class, Op: op.ID, Server: op.Server,
	})
}

// End is what was written.
func (w *World) End() (*history.History, *history.Play) {
	w.P.End = w.Moment()
	return w.H, w.P
}

func empty() history.Ledger {
	return history.Ledger{
		Marks: map[int]int{}, Items: map[string]int{}, Receipts: map[string]int{},
		Steps: map[string]int{},
	}
}

func clone(l history.Ledger) history.Ledger {
	of := empty()
	of.Found, of.Coins, of.Schema = l.Found, l.Coins, l.Schema
	maps.Copy(of.Marks, l.Marks)
	maps.Copy(of.Items, l.Items)
	maps.Copy(of.Receipts, l.Receipts)
	maps.Copy(of.Steps, l.Steps)
	return of
}

// Text is a value with a ledger in it, as a server would write it.
func Text(l history.Ledger) string {
	marks := map[string]int{}
	for session, n := range l.Marks {
		marks[strconv.Itoa(session)] = n
	}
	ledger := map[string]any{
		"marks": marks, "coins": l.Coins, "items": l.Items, "receipts": l.Receipts,
		"steps": l.Steps, "schema": l.Schema,
	}
	text, err := json.Marshal(map[string]any{"data": map[string]any{"ledger": ledger}, "meta": "x"})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Read asks for what is stored.
func (w *World) Read(id int) {
	w.Answer(w.ask(w.Session(id), emulator.OpGet), history.OK)
}
