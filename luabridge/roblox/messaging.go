package roblox

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"savestone/emulator"
	"savestone/luabridge/vm"
)

// The limits of R216 on what one server sends; the Bus holds those on what all receive.
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
	subscribed := &subscription{topic: topic, signal: signal}
	used.subscriptions = append(used.subscriptions, subscribed)
	c.pause(thread)
	c.Server.bus().mailbox(c.Server).add(subscribed)
	return c.Return(connection.object)
}

// raiseRate raises what exceeding a limit is refused with (R218, assumed).
func (c Call) raiseRate() {
	c.Raise("MessagingService: The rate of requests exceeds the allowed limit.")
}

// pause lets the thread yield once, as a request does that takes no time.
func (c Call) pause(thread *vm.Thread) {
	if c.Server.Closed() {
		c.Raise("%s", emulator.ErrDataModelClosed) // R228
	}
	c.request(thread, func(ctx context.Context) error { return c.Server.VM.Sim.Sleep(ctx, 0) })
}
