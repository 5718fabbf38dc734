package gameserver_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// budgets reads the budget of every request type.
func budgets(s *gameserver.Server) (all [emulator.RequestTypeCount]int) {
	for t := range all {
		all[t] = s.Budget(emulator.RequestType(t))
	}
	return all
}

// R168, R170: what each type reads at first, and an hour later, when every budget is full. In the
// order of the enum: Get, SetIncrement, Update, GetSorted, SetIncrementSorted, OnUpdate, List,
// GetVersion, RemoveVersion; standard read, write, list, remove; the same of ordered stores.
func TestBudgetsBeginWithABurstAndEndAtTheirCap(t *testing.T) {
	type all = [emulator.RequestTypeCount]int
	const u = 1<<31 - 1
	for _, c := range []struct {
		profile     string
		players     int
		burst, full all
	}{
		{"2026", 0,
			all{100, 100, 100, 10, 50, 30, 10, 100, 10, 100, 100, 10, 100, 100, 50, 10, 50},
			all{180, 180, 180, 15, 90, 30, 15, 180, 15, 180, 180, 15, 180, 180, 90, 15, 90}},
		{"2026-launch", 2,
			all{100, 100, 100, 10, 50, 30, 10, 100, 10, 100, 100, 10, 100, 100, 50, 10, 50},
			all{420, 420, 420, 27, 120, 40, 27, 420, 27, 420, 420, 27, 420, 420, 120, 27, 120}},
		{"2025", 0,
			all{100, 100, 100, 10, 50, 30, 10, 10, 10, 100, 100, 10, 100, 100, 50, 10, 50},
			all{180, 180, 180, 15, 90, 30, 15, 15, 15, 180, 180, 15, 180, 180, 90, 15, 90}},
		{"pre-2024-07", 2,
			all{100, 100, 100, 10, 50, 30, 10, 10, 10, 100, 100, 10, 100, 100, 50, 10, 50},
			all{240, 240, 240, 27, 120, 40, 27, 27, 27, 240, 240, 27, 240, 240, 120, 27, 120}},
		{"unlimited", 0,
			all{u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u},
			all{u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u}},
	} {
		t.Run(c.profile, func(t *testing.T) {
			l := newLimited(t, gameserver.Options{
				Profile: profile(t, c.profile), Players: c.players,
			})
			require.Equal(t, c.burst, budgets(l.server))
			l.sim.RunUntil(start.Add(time.Hour))
			require.Equal(t, c.full, budgets(l.server))
		})
	}
}

// R168: to the nanosecond.
func TestBudgetAccruesContinuously(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	at := func(d time.Duration) (reads, orderedWrites int) {
		l.sim.RunUntil(start.Add(d))
		return l.server.Budget(emulator.StandardRead), l.server.Budget(emulator.OrderedWrite)
	}
	for _, c := range []struct {
		at            time.Duration
		reads, writes int
	}{
		{0, 100, 50},
		{time.Second - 1, 100, 50},
		{time.Second, 101, 50},
		{2*time.Second - 1, 101, 50},
		{2 * time.Second, 102, 51},
		{80*time.Second - 1, 179, 89},
		{80 * time.Second, 180, 90},
		{1000 * time.Hour, 180, 90},
	} {
		reads, writes := at(c.at)
		require.Equal(t, c.reads, reads, c.at)
		require.Equal(t, c.writes, writes, c.at)
	}
}

// 11 requests at 7 a minute are 94.2857142857... s.
func TestBudgetIsFullNoNanosecondEarly(t *testing.T) {
	for _, c := range []struct {
		at   time.Duration
		want int
	}{{94_285_714_285, 20}, {94_285_714_286, 21}} {
		l := newLimited(t, gameserver.Options{Players: 1})
		l.sim.RunUntil(start.Add(c.at))
		require.Equal(t, c.want, l.server.Budget(emulator.StandardList))
	}
}

