package roblox

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
	"savestone/luabridge/sched"
)

// Bus carries messages between the servers of one universe (section 25), in the order they were
// published unless its options say otherwise.
type Bus struct {
	sim       *sched.Sim
	o         BusOptions
	mailboxes []*mailbox        // of the servers, in the order they came
	sent      map[uint64]uint64 // how often each message was published, by its hash
	game      meter             // what all servers received
	topics    map[string]meter  // what they received of each topic
}

// BusOptions adjust a Bus; the zero value is Roblox's default. Messages are best effort (R217), so
// code must stand that they are lost, come twice, or overtake each other.
type BusOptions struct {
	Delay time.Duration // from publishing to delivery (R217); 0 means one second

	Jitter time.Duration // a delivery takes up to this much longer: messages change order
	// DelayAt replaces Delay and Jitter: how long a delivery takes, by a number that is drawn
	// from all of its type.
	DelayAt   func(uint32) time.Duration
	Drop      float64 // chance, from 0 to 1, that a server never gets a message
	Duplicate float64 // chance that a server gets a message twice
	Seed      uint64  // of these chances
}

const busDelayDefault = time.Second

// The limits on what servers receive, a minute (R216). As they grow with the servers, each server
// that gets a message counts (assumed); what is beyond a limit is lost without an error (assumed).
const (
	topicReceivedBase      = 40
	topicReceivedPerServer = 80
	gameReceivedBase       = 400
	gameReceivedPerServer  = 200
)

// mailbox is where a server gets its messages.
type mailbox struct {
	server *Server
	subs   []*subscription // in the order they were made
}

// subscription is one script's wish to hear of a topic.
type subscription struct {
	topic  string
	signal *Signal // has one connection, until the script disconnects
}

// NewBus returns a Bus without servers.
func NewBus(sim *sched.Sim, o BusOptions) *Bus {
	b := &Bus{sim: sim, sent: map[uint64]uint64{}, topics: map[string]meter{}}
	b.SetOptions(o)
	return b
}

// SetOptions changes how messages fare from now on.
func (b *Bus) SetOptions(o BusOptions) {
	if o.Delay == 0 {
		o.Delay = busDelayDefault
	}
	b.o = o
}

// bus returns the universe's bus, or one of this server's own.
func (s *Server) bus() *Bus {
	if s.options.Bus == nil {
		s.options.Bus = NewBus(s.VM.Sim, BusOptions{})
	}
	return s.options.Bus
}

// mailbox returns the server's mailbox; its first use makes it, and drops those of servers that
// have ended since.
func (b *Bus) mailbox(server *Server) *mailbox {
	for _, m := range b.mailboxes {
		if m.server == server {
			return m
		}
	}
	b.mailboxes = slices.DeleteFunc(b.mailboxes, func(m *mailbox) bool {
		return m.server.Closed()
	})
	m := &mailbox{server: server}
	b.mailboxes = append(b.mailboxes, m)
	return m
}

// Leave ends all subscriptions of a server, as when it crashes.
func (b *Bus) Leave(server *Server) {
	b.mailboxes = slices.DeleteFunc(b.mailboxes, func(m *mailbox) bool {
		if m.server == server {
			m.subs = nil // what is on its way is lost
		}
		return m.server == server
	})
}

// publish delivers a message later, to those who are subscribed then, the sender too (R214).
func (b *Bus) publish(topic, message string) {
	sent := unixSeconds(b.sim.Now())
	identity := b.identify(topic, message)
	for _, m := range b.mailboxes {
		if !m.server.Closed() {
			for _, delay := range b.deliveries(m, identity) {
				b.sim.After(delay, func() { b.deliver(m, topic, message, sent) })
			}
		}
	}
}

// Publish sends a text to the servers of the universe, as Open Cloud does (O46). The
// limits on what they receive are the same (R216).
func (s *Server) Publish(topic, text string) error {
	message, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("publish to %q: %w", topic, err)
	}
	s.bus().publish(topic, string(message))
	return nil
}

