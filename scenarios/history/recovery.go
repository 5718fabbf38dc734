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

// healed is I13: what waited to be stored when all faults ended is stored soon. A session that
// ends by a crash meanwhile says nothing.
func (j *Judgement) healed(heal Interval) {
	until := j.trace.until(heal)
	for i := range j.trace.sessions {
		s := &j.trace.sessions[i]
		waiting := s.made(heal.Begin)
		over := j.trace.over(s)
		if !s.OK || s.Loaded.Seq > heal.Begin.Seq || over.Seq <= heal.Begin.Seq ||
			s.storedBy(waiting, heal.Begin.At) || s.End == "crash" {
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