// Looking often must not round anything away: 7 requests a minute are one every 8.571428571... s.
func TestBudgetDoesNotDriftWithLooking(t *testing.T) {
	l := newLimited(t, gameserver.Options{Players: 1})
	l.drain(emulator.StandardList)
	for i := range 59_999 {
		l.sim.RunUntil(start.Add(time.Duration(i+1) * time.Millisecond))
		require.LessOrEqual(t, l.server.Budget(emulator.StandardList), 6)
	}
	l.sim.RunUntil(start.Add(time.Minute - 1))
	require.Equal(t, 6, l.server.Budget(emulator.StandardList))
	l.sim.RunUntil(start.Add(time.Minute))
	require.Equal(t, 7, l.server.Budget(emulator.StandardList))
}

// Goroutines ask the clock first and the budget later, perhaps in another order.
func TestClockThatIsSeenOutOfOrderEarnsNothingTwice(t *testing.T) {
	clock := &handClock{now: start}
	server := gameserver.New(scripted(nil), clock, gameserver.Options{})
	for _, second := range []time.Duration{10, 3, 10, 0, 10} {
		clock.now = start.Add(second * time.Second)
		require.Equal(t, 110, server.Budget(emulator.StandardRead))
	}
}

// R168
func TestPlayersChangeTheRateFromThenOn(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	l.drain(emulator.StandardRead)
	at := func(d time.Duration) int {
		l.sim.RunUntil(start.Add(d))
		return l.server.Budget(emulator.StandardRead)
	}
	require.Equal(t, 10, at(10*time.Second))
	l.server.SetPlayers(3) // 180 a minute
	require.Equal(t, 10, at(10*time.Second))
	require.Equal(t, 40, at(20*time.Second))
	l.server.SetPlayers(0)
	require.Equal(t, 50, at(30*time.Second))
}

func TestBudgetBeyondTheCapOfFewerPlayersIsLost(t *testing.T) {
	l := newLimited(t, gameserver.Options{Players: 10})
	l.sim.RunUntil(start.Add(time.Hour))
	require.Equal(t, 3*460, l.server.Budget(emulator.StandardRead))
	l.server.SetPlayers(0)
	require.Equal(t, 180, l.server.Budget(emulator.StandardRead))
}

// R85, R165 and the tables of sections 20.1 and 20.2: what each call is charged to.
func TestCallsAreChargedToTheirRequestType(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name           string
		modern, legacy map[emulator.RequestType]int
		call           func(l *limited) error
	}{
		{"get", costs{emulator.StandardRead: 1}, costs{emulator.GetAsync: 1},
			func(l *limited) error { _, err := l.coins.Get(ctx, "k", true); return err }},
		{"ordered get", costs{emulator.OrderedRead: 1}, costs{emulator.GetAsync: 1},
			func(l *limited) error { _, err := l.ranks.Get(ctx, "k", true); return err }},
		{"set", costs{emulator.StandardWrite: 1}, costs{emulator.SetIncrementAsync: 1},
			func(l *limited) error { return setKey(t, l.coins, "k") }},
		{"ordered set", costs{emulator.OrderedWrite: 1},
			costs{emulator.SetIncrementSortedAsync: 1},
			func(l *limited) error { return setKey(t, l.ranks, "k") }},
		{"increment", costs{emulator.StandardWrite: 1}, costs{emulator.SetIncrementAsync: 1},
			func(l *limited) error {
				_, err := l.coins.Increment(ctx, "k", 1, nil, nil)
				return err
			}},
		{"remove", costs{emulator.StandardRemove: 1}, costs{emulator.SetIncrementAsync: 1},
			func(l *limited) error { return removeKey(t, l.coins) }},
		{"ordered remove", costs{emulator.OrderedRemove: 1},
			costs{emulator.SetIncrementSortedAsync: 1},
			func(l *limited) error { return removeKey(t, l.ranks) }},
		{"update", costs{emulator.StandardRead: 1, emulator.StandardWrite: 1},
			costs{emulator.GetAsync: 1, emulator.SetIncrementAsync: 1},
			func(l *limited) error { _, err := l.coins.Update(ctx, "k", change("1")); return err }},
		{"ordered update", costs{emulator.OrderedRead: 1, emulator.OrderedWrite: 1},
			costs{emulator.GetAsync: 1, emulator.SetIncrementSortedAsync: 1},
			func(l *limited) error { _, err := l.ranks.Update(ctx, "k", change("1")); return err }},
		{"cancelled update", costs{emulator.StandardRead: 1}, costs{emulator.GetAsync: 1},
			func(l *limited) error { _, err := l.coins.Update(ctx, "k", cancel); return err }},
		{"refused update", costs{emulator.StandardRead: 1}, costs{emulator.GetAsync: 1},
			func(l *limited) error {
				_, err := l.coins.Update(ctx, "k", change("\xff"))
				require.Error(t, err)
				return nil
			}},
		{"bad argument", costs{}, costs{},
			func(l *limited) error { require.Error(t, setKey(t, l.coins, "")); return nil }},
	} {
		for _, p := range []struct {
			profile string
			want    costs
		}{{"2026", c.modern}, {"2025", c.legacy}} {
			t.Run(c.name+" "+p.profile, func(t *testing.T) {
				l := newLimited(t, gameserver.Options{Profile: profile(t, p.profile)})
				require.Equal(t, p.want, l.spent(t, p.profile, func() error { return c.call(l) }))
			})
		}
	}
}

