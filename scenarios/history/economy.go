package history

import (
	"fmt"
	"maps"
	"slices"
)

// economy holds what players own against the changes that made it: I6 and I7.
func (j *Judgement) economy() {
	for _, c := range j.trace.chains {
		j.accounts(c)
	}
	j.owners()
	j.receipts()
}

// sums are what changes come to: all those up to marks, and what was there before any of them.
type sums struct {
	marks    map[int]int
	coins    int64
	items    map[string]int
	receipts map[string]int
}

// sumsOf takes what a ledger says for true, as where an operator wrote it.
func sumsOf(l *Ledger) *sums {
	sum := &sums{marks: map[int]int{}, coins: l.Coins, items: map[string]int{}}
	sum.receipts = map[string]int{}
	maps.Copy(sum.marks, l.Marks)
	maps.Copy(sum.items, l.Items)
	maps.Copy(sum.receipts, l.Receipts)
	return sum
}

// to returns what changes come to up to other marks; nil if some of those are smaller.
func (sum *sums) to(t *trace, marks map[int]int) *sums {
	for id, n := range sum.marks {
		if marks[id] < n {
			return nil
		}
	}
	for id, n := range marks {
		if s := t.session(id); s != nil && n > sum.marks[id] {
			sum.add(s, sum.marks[id], n)
		}
		sum.marks[id] = n
	}
	return sum
}

// add adds a session's changes after the first so many, up to a number.
func (sum *sums) add(s *visit, from, to int) {
	for _, c := range s.changes[min(from, len(s.changes)):min(to, len(s.changes))] {
		sum.coins += c.Coins
		if c.Gives != "" {
			sum.items[c.Gives]++
		}
		if c.Takes != "" {
			sum.items[c.Takes]--
		}
		if c.Receipt != "" {
			sum.receipts[c.Receipt]++
		}
	}
}

// accounts is I6 and I7 of each version: coins, items and receipts are those of the changes that it
// says are in it, so that a change that was made twice, or by half, shows. It is told once for each
// way in which a key is wrong, as later versions have the error of earlier ones.
func (j *Judgement) accounts(c *chain) {
	origin := c.origin()
	sum, told := sumsOf(origin), ""
	for i := range c.links {
		l := &c.links[i]
		if !l.ledger.Found {
			continue
		}
		if l.foreign {
			origin = l.ledger
			sum = sumsOf(origin)
			continue
		}
		if sum = sum.to(j.trace, l.ledger.Marks); sum == nil {
			sum = sumsOf(origin).to(j.trace, l.ledger.Marks)
		}
		if sum == nil { // it holds less than there was at first
			sum = sumsOf(&Ledger{}).to(j.trace, l.ledger.Marks)
		}
		j.checked("I6", 1)
		j.checked("I7", len(l.ledger.Receipts))
		invariant, text, way := l.ledger.differs(sum)
		if text != "" && way != told {
			j.broken(invariant, c, l, text)
		}
		told = way
	}
}

// origin is what a player had before the world began, by what the first session loaded.
func (c *chain) origin() *Ledger {
	for _, s := range c.sessions {
		if s.OK && len(s.Base.Marks) == 0 && s.Source != "default" {
			return &s.Base
		}
		if s.OK {
			break
		}
	}
	return &Ledger{}
}

// differs finds what a ledger has otherwise than its changes come to, and in which way.
func (l *Ledger) differs(sum *sums) (invariant, text, way string) {
	if id, got, want := differ(l.Receipts, sum.receipts); id != "" {
		return "I7", fmt.Sprintf("purchase %s is granted %s, by its changes %s", id, times(got),
			times(want)), fmt.Sprint(id, got-want)
	}
	if id, n := twice(l.Receipts); id != "" {
		return "I7", fmt.Sprintf("purchase %s is granted %s", id, times(n)), fmt.Sprint(id, n)
	}
	if id, got, want := differ(l.Items, sum.items); id != "" {
		return "I6", fmt.Sprintf("item %s is there %s, by its changes %s", id, times(got),
			times(want)), fmt.Sprint(id, got-want)
	}
	if l.Coins != sum.coins {
		return "I6", fmt.Sprintf("got %d coins, by its changes %d", l.Coins, sum.coins),
			fmt.Sprint(l.Coins - sum.coins)
	}
	return "", "", ""
}