// identify returns a number for a message: that of its topic, its text, and how often the same was
// published before.
func (b *Bus) identify(topic, message string) uint64 {
	if b.o.certain() {
		return 0
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%d|%s|%s", len(topic), topic, message)
	same := h.Sum64()
	b.sent[same]++
	fmt.Fprintf(h, "|%d", b.sent[same])
	return h.Sum64()
}

// certain reports whether all messages fare the same.
func (o *BusOptions) certain() bool {
	return o.Drop == 0 && o.Duplicate == 0 && o.Jitter == 0 && o.DelayAt == nil
}

// deliveries tells when the message being published reaches a server: once, if no chance of the
// options hits it. Each chance is drawn from the message's identity and the server, so that one
// message more does not change the fate of the others.
func (b *Bus) deliveries(m *mailbox, identity uint64) []time.Duration {
	if b.o.certain() {
		return []time.Duration{b.o.Delay}
	}
	name := fnv.New64a()
	fmt.Fprintf(name, "%d|%s", identity, m.server.options.JobID)
	random := rand.New(rand.NewPCG(b.o.Seed, name.Sum64()))
	if random.Float64() < b.o.Drop {
		return nil
	}
	delays := make([]time.Duration, 1, 2)
	if random.Float64() < b.o.Duplicate {
		delays = delays[:2]
	}
	for i := range delays {
		delays[i] = b.delay(random)
	}
	return delays
}

func (b *Bus) delay(random *rand.Rand) time.Duration {
	switch {
	case b.o.DelayAt != nil:
		return b.o.DelayAt(random.Uint32())
	case b.o.Jitter > 0:
		return b.o.Delay + time.Duration(random.Int64N(int64(b.o.Jitter)))
	}
	return b.o.Delay
}

// deliver hands a message to a server's subscriptions, if it still listens and the limits allow.
func (b *Bus) deliver(m *mailbox, topic, message string, sent float64) {
	if until, frozen := m.server.VM.Halted(); frozen {
		b.sim.At(until, func() { b.deliver(m, topic, message, sent) })
		return
	}
	m.subs = slices.DeleteFunc(m.subs, func(s *subscription) bool {
		return s.signal.Connected() == 0
	})
	listens := func(s *subscription) bool { return s.topic == topic }
	if m.server.Closed() || !slices.ContainsFunc(m.subs, listens) {
		return
	}
	if !b.receive(topic) {
		m.server.diagnose(Diagnostic{
			Call: "MessagingService", Path: fmt.Sprintf("topic %q", topic),
			Problem: "a message is lost: the servers received as many this minute as they may",
		})
		return
	}
	for _, s := range slices.Clone(m.subs) {
		if listens(s) {
			s.hear(m.server, message, sent)
		}
	}
}

// receive counts a message to one server, unless a limit forbids.
func (b *Bus) receive(topic string) bool {
	servers := 0
	for _, m := range b.mailboxes {
		if !m.server.Closed() {
			servers++
		}
	}
	now := b.sim.Now()
	received := b.topics[topic]
	ok := received.allow(now, topicReceivedBase+topicReceivedPerServer*servers) &&
		b.game.allow(now, gameReceivedBase+gameReceivedPerServer*servers)
	b.topics[topic] = received
	return ok
}

func (m *mailbox) add(s *subscription) { m.subs = append(m.subs, s) }

// hear hands a message to the script, made anew for it (R213, R215).
func (s *subscription) hear(server *Server, message string, sent float64) {
	data, err := decodeJSON(server.VM, message)
	if err != nil {
		panic("MessagingService sent broken JSON: " + err.Error()) // checked by messageJSON
	}
	table := server.VM.NewTable(0, 2)
	machine.SetField(table, "Data", data)
	machine.SetField(table, "Sent", lua.LNumber(sent))
	s.signal.Fire(table)
}
