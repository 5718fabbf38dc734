package opencloud

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// usage is what a request counts as (section 1.3).
type usage uint8

const (
	unlimited usage = iota
	standardWrite
	standardRead
	orderedWrite
	orderedRead
	cloudCall
	snapshotCall
	publishCall
)

// quota is what one minute may see of a usage; 0 is no limit. The universe's budgets that v2 shares
// with game servers are the emulator's.
type quota struct {
	universe int    // requests to a universe
	bytes    int    // of a universe: values written or read
	pool     string // in which the requests of one owner are added up
	owner    int    // requests of an owner in that pool
}

var quotas = [...]quota{
	standardWrite: {universe: 300, bytes: 10 << 20, pool: "v1 standard", owner: 5000},
	standardRead:  {universe: 300, bytes: 20 << 20, pool: "v1 standard", owner: 5000},
	orderedWrite:  {universe: 300, pool: "v1 ordered", owner: 500},
	orderedRead:   {universe: 300, pool: "v1 ordered", owner: 500},
	cloudCall:     {pool: "v2", owner: 1_000_000},
	snapshotCall:  {pool: "snapshot", owner: 60},
	publishCall:   {pool: "messaging", owner: 5000},
}

// quotaWindow is the time over which requests are counted; it begins with its first (assumed).
const quotaWindow = time.Minute

// meter counts what was used of a quota.
type meter struct {
	until        time.Time
	count, bytes int
}

// reading is what a meter tells a client.
type reading struct {
	limit, left int
	reset       time.Duration
}

// meter returns the running meter of a name. h.mu is held.
func (h *Handler) meter(name string, now time.Time) *meter {
	m := h.meters[name]
	if m == nil || !now.Before(m.until) {
		m = &meter{until: now.Add(quotaWindow)}
		h.meters[name] = m
	}
	return m
}

func (c *call) universeMeter() string { return fmt.Sprintf("universe %d", c.route.usage) }

// count charges a request to its quotas, or refuses it (O7).
func (c *call) count() error {
	h, q := c.handler, quotas[c.route.usage]
	if h.options.Unlimited || c.route.usage == unlimited {
		return nil
	}
	owner := ""
	if c.key != nil {
		owner = c.key.Owner
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.options.Clock.Now()
	all := h.meter(c.universeMeter(), now)
	own := h.meter(fmt.Sprintf("owner %s/%s", q.pool, owner), now)
	switch {
	case q.universe > 0 && all.count >= q.universe:
		return c.spent(all, now, "%d requests a minute to a universe", q.universe)
	case q.bytes > 0 && all.bytes >= q.bytes:
		return c.spent(all, now, "%d bytes a minute of a universe", q.bytes)
	case own.count >= q.owner:
		return c.spent(own, now, "%d requests a minute of a key's owner", q.owner)
	}
	all.count++
	own.count++
	if q.universe > 0 {
		c.quota = append(c.quota, reading{q.universe, q.universe - all.count, all.until.Sub(now)})
	}
	c.quota = append(c.quota, reading{q.owner, q.owner - own.count, own.until.Sub(now)})
	return nil
}

// spent refuses a request until a meter starts anew.
func (c *call) spent(m *meter, now time.Time, format string, args ...any) error {
	wait := m.until.Sub(now)
	limit, _ := args[0].(int)
	c.quota = []reading{{limit: limit, reset: wait}}
	f := &failure{
		code: resourceExhausted, detail: "TooManyRequests", message: "Too many requests.",
		retry: wait,
	}
	return f.because("the limit of "+format, args...)
}

// countWrite charges what a v1 request wants to write.
func (c *call) countWrite() error { return c.countBytes(standardWrite, len(c.body)) }

// countRead charges what v1 answered.
func (c *call) countRead(size int) {
	c.countBytes(standardRead, size) // too late to refuse it; the next request is
}

func (c *call) countBytes(usage usage, size int) error {
	h, q := c.handler, quotas[usage]
	if c.route.usage != usage || h.options.Unlimited {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.options.Clock.Now()
	m := h.meter(c.universeMeter(), now)
	if usage == standardWrite && m.bytes+size > q.bytes {
		return c.spent(m, now, "%d bytes a minute of a universe", q.bytes)
	}
	m.bytes += size
	return nil
}

// tellQuota adds the headers for the limit that is nearest.
func (c *call) tellQuota(r *response) {
	if len(c.quota) == 0 {
		return
	}
	nearest := c.quota[0]
	for _, q := range c.quota {
		if q.left < nearest.left {
			nearest = q
		}
	}
	seconds := max(1, int((nearest.reset+time.Second-1)/time.Second))
	r.set("x-ratelimit-limit", fmt.Sprintf("%d, %d;w=%d",
		nearest.limit, nearest.limit, int(quotaWindow/time.Second)))
	r.set("x-ratelimit-remaining", strconv.Itoa(nearest.left))
	r.set("x-ratelimit-reset", strconv.Itoa(cmp.Or(seconds, 1)))
}
