package history

import (
	"fmt"
	"time"
)

// recoveries holds what backups give, and how soon all is well again, against I12, I12b and I13.
func (j *Judgement) recoveries() {
	for i := range j.Play.Probes {
		j.probe(&j.Play.Probes[i])
	}
	for _, c := range j.trace.chains {
		j.noHarm(c)
	}
	for _, heal := range j.Play.Heals {
		j.healed(heal)
		j.healthTold(heal)
	}
	j.afterOutages()
}

// probe is I12: a recovery would give data that is not far behind the last acknowledged save.
func (j *Judgement) probe(p *Probe) {
	behind, oldest := 0, p.At
	saved := time.Duration(-1) // when the first save was acknowledged
	var who []*visit
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		if s.Player != p.Player {
			continue
		}
		for _, save := range s.saves {
			if save.Answer != Acked || save.Return.Seq > p.At.Seq || save.Marks == 0 {
				continue
			}
			if saved < 0 {
				saved = save.Return.At
			}
			if save.Marks > p.Ledger.Marks[s.ID] {
				behind++
				if save.Return.Seq < oldest.Seq {
					oldest = save.Return
				}
				who = append(who, s)
			}
		}
	}
	if saved < 0 {
		return // there was nothing to back up
	}
	j.checked("I12", 1)
	age := p.At.At - oldest.At
	j.sample("backup_age", age)
	switch {
	case !p.OK && p.At.At-saved > j.Limits.BackupAge:
		j.failed("I12", p.At.At, "no backup gives the player's data back: "+p.Error, who...)
	case p.OK && (age > j.Limits.BackupAge || behind > j.Limits.Backups):
		j.failed("I12", p.At.At, fmt.Sprintf("a recovery would lose %s that were acknowledged, "+
			"over %v", many(behind, "save"), age), who...)
	}
}

// noHarm is I12b: a session whose data came from a backup does not write over what is newer.
func (j *Judgement) noHarm(c *chain) {
	for i := range c.links {
		l := &c.links[i]
		if l.author == nil || l.author.Source != "backup" {
			continue
		}
		j.checked("I12b", 1)
		if i == 0 {
			continue
		}
		if lost, _ := dropped(c.links[i-1].ledger, l.ledger); lost > 0 {
			j.broken("I12b", c, l, fmt.Sprintf("a recovery from a backup drops %s that were there",
				many(lost, "change")))
		}
	}
}

// healed is I13: what waited to be stored when all faults ended is stored soon.
func (j *Judgement) healed(heal Interval) {
	until := j.trace.until(heal)
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		waiting := j.waiting(s, heal.Begin)
		if waiting == 0 {
			continue
		}
		j.checked("I13", 1)
		took := until.At - heal.Begin.At
		l := s.stored(waiting)
		if l != nil {
			took = min(took, l.at.At-heal.Begin.At)
		}
		j.sample("recovery", took)
		if took > j.Limits.Recovery {
			text := fmt.Sprintf("changes of session %d that waited when all faults ended were not "+
				"stored within %v", s.ID, j.Limits.Recovery)
			j.failed("I13", heal.Begin.At+took, text, s)
		}
	}
}

// waiting is how many changes a session had made by some moment, if any of them waited to be stored
// then; else 0. A session that ends by a crash says nothing.
func (j *Judgement) waiting(s *visit, m Moment) int {
	made := s.made(m)
	over := j.trace.over(s)
	if !s.OK || s.Loaded.Seq > m.Seq || over.Seq <= m.Seq || s.storedBy(made, m.At) ||
		s.End == "crash" {
		return 0
	}
	return made
}

// afterOutages takes how long it was from the end of each outage until what waited then was stored,
// if that was before the next one. An outage ends with the last request that it hit before one that
// got through; that is no later than its true end, so that nothing looks faster than it was.
func (j *Judgement) afterOutages() {
	outages := j.Outages()
	for n, outage := range outages {
		end, next := outage.End, j.trace.end()
		if n+1 < len(outages) {
			next = outages[n+1].Begin
		}
		for i := range j.trace.sessions {
			s := &j.trace.sessions[i]
			waiting := j.waiting(s, end)
			if waiting == 0 {
				continue
			}
			l := s.stored(waiting)
			switch {
			case l != nil && l.at.Seq < next.Seq:
				j.sample("recovery", l.at.At-end.At)
			case l == nil && n == len(outages)-1:
				j.sample("recovery", next.At-end.At)
			}
		}
	}
}

// Outages finds outages by the requests that they hit: each lasts from the first to the last one
// before a request that was sent later got through.
func (j *Judgement) Outages() (all []Interval) {
	var begin, last Moment // of the one that goes on
	for i := range j.History.Ops {
		op := &j.History.Ops[i]
		f := j.trace.struck[op.ID]
		switch {
		case f != nil && f.Kind == "outage" && f.Class != "OK":
			if last.Seq == 0 {
				begin = op.Call
			}
			last = op.Return
			if last.Seq == 0 {
				last = op.Call
			}
		case last.Seq != 0 && op.Outcome == OK && op.Call.Seq > last.Seq:
			all = append(all, Interval{begin, last})
			last = Moment{}
		}
	}
	return all
}

// made is how many changes a session had made by some moment.
func (s *visit) made(by Moment) (n int) {
	for n < len(s.changes) && s.changes[n].At.Seq < by.Seq {
		n++
	}
	return n
}

// healthTold is I13 of what a system says of itself: once all is well it says so.
func (j *Judgement) healthTold(heal Interval) {
	until := j.trace.until(heal)
	latest := map[string]*Report{}
	for i := range j.Play.Reports {
		r := &j.Play.Reports[i]
		if r.At.Seq > heal.Begin.Seq && r.At.Seq <= until.Seq {
			latest[r.Server] = r
		}
	}
	for i := range j.Play.Servers {
		r := latest[j.Play.Servers[i].Server]
		if r == nil || r.At.At-heal.Begin.At <= j.Limits.Recovery {
			continue
		}
		j.checked("I13", 1)
		if !r.Healthy {
			j.failed("I13", r.At.At, fmt.Sprintf("%s calls itself unhealthy %v after all faults "+
				"ended", r.Server, r.At.At-heal.Begin.At))
		}
	}
}
