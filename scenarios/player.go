package scenarios

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"time"

	"savestone/faults"
	"savestone/luabridge/roblox"
	"savestone/scenarios/history"
)

// player is one person: who joins, stays, goes away and comes back, on whatever server there is.
type player struct {
	world   *world
	user    int64
	name    string
	life    *rand.Rand // when and where
	deeds   *rand.Rand // what in between
	items   []string   // that the world has given the player
	open    *session   // where the player is, nil in between
	pending []string   // purchases that were paid and not recorded yet
	bought  int
	stays   int
}

// exponential is the distribution of the time to the next of events that come by chance, for a mean
// of a second.
var exponential = faults.Exponential(time.Second)

// scaled draws the time to the next of events that come at a mean interval.
func scaled(chance uint32, mean time.Duration) time.Duration {
	high, low := bits.Mul64(uint64(exponential.At(chance)), uint64(mean))
	nanos, _ := bits.Div64(high, low, uint64(time.Second))
	return time.Duration(nanos)
}

func numeral(n int) string { return strconv.Itoa(n) }

// newPlayer adds a player to the world, who does not do anything yet.
func (w *world) newPlayer() *player {
	user := int64(len(w.ids) + 1)
	p := &player{
		world: w, user: user, name: fmt.Sprintf("player %d", user),
		life: w.stream("life", user), deeds: w.stream("deeds", user),
	}
	w.players[user] = p
	w.ids = append(w.ids, user)
	return p
}

func (p *player) profile() roblox.Profile { return roblox.Profile{UserID: p.user} }

// live plays the player's life until the world is closed.
func (p *player) live(first time.Duration) {
	w, plan := p.world, &p.world.plan.Players
	w.sleep(first)
	for !w.closed && w.problem == nil {
		stay, gap := plan.Session.at(p.life.Uint32()), plan.Away.at(p.life.Uint32())
		if happens(p.life, plan.Early.Chance) {
			stay = plan.Early.Gap.at(p.life.Uint32())
		}
		if happens(p.life, plan.Hop.Chance) {
			gap = plan.Hop.Gap.at(p.life.Uint32())
		}
		if s := p.choose(); s != nil {
			p.stay(s, stay)
		}
		w.sleep(max(gap, time.Millisecond)) // an instant is enough, but nobody joins while leaving
	}
}

// choose picks a server that takes players, by chance; nil if there is none.
func (p *player) choose() *server {
	var open []*server
	for _, s := range p.world.servers {
		if s != nil && !s.over && !s.closing && s.driver != nil && s.sessionOf(p.user) == nil {
			open = append(open, s)
		}
	}
	chance := p.life.Uint32()
	if len(open) == 0 {
		return nil
	}
	return open[int(chance)%len(open)]
}

// stay plays one session.
func (p *player) stay(s *server, length time.Duration) {
	w := p.world
	end := w.since() + length
	open := p.join(s, end)
	if open == nil {
		return
	}
	p.open = open
	defer func() { p.open = nil }()
	p.items = sortedKeys(open.entry().Base.Items)
	if w.plan.Players.Saves > 0 {
		w.sim.Go(func() { p.saver(open) })
	}
	p.redeem(open)
	p.play(open, end)
	p.depart(open)
}

// join joins, and leaves when time is up before the data is there.
func (p *player) join(s *server, end time.Duration) *session {
	w := p.world
	before := len(w.play.Sessions)
	alarm := w.sim.After(max(0, end-w.since()), func() {
		open := s.sessionOf(p.user)
		if open != nil && !open.loaded && open.id > before {
			w.sim.Go(func() { open.leave("left") })
		}
	})
	defer alarm.Stop()
	return s.join(p)
}

// depart leaves the server, perhaps so that it hears of it late.
func (p *player) depart(open *session) {
	w := p.world
	if open.over {
		return
	}
	ghost := w.plan.Players.Ghost
	if happens(p.life, ghost.Chance) {
		w.sleep(ghost.Gap.at(p.life.Uint32()))
	}
	w.sim.Go(func() { open.leave("left") }) // the player does not wait for the server
}

