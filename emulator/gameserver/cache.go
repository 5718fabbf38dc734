package gameserver

import "savestone/emulator"

// cache is what one Store last learnt about its keys (R141).
type cache = expiring[entryID, emulator.Result]

// recall returns what is known of an entry if it is fresh enough; that does not make it any fresher
// (R143).
func (st *Store) recall(id entryID) (emulator.Result, bool) {
	now := st.server.clock.Now()
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	result, _, ok := st.cache.get(id, now)
	return result, ok
}

// remember notes what the backend just said of an entry.
func (st *Store) remember(id entryID, result emulator.Result) {
	now := st.server.clock.Now()
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	st.cache.put(id, result, now, now.Add(st.server.weather.trust()))
}
