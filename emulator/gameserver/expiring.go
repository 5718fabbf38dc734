package gameserver

import "time"

// expiringSweepMin is the fewest entries worth looking through for stale ones.
const expiringSweepMin = 64

// expiring is a map whose entries hold until a time of their own. Stale ones are dropped now and
// then, so it does not grow beyond twice what is fresh.
type expiring[K comparable, V any] struct {
	entries map[K]expiringEntry[V]
	sweepAt int // number of entries at which the stale ones are dropped
}

type expiringEntry[V any] struct {
	value V
	until time.Time
}

// get returns what is held for key, and until when. At exactly that time it no longer is (assumed).
func (e *expiring[K, V]) get(key K, now time.Time) (value V, until time.Time, ok bool) {
	entry, ok := e.entries[key]
	if !ok || !now.Before(entry.until) {
		return value, now, false
	}
	return entry.value, entry.until, true
}

// put holds value for key until a time.
func (e *expiring[K, V]) put(key K, value V, now, until time.Time) {
	if e.entries == nil {
		e.entries = map[K]expiringEntry[V]{}
	}
	if len(e.entries) >= max(e.sweepAt, expiringSweepMin) {
		for k, entry := range e.entries {
			if !now.Before(entry.until) {
				delete(e.entries, k)
			}
		}
		e.sweepAt = 2 * len(e.entries)
	}
	e.entries[key] = expiringEntry[V]{value, until}
}
