package gameserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"savestone/emulator"
)

// entryID tells a server's entries apart, whichever Store reaches them. Key is empty for requests
// about no entry in particular.
type entryID struct {
	store emulator.StoreID
	key   string
}

func entryOf(req *emulator.Request) entryID { return entryID{req.Store, req.Key} }

// call is a request on its way out: charged once, then sent, as often as it takes.
type call struct {
	server *Server
	method *method
	req    emulator.Request

	entry  entryID
	queue  *queue
	budget *budget // nil when nothing is limited
	cost   int64   // requests (R166)
	warned bool    // that it is in the queue

	// Guarded by server.mu:
	ticket  uint64 // its place among all calls
	waiting bool   // is in the queue
	refused bool   // was charged and sent, but the backend throttles its key (R184)
}

func (s *Server) newCall(m *method, req emulator.Request) *call {
	c := &call{
		server: s, method: m, req: req,
		entry: entryOf(&req), queue: s.queueFor(req.Store.Kind, m.writes), cost: 1,
	}
	if req.Op == emulator.OpGetMany {
		c.cost = int64(len(req.Keys))
	}
	charged := m.charges.modern
	if s.profile.LegacyBuckets {
		charged = m.charges.legacy
	}
	c.budget = s.budgets[charged[req.Store.Kind]]
	return c
}

// request does one request whose arguments were checked: it waits for its budget, then sends it.
func (s *Server) request(
	ctx context.Context, m *method, req emulator.Request,
) (emulator.Result, error) {
	c, err := s.charge(ctx, m, req)
	if err != nil {
		return emulator.Result{}, err
	}
	return c.send(ctx)
}

// charge makes a call of req once the server may send it.
func (s *Server) charge(ctx context.Context, m *method, req emulator.Request) (*call, error) {
	if err := s.admissible(m); err != nil {
		return nil, err
	}
	c := s.newCall(m, req)
	if !m.queued {
		return c, c.payOrDrop()
	}
	defer c.leave() // also when the waiting task was killed
	for {
		wait, err := c.pay()
		if err != nil || wait == 0 {
			return c, err
		}
		if err := c.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// payOrDrop is for calls that do not queue (R173).
func (c *call) payOrDrop() error {
	now := c.server.clock.Now()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.budget == nil || c.budget.take(c.cost, now) {
		return nil
	}
	return emulator.Dropped(c.method.name)
}

// pay spends the call's budget if its turn has come, and otherwise makes sure that it is in the
// queue and says when to look again.
func (c *call) pay() (wait time.Duration, err error) {
	s := c.server
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ticket == 0 {
		c.place()
	}
	if c.waiting && s.closed {
		return 0, emulator.ErrLuaWebServiceClosed
	}
	if c.budget != nil && c.cost > 1 && c.cost > c.budget.most() {
		return 0, c.full() // no wait would be long enough (assumed)
	}
	if wait = c.queue.wait(c, now); wait > 0 {
		return wait, c.enter()
	}
	if c.budget != nil {
		c.budget.take(c.cost, now)
	}
	if spacing := s.profile.SameKeyWriteSpacing; spacing > 0 && c.method.writes {
		c.queue.skipped.put(c.entry, struct{}{}, now, now.Add(spacing)) // R178
	}
	return 0, nil
}

// overtaking is the first of the tickets of calls in order; those that overtake have lower ones.
const overtaking = 1 << 32

// place gives the call its place among all. s.mu is held.
func (c *call) place() {
	s := c.server
	if goes := s.weather.Overtakes; goes != nil && goes(c.req) {
		s.passed++
		c.ticket = overtaking - s.passed
		return
	}
	s.lastTicket++
	c.ticket = overtaking + s.lastTicket
}

// keyRetry is how long a call steps aside when the backend throttles its key, and keyPatience for
// how long it does so before its caller is told: by then, what it may have to make room for has
// left the 60 seconds that are looked at (R182). R184 gives no figures; these are assumed.
const (
	keyRetry    = time.Second
	keyPatience = time.Minute
)

// send sends a call that was charged. If its key is throttled it waits in the queue and tries
// again, at no further charge; the others pass it by (R175, R184).
func (c *call) send(ctx context.Context) (emulator.Result, error) {
	defer c.leave()
	for patience := keyPatience; ; patience -= keyRetry {
		result, err := c.server.do(ctx, c.req)
		if !errors.Is(err, emulator.ErrKeyThrottled) || !c.method.queued || patience == 0 {
			return result, err
		}
		if err := c.stepAside(); err != nil {
			return emulator.Result{}, err
		}
		if err := c.sleep(ctx, keyRetry); err != nil {
			return emulator.Result{}, err
		}
	}
}

// stepAside puts a call whose key is throttled into the queue.
func (c *call) stepAside() error {
	now := c.server.clock.Now()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.refused = true
	c.queue.skipped.put(c.entry, struct{}{}, now, now.Add(keyRetry))
	return c.enter()
}

// sleep waits in the queue; the console is told once (R174).
func (c *call) sleep(ctx context.Context, d time.Duration) error {
	if !c.warned {
		c.warned = true
		c.server.warn(queuedWarning + keyPart(c.req.Key))
	}
	if err := c.server.clock.Sleep(ctx, d); err != nil {
		return fmt.Errorf("%s %q waits in the queue: %w", c.method.name, c.req.Key, err)
	}
	return nil
}

// queuedWarning is what Roblox prints when a call enters a queue (R174).
const queuedWarning = "DataStore request was added to queue. If request queue fills, further " +
	"requests will be dropped. Try sending fewer requests."

// keyPart ends the warning; that requests without a key have none is assumed.
func keyPart(key string) string {
	if key == "" {
		return ""
	}
	return "Key = " + key
}

// full is the answer when there is no room in the queue (R176, R177).
func (c *call) full() error {
	if c.method.full != nil {
		return c.method.full
	}
	return emulator.GameServerThrottled(c.method.charges.modern[c.req.Store.Kind].String())
}
