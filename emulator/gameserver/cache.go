package gameserver

import (
	"time"

	"savestone/emulator"
)

// cacheSweepMin is the fewest entries worth looking through for stale ones.
const cacheSweepMin = 64

// cache is what one Store last learnt about its keys (R141).
type cache struct {
	entries map[string]cached
	sweepAt int // number of entries at which the stale ones are dropped
}

type cached struct {
	result emulator.Result
	until  time.Time
}

func newCache() cache {
	return cache{entries: map[string]cached{}, sweepAt: cacheSweepMin}
}

// recall returns what is known of key if it is fresh enough; that does not make it any fresher
// (R143). Assumed: after exactly emulator.CacheLifetime it no longer is.
func (st *Store) recall(key string) (emulator.Result, bool) {
	now := st.server.clock.Now()
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	entry, ok := st.cache.entries[key]
	if !ok || !now.Before(entry.until) {
		return emulator.Result{}, false
	}
	return entry.result, true
}

// remember notes what the backend just said of key.
func (st *Store) remember(key string, result emulator.Result) {
	now := st.server.clock.Now()
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	c := &st.cache
	if len(c.entries) >= c.sweepAt {
		for k, entry := range c.entries {
			if !now.Before(entry.until) {
				delete(c.entries, k)
			}
		}
		c.sweepAt = max(cacheSweepMin, 2*len(c.entries))
	}
	c.entries[key] = cached{result: result, until: now.Add(emulator.CacheLifetime)}
}
