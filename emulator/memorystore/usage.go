package memorystore

import "time"

// meter counts request units (R202). A request that is refused for them costs none, assumed.
type meter struct {
	minute     time.Time
	total      int64
	structures map[structureID]int64
}

// spend takes units from the budgets of this minute, or refuses the request.
func (s *Scope) spend(id structureID, units int, now time.Time) error {
	if units == 0 {
		return nil // part of a request that was paid before
	}
	m, limits, cost := &s.meter, &s.universe.limits, int64(units)
	if minute := now.Truncate(time.Minute); !minute.Equal(m.minute) {
		*m = meter{minute: minute, structures: map[structureID]int64{}}
	}
	budget := limits.UnitsPerMinute + limits.UnitsPerMinutePerUser*int64(s.universe.users.now)
	switch {
	case over(m.total+cost, budget):
		return ErrUnits
	case id.kind != hashMap && over(m.structures[id]+cost, limits.StructureUnitsPerMinute):
		return ErrStructureUnits
	}
	m.total += cost
	m.structures[id] += cost
	return nil
}

// users counts who plays, now and lately.
type users struct {
	now  int
	past []crowd // decreasing, and the last larger than now
}

// crowd is a number of users that was true until some time.
type crowd struct {
	users int
	until time.Time
}

func (u *users) set(count int, at time.Time) {
	u.past = append(u.past, crowd{u.now, at})
	for len(u.past) > 0 && u.past[len(u.past)-1].users <= count {
		u.past = u.past[:len(u.past)-1]
	}
	u.now = count
}

// most returns the largest number of users within memoryLookback.
func (u *users) most(now time.Time) int {
	for len(u.past) > 0 && !u.past[0].until.Add(memoryLookback).After(now) {
		u.past = u.past[1:]
	}
	if len(u.past) > 0 {
		return u.past[0].users
	}
	return u.now
}

// memoryQuota returns how many bytes a scope may hold, 0 for any number. It grows at once with the
// users, and shrinks when they have been fewer for memoryLookback (R201).
func (u *Universe) memoryQuota(now time.Time) int64 {
	return u.limits.MemoryBytes + int64(u.limits.MemoryBytesPerUser*float64(u.users.most(now)))
}
