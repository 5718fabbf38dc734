package history

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"savestone/emulator"
)

// trace follows the changes of a Play through the commits of the History beside it.
type trace struct {
	h *History
	p *Play

	chains   []*chain // by the names of their keys
	byKey    map[KeyID]*chain
	sessions []visit // by ID-1
	lives    map[string]*Life
	struck   map[int]*Fault // by the ID of the request: the first fault that hit it, or spoiled it
}

// chain is the life of one player's key.
type chain struct {
	key      KeyID
	links    []link
	sessions []*visit // in the order of their joins
}

// link is one commit of a chain, and what it left behind.
type link struct {
	commit  int // place in History.Commits
	begin   Moment
	at      Moment  // by when it had taken effect
	ledger  *Ledger // the zero Ledger if there is none
	broken  string  // why there is none, if it cannot be read
	removal bool
	server  string // that asked for it
	author  *visit // the session that it belongs to, nil if to none
	foreign bool   // no game server asked for it
}

// visit is a session with all that belongs to it.
type visit struct {
	*Session
	chain   *chain
	changes []*Change
	saves   []*Save
	grew    []growth // the commits that had more of its changes than any before
	kept    int      // how many of its changes the key has in the end
}

type growth struct{ marks, link int }

func newTrace(h *History, p *Play) *trace {
	t := &trace{
		h: h, p: p, byKey: map[KeyID]*chain{}, sessions: make([]visit, len(p.Sessions)),
		lives: map[string]*Life{}, struck: map[int]*Fault{},
	}
	for i := range p.Servers {
		t.lives[p.Servers[i].Server] = &p.Servers[i]
	}
	for i := range p.Faults {
		f := &p.Faults[i]
		if f.Op > 0 && (t.struck[f.Op] == nil || t.struck[f.Op].Class == "OK") {
			t.struck[f.Op] = f
		}
	}
	for i := range p.Sessions {
		s := &t.sessions[i]
		s.Session, s.chain = &p.Sessions[i], t.chainOf(p.Sessions[i].Key)
		s.chain.sessions = append(s.chain.sessions, s)
	}
	for i := range p.Changes {
		if s := t.session(p.Changes[i].Session); s != nil {
			s.changes = append(s.changes, &p.Changes[i])
		}
	}
	for i := range p.Saves {
		if s := t.session(p.Saves[i].Session); s != nil {
			s.saves = append(s.saves, &p.Saves[i])
		}
	}
	slices.SortFunc(t.chains, func(a, b *chain) int {
		return cmp.Compare(h.Keys[a.key].String(), h.Keys[b.key].String())
	})
	t.follow()
	return t
}

func (t *trace) chainOf(key KeyID) *chain {
	c := t.byKey[key]
	if c == nil {
		c = &chain{key: key}
		t.byKey[key] = c
		t.chains = append(t.chains, c)
	}
	return c
}

// session finds a session by its ID, nil if there is none.
func (t *trace) session(id int) *visit {
	if id < 1 || id > len(t.sessions) {
		return nil
	}
	return &t.sessions[id-1]
}

// follow reads the ledgers of all commits to players' keys. Values that are there several times are
// read once.
func (t *trace) follow() {
	type read struct {
		ledger Ledger
		broken string
	}
	known := map[string]*read{}
	for i := range t.h.Commits {
		c := &t.h.Commits[i]
		chain := t.byKey[c.Key]
		if chain == nil {
			continue
		}
		l := link{commit: i, begin: c.Begin, at: c.End, removal: c.Kind == emulator.OpRemove}
		l.ledger = &Ledger{}
		if !l.removal {
			value := known[c.Value]
			if value == nil {
				value = &read{}
				ledger, err := ReadLedger(c.Value, t.p.Path)
				value.ledger = ledger
				if err != nil {
					value.broken = err.Error()
				}
				known[c.Value] = value
			}
			l.ledger, l.broken = &value.ledger, value.broken
		}
		t.attribute(&l, chain, c)
		chain.links = append(chain.links, l)
	}
	for _, chain := range t.chains {
		chain.grow()
		for _, s := range chain.sessions {
			s.kept = s.left()
		}
	}
}