type costs = map[emulator.RequestType]int

func cancel(emulator.Result) (gameserver.Change, error) {
	return gameserver.Change{Cancel: true}, nil
}

// spent tells which of the profile's own budgets a call takes from.
func (l *limited) spent(t *testing.T, profileName string, do func() error) costs {
	t.Helper()
	before := budgets(l.server)
	l.call("it", do)
	l.sim.RunUntil(start)
	require.Equal(t, []string{"0s it: done"}, l.log)
	spent := costs{}
	for i, now := range budgets(l.server) {
		own := profile(t, profileName).Server[i].CapFactor != 0
		if own && now != before[i] {
			spent[emulator.RequestType(i)] = before[i] - now
		}
	}
	return spent
}

// R146
func TestCacheHitCostsNothing(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	get := func() error { _, err := l.coins.Get(t.Context(), "k", true); return err }
	require.Equal(t, costs{emulator.StandardRead: 1}, l.spent(t, "2026", get))
	l.log = nil
	require.Empty(t, l.spent(t, "2026", get))
}

// R85: starting over is not charged again, neither to the server nor to the experience.
func TestConflictingUpdateIsChargedOnce(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	conflicts := 3
	var unmetered []bool
	l.backend = func(req emulator.Request) (emulator.Result, error) {
		unmetered = append(unmetered, req.Unmetered)
		if req.Op == emulator.OpPut && conflicts > 0 {
			conflicts--
			return emulator.Result{}, emulator.ErrVersionConflict
		}
		return emulator.Result{}, nil
	}
	require.Equal(t, costs{emulator.StandardRead: 1, emulator.StandardWrite: 1},
		l.spent(t, "2026", func() error {
			_, err := l.coins.Update(t.Context(), "k", change("1"))
			return err
		}))
	require.Equal(t, []bool{false, false, true, true, true, true, true, true}, unmetered)
}

// R171: at least 150 seconds' worth, if the cap allows.
func TestBudgetsRiseWhenTheServerShutsDown(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	for _, kind := range []emulator.RequestType{
		emulator.StandardRead, emulator.StandardWrite, emulator.StandardList,
		emulator.StandardRemove, emulator.OrderedRead, emulator.OrderedWrite,
		emulator.OrderedList, emulator.OrderedRemove,
	} {
		l.drain(kind)
	}
	l.server.BeginShutdown()
	require.Equal(t, [emulator.RequestTypeCount]int{
		150, 150, 150, 12, 75, 30, 12, 150, 12, 150, 150, 12, 150, 150, 75, 12, 75,
	}, budgets(l.server))
	l.sim.RunUntil(start.Add(time.Hour))
	full := budgets(l.server)
	l.server.BeginShutdown()
	require.Equal(t, full, budgets(l.server), "more than that is kept")
}

