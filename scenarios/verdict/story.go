package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"savestone/emulator"
	"savestone/scenarios/history"
)

// How much of a story is told: what led to a violation comes last, so that is what stays.
const (
	storyMax    = 40
	versionsMax = 20
	valueMax    = 400
	dataStore   = "DataStore"
)

// told is an event with its place in the order of things.
type told struct {
	Event
	seq int64
}

// exampleOf tells a violation so that a person can follow it.
func exampleOf(j *history.Judgement, v *history.Violation) Example {
	e := Example{Invariant: v.Invariant, Key: v.Key.Name, At: v.At, Text: v.Text}
	key := slices.Index(j.History.Keys, v.Key)
	if key < 0 {
		return e
	}
	s := &story{h: j.History, p: j.Play, key: history.KeyID(key), until: v.At}
	s.faults()
	s.lives()
	s.players()
	s.requests()
	slices.SortStableFunc(s.events, func(a, b told) int { return cmp.Compare(a.seq, b.seq) })
	for _, event := range s.events[max(0, len(s.events)-storyMax):] {
		e.Story = append(e.Story, event.Event)
	}
	e.Versions = s.versions(v)
	return e
}

// story collects what happened to one key until some time.
type story struct {
	h      *history.History
	p      *history.Play
	key    history.KeyID
	until  time.Duration
	events []told
	struck map[int]string // what hit a request
}

// add tells of an event if it is not too late for the story.
func (s *story) add(at history.Moment, from, to, kind, text string) {
	if at.Seq != 0 && at.At <= s.until {
		s.events = append(s.events, told{Event{at.At, from, to, text, kind}, at.Seq})
	}
}

// faults notes what hit the requests of the story.
func (s *story) faults() {
	s.struck = map[int]string{}
	for i := range s.p.Faults {
		if f := &s.p.Faults[i]; f.Op > 0 && f.Class != "OK" {
			s.struck[f.Op] = f.Rule
		}
	}
}

// players tells what the players of a key did.
func (s *story) players() {
	mine := map[int]*history.Session{}
	for i := range s.p.Sessions {
		session := &s.p.Sessions[i]
		if session.Key != s.key {
			continue
		}
		mine[session.ID] = session
		who := player(session)
		s.add(session.Join, who, session.Server, "call",
			fmt.Sprintf("joins: session %d", session.ID))
		if session.OK {
			s.add(session.Loaded, session.Server, who, "reply", "has the data"+from(session.Source))
		} else {
			s.add(session.Loaded, session.Server, who, "error", "no data: "+session.Error)
		}
		s.add(session.Leave, who, session.Server, "call", "leaves ("+session.End+")")
	}
	s.changes(mine)
	for i := range s.p.Saves {
		save := &s.p.Saves[i]
		session := mine[save.Session]
		if session == nil {
			continue
		}
		name := fmt.Sprintf("save of session %d up to change %d", save.Session, save.Marks)
		s.add(save.Call, cmp.Or(save.By, "game"), session.Server, "call", name)
		s.add(save.Return, session.Server, cmp.Or(save.By, "game"), kindOf(save),
			name+": "+save.Answer.String()+because(save.Error))
	}
}

func player(session *history.Session) string {
	return "player " + strconv.FormatInt(session.Player, 10)
}

func from(source string) string {
	if source == "" {
		return ""
	}
	return ", from " + source
}

func because(err string) string {
	if err == "" {
		return ""
	}
	return ", " + err
}

func kindOf(save *history.Save) string {
	if save.Answer == history.GivenUp {
		return "error"
	}
	return "reply"
}

// changes tells of the changes of some sessions; those that follow each other at once are one line.
func (s *story) changes(mine map[int]*history.Session) {
	var last *told
	for i := range s.p.Changes {
		c := &s.p.Changes[i]
		session := mine[c.Session]
		if session == nil || c.At.At > s.until {
			continue
		}
		text := fmt.Sprintf("change %d of session %d%s", c.Number, c.Session, gist(c))
		if last != nil && last.From == player(session) && last.To == session.Server &&
			c.Gives+c.Takes+c.Receipt == "" && s.quiet(last.seq, c.At.Seq) {
			last.Text, last.seq = "changes up to "+text[len("change "):], c.At.Seq
			continue
		}
		s.add(c.At, player(session), session.Server, "note", text)
		last = &s.events[len(s.events)-1]
	}
}

