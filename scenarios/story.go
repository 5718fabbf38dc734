package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"savestone/scenarios/history"
)

// line is one thing that happened.
type line struct {
	at   history.Moment
	text string
}

// Story tells in order what happened to a key, or to all keys.
func (w *World) Story(key string, all bool) []string {
	if key == "" && !all {
		return nil
	}
	var lines []line
	tell := func(at history.Moment, format string, args ...any) {
		lines = append(lines, line{at, fmt.Sprintf(format, args...)})
	}
	about := func(id history.KeyID) bool { return all || w.History.Keys[id].Name == key }
	w.tellRequests(tell, about)
	w.tellPlay(tell, about)
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.at.Seq, b.at.Seq) })
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = fmt.Sprintf("  +%-14s %s", l.at.At, l.text)
	}
	return texts
}

type teller func(at history.Moment, format string, args ...any)

func (w *World) tellRequests(tell teller, about func(history.KeyID) bool) {
	h := w.History
	for i := range h.Ops {
		op := &h.Ops[i]
		if !about(op.Key) {
			continue
		}
		key := h.Keys[op.Key]
		tell(op.Call, "%s asks #%d %s %s %s %s",
			op.Server, op.ID, op.Kind, key.Store.Name, key.Name, shortened(op.Value))
		if op.Return.Seq != 0 {
			took := op.Return.At - op.Call.At
			tell(op.Return, "%s is told #%d %s %s (after %s)", op.Server, op.ID, op.Outcome,
				op.Error, took.Round(time.Millisecond))
		}
	}
	for i := range h.Commits {
		c := &h.Commits[i]
		if about(c.Key) {
			key := h.Keys[c.Key]
			tell(c.End, "%s %s: %s of #%d takes effect: %s", key.Store.Name, key.Name, c.Kind, c.Op,
				shortened(c.Value))
		}
	}
	for _, f := range w.Play.Faults {
		if f.Op > 0 && about(h.Ops[f.Op-1].Key) && f.Kind != "latency" {
			tell(f.At, "fault %s (%s) hits #%d", f.Rule, f.Class, f.Op)
		} else if f.Op == 0 {
			tell(f.At, "%s %s", f.Kind, strings.TrimSpace(f.Server+" "+f.Detail))
		}
	}
}

func (w *World) tellPlay(tell teller, about func(history.KeyID) bool) {
	p := w.Play
	for i := range p.Sessions {
		s := &p.Sessions[i]
		if !about(s.Key) {
			continue
		}
		tell(s.Join, "player %d joins %s (session %d)", s.Player, s.Server, s.ID)
		if s.Loaded.Seq != 0 {
			tell(s.Loaded, "session %d: loaded %v from %s %s", s.ID, s.OK, s.Source, s.Error)
		}
		if s.Leave.Seq != 0 {
			tell(s.Leave, "session %d: %s", s.ID, s.End)
		}
	}
	session := func(id int) *history.Session { return &p.Sessions[id-1] }
	for i := range p.Saves {
		s := &p.Saves[i]
		if !about(session(s.Session).Key) {
			continue
		}
		tell(s.Call, "session %d: save up to change %d (%s)", s.Session, s.Marks, s.By)
		if s.Return.Seq != 0 {
			tell(s.Return, "session %d: the save was %s %s", s.Session, s.Answer, s.Error)
		}
	}
	for i := range p.Changes {
		if c := &p.Changes[i]; about(session(c.Session).Key) {
			tell(c.At, "session %d: change %d: %+d %s %s %s",
				c.Session, c.Number, c.Coins, c.Gives, c.Takes, c.Receipt)
		}
	}
}

const shownBytesMax = 160

func shortened(value string) string {
	if len(value) <= shownBytesMax {
		return value
	}
	return fmt.Sprintf("%s… (%d bytes)", value[:shownBytesMax], len(value))
}
