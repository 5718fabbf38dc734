package gameserver_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/sched"
)

// account is one budget as the rules tell it, in fractions: what budgets are held against.
type account struct {
	emulator.Bucket
	perMinute int
	level     *big.Rat
	at        time.Time
}

func (a *account) most() *big.Rat { return big.NewRat(int64(a.CapFactor*a.perMinute), 1) }

func (a *account) earn(now time.Time) {
	earned := big.NewRat(int64(now.Sub(a.at))*int64(a.perMinute), int64(time.Minute))
	a.level.Add(a.level, earned)
	a.at = now
	a.cut()
}

func (a *account) cut() {
	if a.level.Cmp(a.most()) > 0 {
		a.level = a.most()
	}
}

func (a *account) whole() int {
	return int(new(big.Int).Quo(a.level.Num(), a.level.Denom()).Int64())
}

// deed is a sort of call: what its requests are charged to, by profile, and in which of the queues
// (gets, sets, ordered gets, ordered sets) each may wait.
type deed struct {
	modern, legacy []emulator.RequestType
	queues         []int
	do             func(ctx context.Context, coins, ranks *gameserver.Store, e *errand) error
}

type types = []emulator.RequestType

var deeds = []deed{
	{types{emulator.StandardRead}, types{emulator.GetAsync}, []int{0},
		func(ctx context.Context, coins, _ *gameserver.Store, e *errand) error {
			_, err := coins.Get(ctx, e.key, false)
			return err
		}},
	{types{emulator.StandardWrite}, types{emulator.SetIncrementAsync}, []int{1},
		func(ctx context.Context, coins, _ *gameserver.Store, e *errand) error {
			_, err := coins.Set(ctx, e.key, []byte(`1`), nil, nil)
			return err
		}},
	{types{emulator.StandardRemove}, types{emulator.SetIncrementAsync}, []int{1},
		func(ctx context.Context, coins, _ *gameserver.Store, e *errand) error {
			_, err := coins.Remove(ctx, e.key)
			return err
		}},
	{types{emulator.StandardRead, emulator.StandardWrite},
		types{emulator.GetAsync, emulator.SetIncrementAsync}, []int{0, 1},
		func(ctx context.Context, coins, _ *gameserver.Store, e *errand) error {
			_, err := coins.Update(ctx, fmt.Sprintf("its own %d", e.number),
				func(emulator.Result) (gameserver.Change, error) {
					e.bank.waiting[1]++
					return gameserver.Change{Value: []byte(`1`)}, nil
				})
			return err
		}},
	{types{emulator.OrderedList}, types{emulator.GetSortedAsync}, []int{2},
		func(ctx context.Context, _, ranks *gameserver.Store, _ *errand) error {
			_, err := ranks.GetSorted(ctx, gameserver.SortedListing{})
			return err
		}},
	{types{emulator.OrderedRead}, types{emulator.GetAsync}, []int{2},
		func(ctx context.Context, _, ranks *gameserver.Store, e *errand) error {
			_, err := ranks.GetMany(ctx, slices.Repeat([]string{"k"}, e.n))
			return err
		}},
	{types{emulator.OrderedWrite}, types{emulator.SetIncrementSortedAsync}, []int{3},
		func(ctx context.Context, _, ranks *gameserver.Store, e *errand) error {
			_, err := ranks.Increment(ctx, e.key, 1, nil, nil)
			return err
		}},
}

// errand is one call of a crowd.
type errand struct {
	bank   *bank
	number int
	key    string
	n      int // what each of its requests costs
	costs  types
	queues []int
	paid   int // requests
}

// bank watches a server that a crowd of random calls uses: it keeps an account of each budget and
// sees each request being paid.
type bank struct {
	t        *rapid.T
	sim      *sched.Sim
	server   *gameserver.Server
	legacy   bool
	accounts [emulator.RequestTypeCount]*account
	waiting  [4]int                            // calls that wait or are about to be paid, by queue
	served   [4][emulator.RequestTypeCount]int // number of the errand last paid, by queue
	errands  int
	under    int // errands under way
}

func newBank(t *rapid.T) *bank {
	b := &bank{t: t, sim: sched.New(start)}
	p, err := emulator.ProfileNamed(rapid.SampledFrom([]string{"2026", "2025"}).Draw(t, "profile"))
	require.NoError(t, err)
	b.legacy = p.LegacyBuckets
	for kind, bucket := range p.Server {
		if bucket.CapFactor > 0 {
			b.accounts[kind] = &account{
				Bucket: bucket, perMinute: bucket.PerMinute(0), at: start,
				level: big.NewRat(int64(bucket.Burst), 1),
			}
		}
	}
	b.server = gameserver.New(scripted(nil), b, gameserver.Options{Profile: p})
	return b
}

func (b *bank) Now() time.Time { return b.sim.Now() }

// Sleep sees a request being paid: the sleep of no time, which each one takes, follows at once.
func (b *bank) Sleep(ctx context.Context, d time.Duration) error {
	if d == 0 {
		b.pay(b.sim.Current().Owner.(*errand))
	}
	return b.sim.Sleep(ctx, d)
}

