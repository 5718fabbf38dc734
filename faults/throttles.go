package faults

import (
	"context"
	"fmt"
	"slices"
	"time"

	"savestone/emulator"
)

// The kinds that refuse requests as one of Roblox's limits would (F11, F12). With a PerMinute, they
// let so many through within 60 seconds, as if others used up the rest, and refuse those beyond;
// Chance then has no say. Without one, Chance decides about each request. A limit counts requests,
// so there one more of them does change what happens to others.
const (
	ThrottleExperience Kind = "throttleExperience" // the universe's budget of a type is spent
	ThrottleStore      Kind = "throttleStore"      // one data store is asked too much
	ThrottleKey        Kind = "throttleKey"        // one key is; the game server's queue skips it
)

func applyThrottleExperience(
	ctx context.Context, c *call, rule *compiled,
) (emulator.Result, error) {
	bucket := bucketOf(&c.req)
	return c.throttle(ctx, rule, uint64(digestEmpty.text(bucket)),
		emulator.ExperienceThrottled(bucket))
}

func applyThrottleStore(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	return c.throttle(ctx, rule, rule.targetOf(&c.req, "store"), emulator.ErrStoreThrottled)
}

func applyThrottleKey(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	return c.throttle(ctx, rule, rule.targetOf(&c.req, "key"), emulator.ErrKeyThrottled)
}

// throttle refuses a request if those who share the limit have used it up.
func (c *call) throttle(
	ctx context.Context, rule *compiled, sharers uint64, refusal *emulator.Error,
) (emulator.Result, error) {
	dice := c.dice(rule, 0)
	naturally := rule.chance.reached(dice.fire)
	if rule.PerMinute > 0 {
		recall(&rule.memory, sharers, func(w *lastMinute) {
			naturally = !w.admit(c.injector.Elapsed(), rule.PerMinute)
		})
	}
	if _, fires := c.settle(rule, 0, dice, naturally); !fires {
		return c.onward(ctx)
	}
	c.report(rule, outcome{dice: dice})
	return emulator.Result{}, refusal
}

// lastMinute has the times of what was let through.
type lastMinute struct{ times []time.Duration }

// admit lets one more through if there were less than most.
func (w *lastMinute) admit(now time.Duration, most int) bool {
	w.times = slices.DeleteFunc(w.times, func(at time.Duration) bool {
		return at <= now-time.Minute || at > now // > when a clock was set back
	})
	if len(w.times) >= most {
		return false
	}
	w.times = append(w.times, now)
	return true
}

// bucketOf names the budget of the experience that a request is charged to (section 20.4).
func bucketOf(req *emulator.Request) string {
	deed := "Read"
	switch {
	case isList(req.Op):
		deed = "List"
	case req.Op == emulator.OpRemove:
		deed = "Remove"
	case req.Op.Writes():
		deed = "Write"
	}
	if req.Store.Kind == emulator.Ordered {
		return "Ordered" + deed
	}
	return "Standard" + deed
}

func hasKey(req *emulator.Request) bool { return req.Key != "" }

func checkPerMinute(r Rule) error { return notNegative("perMinute", r.PerMinute) }

func notNegative(name string, n int) error {
	if n < 0 {
		return fmt.Errorf("got %s %d, want 0 or more", name, n)
	}
	return nil
}