// quiet reports whether nothing was saved or asked for the key between two moments.
func (s *story) quiet(from, to int64) bool {
	for i := range s.h.Commits {
		if c := &s.h.Commits[i]; c.Key == s.key && c.End.Seq > from && c.End.Seq < to {
			return false
		}
	}
	return true
}

func gist(c *history.Change) string {
	switch {
	case c.Receipt != "":
		return ": grants purchase " + c.Receipt
	case c.Gives != "":
		return ": gets " + c.Gives
	case c.Takes != "":
		return ": gives " + c.Takes
	}
	return fmt.Sprintf(": %+d coins", c.Coins)
}

// requests tells what was asked of the key, what took effect, and what was answered.
func (s *story) requests() {
	committed := map[int]*history.Commit{}
	for i := range s.h.Commits {
		if c := &s.h.Commits[i]; c.Key == s.key {
			committed[c.Op] = c
		}
	}
	for i := range s.h.Ops {
		op := &s.h.Ops[i]
		if op.Key != s.key {
			continue
		}
		name := fmt.Sprintf("%s #%d", op.Kind, op.ID)
		s.add(op.Call, op.Server, dataStore, "call", name)
		if c := committed[op.ID]; c != nil {
			late := op.Return.Seq != 0 && c.Begin.Seq > op.Return.Seq
			s.add(c.End, op.Server, dataStore, effect(late), name+" takes effect")
		}
		s.answer(op, name)
	}
}

func effect(late bool) string {
	if late {
		return "late"
	}
	return "note"
}

// answer tells how a request ended.
func (s *story) answer(op *history.Op, name string) {
	fault := ""
	if rule := s.struck[op.ID]; rule != "" {
		fault = " (" + rule + ")"
	}
	switch {
	case op.Outcome == history.OK && op.Kind == emulator.OpGet && !op.Answer.Found:
		s.add(op.Return, dataStore, op.Server, "reply", name+": nothing there"+fault)
	case op.Outcome == history.OK:
		s.add(op.Return, dataStore, op.Server, "reply", name+": ok"+fault)
	case op.Outcome == history.Info:
		s.add(op.Return, dataStore, op.Server, "lost", name+because(op.Error)+fault)
	default:
		s.add(op.Return, dataStore, op.Server, "error", name+because(op.Error)+fault)
	}
}

// lives tells how the servers of the story ended, and what was done to them.
func (s *story) lives() {
	mine := map[string]bool{}
	for i := range s.p.Sessions {
		if s.p.Sessions[i].Key == s.key {
			mine[s.p.Sessions[i].Server] = true
		}
	}
	for i := range s.p.Servers {
		if life := &s.p.Servers[i]; mine[life.Server] {
			s.add(life.Closing, life.Server, life.Server, "note", "begins to close")
			s.add(life.End, life.Server, life.Server, "fault", "ends: "+life.Reason)
		}
	}
	for i := range s.p.Faults {
		if f := &s.p.Faults[i]; f.Op == 0 && (f.Server == "" || mine[f.Server]) {
			s.add(f.At, f.Rule, f.Server, "fault", cmp.Or(f.Detail, f.Kind))
		}
	}
}

// versions are those of the key up to the violation, the last ones.
func (s *story) versions(v *history.Violation) []Version {
	var all []Version
	for i := range s.h.Commits {
		c := &s.h.Commits[i]
		if c.Key != s.key || c.End.At > s.until {
			continue
		}
		version := Version{At: c.End.At, Server: "nobody", Value: shortened(c.Value)}
		if c.Op > 0 && c.Op <= len(s.h.Ops) {
			version.Server = s.h.Ops[c.Op-1].Server
		}
		if c.Kind == emulator.OpRemove {
			version.Value, version.Note = "", "removed"
		}
		if slices.Contains(v.Commits, i) {
			version.Note = v.Invariant + ": " + v.Text
		}
		all = append(all, version)
	}
	return all[max(0, len(all)-versionsMax):]
}

// shortened is a value that is no longer than a reader wants.
func shortened(value string) string {
	if len(value) <= valueMax {
		return value
	}
	return value[:valueMax] + fmt.Sprintf("… (%d bytes)", len(value))
}