// attribute finds who wrote a commit: the last session that its server had for the key; or one
// before it that the system was not done with yet, if the commit has more of its changes than the
// one before.
func (t *trace) attribute(l *link, chain *chain, c *Commit) {
	if c.Op <= 0 || c.Op > len(t.h.Ops) {
		l.foreign = true
		return
	}
	op := &t.h.Ops[c.Op-1]
	l.server = op.Server
	l.foreign = t.lives[op.Server] == nil
	before := Ledger{}
	if n := len(chain.links); n > 0 {
		before = *chain.links[n-1].ledger
	}
	for _, s := range slices.Backward(chain.sessions) {
		if s.Server != op.Server || s.Join.Seq > op.Call.Seq {
			continue
		}
		if l.author == nil {
			l.author = s
			continue
		}
		open := s.Left.Seq == 0 || s.Left.Seq > op.Call.Seq
		if open && l.ledger.Marks[s.ID] > before.Marks[s.ID] {
			l.author = s
			return
		}
	}
}

// grow notes for each session which commits had more of its changes than those before.
func (c *chain) grow() {
	for i := range c.links {
		marks := c.links[i].ledger.Marks
		for _, s := range c.sessions {
			n := marks[s.ID]
			if n > 0 && (len(s.grew) == 0 || n > s.grew[len(s.grew)-1].marks) {
				s.grew = append(s.grew, growth{n, i})
			}
		}
	}
}

// stored returns the first commit that has so many of the session's changes, nil if none has.
func (s *visit) stored(marks int) *link {
	n := sort.Search(len(s.grew), func(n int) bool { return s.grew[n].marks >= marks })
	if n == len(s.grew) {
		return nil
	}
	return &s.chain.links[s.grew[n].link]
}

// storedBy reports whether so many of the session's changes were stored by some time.
func (s *visit) storedBy(marks int, at time.Duration) bool {
	if marks == 0 {
		return true
	}
	l := s.stored(marks)
	return l != nil && l.at.At <= at
}

// left is how many of the session's changes the key has in the end. A removal by somebody who is no
// game server, as an operator who erases a player, is no loss: what counts is what was there then.
func (s *visit) left() int {
	var last *Ledger
	for i := range s.chain.links {
		l := &s.chain.links[i]
		if l.erases() && l.begin.Seq > s.Join.Seq {
			break
		}
		last = l.ledger
	}
	if last == nil {
		return 0
	}
	return last.Marks[s.ID]
}

// erases reports whether a link is a removal that no game server asked for.
func (l *link) erases() bool { return l.removal && l.foreign }

// all is how many changes the session made.
func (s *visit) all() int { return len(s.changes) }

// over is when the system was done with the session: no later than when its server ended.
func (t *trace) over(s *visit) Moment {
	if s.Left.Seq != 0 {
		return s.Left
	}
	return t.ended(s.Server)
}

// ended is when a server ended, or the world under it.
func (t *trace) ended(server string) Moment {
	if life := t.lives[server]; life != nil && life.End.Seq != 0 {
		return life.End
	}
	return t.end()
}

// end is when the world ended.
func (t *trace) end() Moment {
	if t.p.End.Seq != 0 {
		return t.p.End
	}
	return Moment{Seq: never, At: t.p.End.At}
}

// until is the end of an interval.
func (t *trace) until(i Interval) Moment {
	if i.End.Seq == 0 && i.End.At == 0 {
		return t.end()
	}
	return i.End
}

// measured reports whether something that begins then counts.
func (t *trace) measured(m Moment) bool {
	return m.At >= t.p.Measured.Begin.At && m.At <= t.until(t.p.Measured).At
}