// times words how often something is there.
func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// differ finds the first name that two tables of counts do not agree on.
func differ(got, want map[string]int) (name string, g, w int) {
	for id, n := range got {
		if want[id] != n && (name == "" || id < name) {
			name = id
		}
	}
	for id, n := range want {
		if got[id] != n && (name == "" || id < name) {
			name = id
		}
	}
	return name, got[name], want[name]
}

func twice(all map[string]int) (name string, n int) {
	for id, count := range all {
		if count > 1 && (name == "" || id < name) {
			name, n = id, count
		}
	}
	return name, n
}

// owners is I6 of the whole world in the end: each item that was made and not used up has one
// owner, by what is stored. Only what somebody saw stored counts as made.
func (j *Judgement) owners() {
	owned, where := map[string]int{}, map[string]*chain{}
	for _, c := range j.trace.chains {
		if len(c.links) == 0 {
			continue
		}
		for item, n := range c.links[len(c.links)-1].ledger.Items {
			owned[item] += n
			where[item] = c
		}
	}
	for _, item := range slices.Sorted(maps.Keys(owned)) {
		j.checked("I6", 1)
		c := where[item]
		last := &c.links[len(c.links)-1]
		if owned[item] > 1 && last.ledger.Items[item] < owned[item] {
			text := fmt.Sprintf("item %s has %d owners in the end", item, owned[item])
			j.broken("I6", c, last, text)
		}
	}
	j.vanished(owned)
}

// vanished finds items of trades of which one side was stored and the other never.
func (j *Judgement) vanished(owned map[string]int) {
	for i := range j.Play.Trades {
		trade := &j.Play.Trades[i]
		from, to := j.trace.session(trade.From), j.trace.session(trade.To)
		if from == nil || to == nil || owned[trade.Item] > 0 {
			continue
		}
		j.checked("I6", 1)
		if from.has(trade.Item, true) && !to.has(trade.Item, false) {
			text := fmt.Sprintf("item %s is gone: session %d has given it away for good, but "+
				"session %d never got it", trade.Item, from.ID, to.ID)
			j.failed("I6", j.trace.end().At, text, from, to)
		}
	}
}

// has reports whether a change of the session that takes or gives an item is stored in the end.
func (s *visit) has(item string, takes bool) bool {
	for _, c := range s.changes[:min(s.kept, len(s.changes))] {
		if takes && c.Takes == item || !takes && c.Gives == item {
			return true
		}
	}
	return false
}

// receipts is I7 of each purchase: when it is confirmed its grant is stored, and it still is in the
// end.
func (j *Judgement) receipts() {
	grants := map[string][]*Change{}
	for i := range j.Play.Changes {
		if c := &j.Play.Changes[i]; c.Receipt != "" {
			grants[c.Receipt] = append(grants[c.Receipt], c)
		}
	}
	for i := range j.Play.Receipts {
		r := &j.Play.Receipts[i]
		if !r.Granted || !r.Recorded {
			continue
		}
		j.checked("I7", 1)
		kept, inTime := false, false
		var who []*visit
		for _, c := range grants[r.Purchase] {
			s := j.trace.session(c.Session)
			if s == nil {
				continue
			}
			who = append(who, s)
			kept = kept || s.kept >= c.Number
			l := s.stored(c.Number)
			inTime = inTime || l != nil && l.begin.Seq < r.Return.Seq
		}
		if len(who) == 0 {
			if s := j.trace.session(r.Session); s != nil {
				who = append(who, s)
			}
		}
		switch {
		case !kept:
			j.failed("I7", r.Return.At, "purchase "+r.Purchase+" was confirmed, but its grant is "+
				"not stored in the end", who...)
		case !inTime:
			j.failed("I7", r.Return.At, "purchase "+r.Purchase+" was confirmed before its grant "+
				"was stored", who...)
		}
	}
	j.regranted(grants)
}

// regranted finds purchases whose grants are stored more than once, by several changes.
func (j *Judgement) regranted(grants map[string][]*Change) {
	for _, purchase := range slices.Sorted(maps.Keys(grants)) {
		var who []*visit
		for _, c := range grants[purchase] {
			if s := j.trace.session(c.Session); s != nil && s.kept >= c.Number {
				who = append(who, s)
			}
		}
		elsewhere := len(who) > 1 && who[0].chain != who[len(who)-1].chain
		if elsewhere { // on one key its versions show it
			j.failed("I7", j.trace.end().At, fmt.Sprintf(
				"purchase %s is granted to several players", purchase), who...)
		}
	}
}