func (b *bank) pay(e *errand) {
	kind := e.costs[e.paid]
	a := b.accounts[kind]
	a.earn(b.Now())
	a.level.Sub(a.level, big.NewRat(int64(e.n), 1))
	require.GreaterOrEqual(b.t, a.level.Sign(), 0, "%s is overdrawn: %s", kind, a.level)
	b.waiting[e.queues[e.paid]]--
	if e.paid == 0 {
		last := &b.served[e.queues[0]][kind]
		require.Greater(b.t, e.number, *last, "%s: first in, first out", kind)
		*last = e.number
	}
	e.paid++
}

// compare holds the server's word for each budget against the account.
func (b *bank) compare() {
	for kind, a := range b.accounts {
		if a != nil {
			a.earn(b.Now())
			got := b.server.Budget(emulator.RequestType(kind))
			require.Equal(b.t, a.whole(), got, "%s at %s", emulator.RequestType(kind), b.Now())
		}
	}
}

// send starts a call.
func (b *bank) send(d deed) {
	b.errands++
	e := &errand{
		bank: b, number: b.errands, costs: d.modern, queues: d.queues, n: 1,
		key: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(b.t, "key"),
	}
	if b.legacy {
		e.costs = d.legacy
	}
	if d.modern[0] == emulator.OrderedRead {
		e.n = rapid.IntRange(1, 100).Draw(b.t, "keys")
	}
	coins, err := b.server.Store(coins)
	require.NoError(b.t, err)
	ranks, err := b.server.Store(ranks)
	require.NoError(b.t, err)
	b.under++
	b.sim.Go(func() {
		b.sim.Current().Owner = e
		b.waiting[e.queues[0]]++
		err := d.do(b.t.Context(), coins, ranks, e)
		b.under--
		b.check(e, err)
	})
}

// check holds what a call came back with against the queues.
func (b *bank) check(e *errand, err error) {
	if err == nil {
		require.Len(b.t, e.costs, e.paid)
		return
	}
	var refusal *emulator.Error
	require.True(b.t, errors.As(err, &refusal), "%v", err)
	queue := e.queues[e.paid]
	full := b.waiting[queue] == 31
	tooMany := e.n > b.accounts[e.costs[e.paid]].CapFactor*b.accounts[e.costs[e.paid]].perMinute
	require.True(b.t, full || e.n > 1 && tooMany, "%v with %d waiting", err, b.waiting[queue])
	b.waiting[queue]--
}

func (b *bank) setRate(kind emulator.RequestType, rate emulator.Rate, players int) {
	a := b.accounts[kind]
	a.earn(b.Now())
	a.Rate, a.perMinute = rate, rate.PerMinute(players)
	a.cut()
}

// step lets something happen, or time pass.
func (b *bank) step(players *int) {
	switch rapid.IntRange(0, 9).Draw(b.t, "step") {
	case 0:
		*players = rapid.IntRange(0, 50).Draw(b.t, "players")
		b.server.SetPlayers(*players)
		for kind, a := range b.accounts {
			if a != nil {
				b.setRate(emulator.RequestType(kind), a.Rate, *players)
			}
		}
	case 1:
		number := rapid.IntRange(0, emulator.RequestTypeCount-1).Draw(b.t, "type")
		kind := emulator.RequestType(number)
		limit, ok := kind.RateLimitMax()
		if !ok || b.accounts[kind] == nil {
			return
		}
		rate := emulator.Rate{
			Base:      rapid.IntRange(0, min(60, limit.Base)).Draw(b.t, "base"),
			PerPlayer: rapid.IntRange(0, limit.PerPlayer).Draw(b.t, "perPlayer"),
		}
		require.NoError(b.t, b.server.SetRateLimit(kind, rate.Base, rate.PerPlayer))
		b.setRate(kind, rate, *players)
	case 2:
		b.server.BeginShutdown()
		for _, a := range b.accounts {
			if a != nil {
				a.earn(b.Now())
				a.raise()
			}
		}
	case 3, 4, 5:
		wait := rapid.Int64Range(0, int64(20*time.Second)).Draw(b.t, "wait")
		b.sim.RunUntil(b.Now().Add(time.Duration(wait)))
	default:
		d := rapid.SampledFrom(deeds).Draw(b.t, "deed")
		for range rapid.IntRange(1, 60).Draw(b.t, "calls") {
			b.send(d)
		}
		b.sim.RunUntil(b.Now())
	}
}

func (a *account) raise() {
	least := big.NewRat(int64(150*a.perMinute), 60)
	if least.Cmp(a.level) > 0 {
		a.level = least
	}
	a.cut()
}

// R168 to R176, whatever scripts do: each budget is what the rules give, to the last nanosecond,
// and never overdrawn; calls that wait in one queue for one budget leave in order; none is dropped
// unless 30 others wait in its queue; and all of them end once budgets accrue.
func TestBudgetsAndQueuesHoldUnderRandomCalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBank(t)
		defer b.sim.Close()
		players := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			b.step(&players)
			b.compare()
			for queue, n := range b.waiting {
				require.LessOrEqual(t, n, 30, "queue %d", queue)
			}
		}
		for kind, a := range b.accounts {
			kind := emulator.RequestType(kind)
			if limit, ok := kind.RateLimitMax(); ok && a != nil {
				rate := emulator.Rate{Base: min(60, limit.Base)}
				require.NoError(t, b.server.SetRateLimit(kind, rate.Base, 0))
				b.setRate(kind, rate, players)
			}
		}
		b.sim.RunUntil(b.Now().Add(time.Hour))
		b.compare()
		require.Zero(t, b.under, "calls still wait")
	})
}