// R23: the ranges, and that the rest stays as it was.
func TestRateLimitsHaveRanges(t *testing.T) {
	for _, c := range []struct {
		kind            emulator.RequestType
		base, perPlayer int // the largest
	}{
		{emulator.GetAsync, 60, 40}, {emulator.SetIncrementAsync, 60, 40},
		{emulator.GetSortedAsync, 5, 2}, {emulator.ListAsync, 5, 2},
		{emulator.GetVersionAsync, 5, 2}, {emulator.RemoveVersionAsync, 5, 2},
		{emulator.SetIncrementSortedAsync, 30, 5},
		{emulator.StandardRead, 10_000, 200}, {emulator.StandardWrite, 10_000, 200},
		{emulator.StandardList, 10_000, 200}, {emulator.StandardRemove, 10_000, 200},
		{emulator.OrderedRead, 10_000, 200}, {emulator.OrderedWrite, 10_000, 200},
		{emulator.OrderedList, 10_000, 200}, {emulator.OrderedRemove, 10_000, 200},
	} {
		for _, p := range []string{"2026", "2025", "unlimited"} {
			l := newLimited(t, gameserver.Options{Profile: profile(t, p)})
			before := budgets(l.server)
			require.Error(t, l.server.SetRateLimit(c.kind, -1, 0), c.kind)
			require.Error(t, l.server.SetRateLimit(c.kind, c.base+1, 0), c.kind)
			require.Error(t, l.server.SetRateLimit(c.kind, 0, -1), c.kind)
			require.Error(t, l.server.SetRateLimit(c.kind, 0, c.perPlayer+1), c.kind)
			require.Equal(t, before, budgets(l.server))
			require.NoError(t, l.server.SetRateLimit(c.kind, c.base, c.perPlayer), c.kind)
			require.NoError(t, l.server.SetRateLimit(c.kind, 0, 0), c.kind)
		}
	}
	l := newLimited(t, gameserver.Options{})
	var refusal *emulator.Error
	require.ErrorAs(t, l.server.SetRateLimit(emulator.UpdateAsync, 1, 1), &refusal)
	require.ErrorAs(t, l.server.SetRateLimit(emulator.OnUpdate, 1, 1), &refusal)
}

// R23
func TestRateLimitHoldsAtOnceAndCountsPlayers(t *testing.T) {
	l := newLimited(t, gameserver.Options{Players: 2})
	l.drain(emulator.StandardList)
	at := func(d time.Duration) int {
		l.sim.RunUntil(start.Add(d))
		return l.server.Budget(emulator.StandardList)
	}
	require.NoError(t, l.server.SetRateLimit(emulator.StandardList, 0, 30))
	require.Equal(t, 10, at(10*time.Second))
	l.server.SetPlayers(1)
	require.Equal(t, 15, at(20*time.Second))
	require.NoError(t, l.server.SetRateLimit(emulator.StandardList, 2, 0))
	require.Equal(t, 6, at(20*time.Second), "the cap is three times the new rate")
	require.NoError(t, l.server.SetRateLimit(emulator.StandardList, 0, 0))
	require.Equal(t, 0, at(time.Hour))
}

// An older type sets the rate of what became of it, but not that of all reads (assumed).
func TestRateLimitOfAnOlderTypeIsThatOfItsHeir(t *testing.T) {
	l := newLimited(t, gameserver.Options{})
	require.NoError(t, l.server.SetRateLimit(emulator.SetIncrementAsync, 1, 0))
	require.Equal(t, 3, l.server.Budget(emulator.StandardWrite))
	require.NoError(t, l.server.SetRateLimit(emulator.GetVersionAsync, 1, 0))
	require.Equal(t, 100, l.server.Budget(emulator.StandardRead))
	l = newLimited(t, gameserver.Options{Profile: profile(t, "2025")})
	require.NoError(t, l.server.SetRateLimit(emulator.GetVersionAsync, 1, 0))
	require.Equal(t, 3, l.server.Budget(emulator.GetVersionAsync))
}
