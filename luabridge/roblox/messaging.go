package roblox

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/sched"
	"savestone/luabridge/vm"
)

// Bus carries messages between the servers of one universe (section 25), in the order they were
// published.
type Bus struct {
	sim   *sched.Sim
	delay time.Duration
	subs  map[string][]*subscription // by topic, in the order they were made
}

// BusOptions adjust a Bus; the zero value is Roblox's default.
type BusOptions struct {
	Delay time.Duration // from publishing to delivery (R217); 0 means one second
}

const busDelayDefault = time.Second

// NewBus returns a Bus without subscribers.
func NewBus(sim *sched.Sim, o BusOptions) *Bus {
	if o.Delay == 0 {
		o.Delay = busDelayDefault
	}
	return &Bus{sim: sim, delay: o.Delay, subs: map[string][]*subscription{}}
}

// subscription is one script's wish to hear of a topic.
type subscription struct {
	server *Server
	signal *Signal // has one connection, until the script disconnects
}

func (b *Bus) subscribe(topic string, s *subscription) {
	b.subs[topic] = append(b.subs[topic], s)
}

// publish delivers a message later, to those who are subscribed then, the sender too (R214).
func (b *Bus) publish(topic, message string) {
	sent := unixSeconds(b.sim.Now())
	b.sim.After(b.delay, func() {
		alive := b.subs[topic][:0:0]
		for _, s := range b.subs[topic] {
			if s.signal.Connected() > 0 && !s.server.Closed() {
				alive = append(alive, s)
			}
		}
		b.subs[topic] = alive
		for _, s := range alive {
			s.deliver(message, sent)
		}
	})
}

// deliver hands a message to the script, made anew for it (R213, R215).
func (s *subscription) deliver(message string, sent float64) {
	data, err := decodeJSON(s.server.VM, message)
	if err != nil {
		panic("MessagingService sent broken JSON: " + err.Error()) // checked by messageJSON
	}
	table := s.server.VM.NewTable(0, 2)
	table.RawSetString("Data", data)
	table.RawSetString("Sent", lua.LNumber(sent))
	s.signal.Fire(table)
}

// Leave ends all subscriptions of a server, as when it crashes.
func (b *Bus) Leave(server *Server) {
	for topic, subs := range b.subs {
		b.subs[topic] = slices.DeleteFunc(subs, func(s *subscription) bool {
			return s.server == server
		})
	}
}

// The limits of R216, without those on what a topic and a game may receive, which are not held yet.
const (
	topicCharactersMax     = 80
	messageCharactersMax   = 1024
	publishesBase          = 600 // a minute and server
	publishesPerPlayer     = 240
	subscribesMax          = 240 // a minute and server
	subscriptionsBase      = 20  // of a server
	subscriptionsPerPlayer = 8
)

// messaging is what MessagingService keeps of its server's use.
type messaging struct {
	publishes, subscribes meter
	subscriptions         []*subscription
}

// meter counts events by the minute; a minute begins with its first event (assumed).
type meter struct {
	until time.Time
	count int
}

// allow counts an event, unless limit were counted this minute.
func (m *meter) allow(now time.Time, limit int) bool {
	if !now.Before(m.until) {
		*m = meter{until: now.Add(time.Minute)}
	}
	if m.count >= limit {
		return false
	}
	m.count++
	return true
}

// messagingClass is MessagingService.
func messagingClass() *Class {
	return &Class{
		Name: "MessagingService", Super: "Instance", Service: true,
		Init:    func(i *Instance) { i.Data = &messaging{} },
		Methods: map[string]Method{"PublishAsync": publishAsync, "SubscribeAsync": subscribeAsync},
	}
}

// bus returns the universe's bus, or one of this server's own.
func (s *Server) bus() *Bus {
	if s.options.Bus == nil {
		s.options.Bus = NewBus(s.VM.Sim, BusOptions{})
	}
	return s.options.Bus
}

// topic reads the name of a topic (R216). The texts of errors are assumed (R218).
func (c Call) topic(n int) string {
	topic := c.String(n)
	if length := utf8.RuneCountInString(topic); length == 0 || length > topicCharactersMax {
		c.Raise("MessagingService: Topic is not valid")
	}
	return topic
}

// publishAsync sends a message to every subscribed server (R212).
func publishAsync(c Call) int {
	thread := vm.MustYield(c.L)
	topic := c.topic(1)
	message := c.messageJSON(2)
	limit := publishesBase + publishesPerPlayer*len(c.Server.Players())
	if !c.Self.Data.(*messaging).publishes.allow(c.Server.Now(), limit) {
		c.raiseRate()
	}
	c.pause(thread)
	c.Server.bus().publish(topic, message)
	return 0
}

// messageJSON reads a message as the JSON that travels (R215).
func (c Call) messageJSON(n int) string {
	text, err := httpJSON(c.Required(n))
	if err == nil {
		_, err = decodeJSON(c.Server.VM, text) // inf and nan do not travel, assumed
	}
	if err != nil {
		c.tell(err)
		c.Raise("MessagingService: Message cannot be converted to JSON")
	}
	if utf8.RuneCountInString(text) > messageCharactersMax {
		c.Raise("MessagingService: Message is too long")
	}
	return text
}

// subscribeAsync has a function called with every message of a topic (R213).
func subscribeAsync(c Call) int {
	thread := vm.MustYield(c.L)
	topic, fn := c.topic(1), c.Function(2)
	used := c.Self.Data.(*messaging)
	used.subscriptions = slices.DeleteFunc(used.subscriptions, func(s *subscription) bool {
		return s.signal.Connected() == 0
	})
	limit := subscriptionsBase + subscriptionsPerPlayer*len(c.Server.Players())
	if !used.subscribes.allow(c.Server.Now(), subscribesMax) || len(used.subscriptions) >= limit {
		c.raiseRate()
	}
	signal := c.Server.NewSignal("MessagingService." + topic)
	connection := signal.add(&Connection{function: fn})
	connection.object = c.Server.userdata(connection)
	subscribed := &subscription{server: c.Server, signal: signal}
	used.subscriptions = append(used.subscriptions, subscribed)
	c.pause(thread)
	c.Server.bus().subscribe(topic, subscribed)
	return c.Return(connection.object)
}

// raiseRate raises what exceeding a limit is refused with (R218, assumed).
func (c Call) raiseRate() {
	c.Raise("MessagingService: The rate of requests exceeds the allowed limit.")
}

// pause lets the thread yield once, as a request does that takes no time.
func (c Call) pause(thread *vm.Thread) {
	c.request(thread, func(ctx context.Context) error { return c.Server.VM.Sim.Sleep(ctx, 0) })
}
