package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"savestone/emulator"
)

// Corrupt damages what lies in storage (F24): until it is written again, every read of the key gets
// the damaged value, a LIE. A key is damaged at the times At, counted from the rule's From, and
// again and again after spells Between, each time with the rule's Chance. Its versions keep what
// they held. Mode says how: dropField, flipType, huge, nestedNil, overDeep, truncate, oldVersion
// (the oldest value that is still kept), or any.
//
// Damages are a function of seed, rule, key and time. Values of ordered stores are spared.
const Corrupt Kind = "corrupt"

var corruptModes = append([]string{damageNames[0], oldVersion}, damageNames[1:]...)

const oldVersion = "oldVersion"

func applyCorrupt(ctx context.Context, c *call, rule *compiled) (emulator.Result, error) {
	result, err := c.onward(ctx)
	if err != nil || !result.Found {
		return result, err
	}
	written := time.UnixMilli(result.Info.UpdatedMS).Sub(c.injector.start)
	last := rule.lastDamage(c, rule.time(c.injector.Elapsed()))
	dice, fires := c.settle(rule, 0, last.dice, last.at > rule.time(written))
	if !fires {
		return result, err
	}
	var value json.RawMessage
	damaged := false
	if rule.Mode != oldVersion {
		value, damaged = damage(result.Value, rule.Mode, dice)
	} else if value, damaged, err = c.oldest(ctx); err != nil {
		return emulator.Result{}, err
	}
	if !damaged {
		return result, nil
	}
	c.report(rule, outcome{dice: dice})
	result.Value = value
	return result, nil
}

// strike is a damage.
type strike struct {
	at   time.Duration
	dice roll
}

// never is before all strikes.
var never = strike{at: -longest}

// wear is how far the damages of one key are known.
type wear struct {
	n    uint64
	at   time.Duration // of the n-th, whether or not it struck
	last strike        // none if its at is 0: the first comes later than that
}

// lastDamage is the last strike at the call's key up to now.
func (c *compiled) lastDamage(of *call, now time.Duration) strike {
	key := c.targetOf(&of.req, "key")
	last := never
	for i, at := range c.At {
		dice := draw(c.key, key, uint64(i), 0)
		if at := time.Duration(at); at <= now && at > last.at && c.chance.reached(dice.fire) {
			last = strike{at, dice}
		}
	}
	if c.Between.isNone() {
		return last
	}
	recall(&c.memory, key, func(w *wear) {
		if w.at > now { // the clock was set back
			*w = wear{}
		}
		for {
			next := w.at + time.Microsecond + c.Between.At(draw(c.key, key, w.n, 2).size)
			if next > now {
				break
			}
			dice := draw(c.key, key, w.n, 1)
			w.n, w.at = w.n+1, next
			if c.chance.reached(dice.fire) {
				w.last = strike{next, dice}
			}
		}
		if w.last.at > 0 && w.last.at > last.at {
			last = w.last
		}
	})
	return last
}

// oldest reads the oldest version of the call's key that is kept, false if it is the current one.
func (c *call) oldest(ctx context.Context) (json.RawMessage, bool, error) {
	req := emulator.Request{
		Op: emulator.OpListVersions, Server: foreigner, Store: c.req.Store, Key: c.req.Key,
		Page: emulator.Page{Size: 2},
	}
	versions, err := c.injector.behind(ctx, req)
	if err != nil || len(versions.Items) < 2 || versions.Items[0].Deleted {
		return nil, false, err
	}
	req.Op, req.Version = emulator.OpGetVersion, versions.Items[0].Info.Version
	result, err := c.injector.behind(ctx, req)
	return result.Value, err == nil && result.Found, err
}

func isStandardGet(req *emulator.Request) bool {
	return req.Op == emulator.OpGet && req.Store.Kind == emulator.Standard
}

func checkCorrupt(r Rule) error {
	if r.Between.isNone() && len(r.At) == 0 && r.Only == nil {
		return errors.New("got no times, want at or between")
	}
	if r.Between.isNone() {
		return nil
	}
	if err := r.Between.validate(); err != nil {
		return fmt.Errorf("between: %w", err)
	}
	if r.Between.At(1<<31) < time.Millisecond {
		return fmt.Errorf("between: got a median of %v, want at least 1ms", r.Between.At(1<<31))
	}
	return nil
}