// play makes changes and purchases until the session ends.
func (p *player) play(open *session, end time.Duration) {
	w, plan := p.world, &p.world.plan.Players
	next := [...]time.Duration{end, end, end, end}
	rates := [...]Rate{plan.Changes, plan.Purchases, plan.Trades}
	schedule := func(n int) {
		next[n] = end
		if gap, ok := gapOf(p.deeds, rates[n]); ok {
			next[n] = min(end, w.since()+max(gap, time.Microsecond))
		}
	}
	for n := range rates {
		schedule(n)
	}
	for !open.over {
		first := len(rates)
		for n := range rates {
			if next[n] < next[first] {
				first = n
			}
		}
		w.rest(open, next[first])
		if next[first] >= end || open.over || w.problem != nil {
			break
		}
		if !w.quiet {
			p.deed(open, first)
		}
		schedule(first)
	}
}

func (p *player) deed(open *session, which int) {
	switch which {
	case 0:
		open.change(history.Change{Coins: int64(1 + p.deeds.Uint32()%9)})
	case 1:
		p.buy(open)
	case 2:
		p.trade(open)
	}
}

// saver asks for a save from time to time, each after the answer to the one before. Where in the
// interval the first one comes is chance, or all players would save at once.
func (p *player) saver(open *session) {
	w, every := p.world, time.Duration(p.world.plan.Players.Saves)
	p.stays++
	phase := w.stream("phase", p.user, p.stays).Uint32() // not of others, who may be left out
	w.sleep(spreadOver(every, phase))
	for !open.over && w.problem == nil {
		asked := w.since()
		if !w.quiet {
			open.save("timer")
		}
		w.until(asked + every)
	}
}

// buy pays for something.
func (p *player) buy(open *session) {
	p.bought++
	p.pending = append(p.pending, fmt.Sprintf("p%d.%d", p.user, p.bought))
	p.redeem(open)
}

// redeem offers the player's purchases to the server, as Roblox does when a player has some.
func (p *player) redeem(open *session) {
	for _, purchase := range append([]string{}, p.pending...) {
		twice := happens(p.deeds, p.world.plan.Players.Receipt.Twice)
		lost := happens(p.deeds, p.world.plan.Players.Receipt.LostAnswer)
		p.world.sim.Go(func() { p.offer(open, purchase, lost) })
		if twice {
			p.world.sim.Go(func() { p.offer(open, purchase, true) })
		}
	}
}

// offer asks the server's ProcessReceipt about a purchase. An answer that is lost is asked for
// again the next time.
func (p *player) offer(open *session, purchase string, lost bool) {
	w := p.world
	if open.gone() {
		return
	}
	at := len(w.play.Receipts)
	w.play.Receipts = append(w.play.Receipts, history.Receipt{
		Purchase: purchase, Player: p.user, Session: open.id, Call: w.now(),
	})
	w.trace.fold("purchase", open.server.name, purchase)
	receipt := roblox.Receipt{PlayerID: p.user, ProductID: 1, PurchaseID: purchase}
	open.server.game.ProcessReceipt(receipt, func(decision string) {
		told := &w.play.Receipts[at]
		told.Return, told.Granted = w.now(), decision == "PurchaseGranted"
		told.Recorded = told.Granted && !lost
		w.trace.fold("decided", purchase, decision)
		if told.Recorded {
			p.recorded(purchase)
		}
	})
}

func (p *player) recorded(purchase string) {
	for i, pending := range p.pending {
		if pending == purchase {
			p.pending = append(p.pending[:i:i], p.pending[i+1:]...)
			return
		}
	}
}

// trade gives an item to another player of the same server. Both are saved then, as games do it.
func (p *player) trade(open *session) {
	w := p.world
	var others []*session
	for _, other := range open.server.sessions {
		if other != open && other.loaded {
			others = append(others, other)
		}
	}
	chance := p.deeds.Uint32()
	if len(p.items) == 0 {
		item := fmt.Sprintf("i%d.%d", p.user, open.id)
		if open.change(history.Change{Gives: item}) {
			p.items = append(p.items, item)
		}
		return
	}
	if len(others) == 0 {
		return
	}
	w.exchange(open, others[int(chance)%len(others)], p.items[0])
}

// exchange moves an item between two sessions and saves both.
func (w *world) exchange(from, to *session, item string) {
	if !from.change(history.Change{Takes: item}) {
		return
	}
	giver, taker := w.players[from.user], w.players[to.user]
	for i, owned := range giver.items {
		if owned == item {
			giver.items = append(giver.items[:i:i], giver.items[i+1:]...)
			break
		}
	}
	if to.change(history.Change{Gives: item}) {
		taker.items = append(taker.items, item)
	}
	w.play.Trades = append(w.play.Trades, history.Trade{
		Item: item, From: from.id, To: to.id, At: w.now(),
	})
	w.sim.Go(func() { from.save("player") })
	w.sim.Go(func() { to.save("player") })
}
