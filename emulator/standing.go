package emulator

import (
	"cmp"
	"maps"
	"slices"
)

// Standing is how the limits stand that all game servers and Open Cloud clients share.
type Standing struct {
	Budgets []BudgetStanding // of the experience, those that are held
	Keys    []KeyStanding    // that moved anything within the last minute, the busiest first
}

// BudgetStanding is what was used of one of the experience's budgets (R178).
type BudgetStanding struct {
	Type            RequestType
	Used, PerMinute int64 // requests; used within the last minute
}

// KeyStanding is what one key moved within the last minute (R182).
type KeyStanding struct {
	Store                 StoreID
	Key                   string
	ReadBytes, WriteBytes int64
}

// Standing tells how the limits stand now, of at most keysMax keys.
func (e *Emulator) Standing(keysMax int) Standing {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.throttle.standing(ticksOf(e.clock.Now()), keysMax)
}

func (t *throttle) standing(now ticks, keysMax int) Standing {
	var s Standing
	for pool, rate := range t.profile.Experience {
		if t.profile.Unlimited || t.ccu == nil || rate == (Rate{}) {
			continue
		}
		s.Budgets = append(s.Budgets, BudgetStanding{
			RequestType(pool), t.pools[pool].used(now), int64(rate.PerMinute(t.ccu())),
		})
	}
	keys := maps.Clone(t.recent)
	for name, use := range t.earlier {
		keys[name] = use // the same one, if it is in both
	}
	for name, use := range keys {
		read, write := use.read.used(now), use.write.used(now)
		if read+write > 0 {
			s.Keys = append(s.Keys, KeyStanding{name.store, name.key, read, write})
		}
	}
	slices.SortFunc(s.Keys, func(a, b KeyStanding) int {
		return cmp.Or(
			cmp.Compare(b.ReadBytes+b.WriteBytes, a.ReadBytes+a.WriteBytes),
			cmp.Compare(a.Store.String(), b.Store.String()), cmp.Compare(a.Key, b.Key),
		)
	})
	s.Keys = s.Keys[:min(len(s.Keys), keysMax)]
	return s
}

// used is what was used within the last window.
func (w *window) used(now ticks) int64 {
	w.hasRoom(now, 0, 0) // which drops what is over
	return w.sum
}
