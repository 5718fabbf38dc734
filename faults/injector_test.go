package faults

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// virtualClock jumps instead of waiting.
type virtualClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *virtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *virtualClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// storage keeps the last value of each key, and when it was written.
type storage struct {
	clock *virtualClock
	fail  error

	mu      sync.Mutex
	values  map[string]string
	asked   int
	written time.Duration
}

func (s *storage) Do(_ context.Context, req emulator.Request) (emulator.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.fail != nil {
		return emulator.Result{}, s.fail
	}
	if req.Op == emulator.OpPut {
		s.values[req.Key] = string(req.Value)
		s.written = s.clock.Now().Sub(epoch)
	}
	value, found := s.values[req.Key]
	return emulator.Result{Found: found, Value: []byte(value)}, nil
}

type world struct {
	*Injector
	clock   *virtualClock
	storage *storage
	events  []string
}

func newWorld(t *testing.T, seed uint64, plan Plan) *world {
	t.Helper()
	clock := &virtualClock{now: epoch}
	w := &world{clock: clock, storage: &storage{clock: clock, values: map[string]string{}}}
	injector, err := New(w.storage, clock, seed, plan)
	require.NoError(t, err)
	injector.OnFault = func(e Event) { w.events = append(w.events, e.String()) }
	w.Injector = injector
	return w
}

func (w *world) since() time.Duration { return w.clock.Now().Sub(epoch) }

func put(server, key string) emulator.Request {
	return emulator.Request{
		Op: emulator.OpPut, Server: server, Key: key, Value: []byte(`1`),
		Store: emulator.StoreID{Name: "PlayerData", Scope: "global"},
	}
}

func get(server, key string) emulator.Request {
	req := put(server, key)
	req.Op, req.Value = emulator.OpGet, nil
	return req
}

func TestEmptyPlanPassesEverythingOn(t *testing.T) {
	w := newWorld(t, 1, nil)
	_, err := w.Do(t.Context(), put("a", "k"))
	require.NoError(t, err)
	result, err := w.Do(t.Context(), get("a", "k"))
	require.NoError(t, err)
	require.Equal(t, `1`, string(result.Value))
	require.Empty(t, w.events)
	require.Zero(t, w.since())
}

func TestLostRequestAppliesNothing(t *testing.T) {
	w := newWorld(t, 1, Plan{{Kind: LostRequest, Chance: 1}})
	_, err := w.Do(t.Context(), put("a", "k"))
	require.EqualError(t, err,
		"502: API Services rejected request with error. HTTP 500 (Internal Server Error)")
	var failure *emulator.Error
	require.ErrorAs(t, err, &failure)
	require.False(t, failure.MayHaveApplied)
	require.Zero(t, w.storage.asked)
	require.Equal(t, []string{
		`0s lostRequest#1 lostRequest FAIL op=2 0/"PlayerData"/"global"/"k" by "a" #0 delay=0s`,
	}, w.events)
}

// R186: after a failed write the state of the entry is unknown.
func TestLostReplyAppliesAndThenFails(t *testing.T) {
	w := newWorld(t, 1, Plan{{Kind: LostReply, Chance: 1}})
	_, err := w.Do(t.Context(), put("a", "k"))
	require.EqualError(t, err, "504: DataStore Request successful, "+
		"but the response was not formatted correctly.")
	var failure *emulator.Error
	require.ErrorAs(t, err, &failure)
	require.True(t, failure.MayHaveApplied)
	require.Equal(t, `1`, w.storage.values["k"])
	require.Len(t, w.events, 1)

	_, err = w.Do(t.Context(), get("a", "k"))
	require.ErrorAs(t, err, &failure)
	require.False(t, failure.MayHaveApplied, "a read changes nothing")
	require.False(t, emulator.ErrResponseFormat.MayHaveApplied, "the table of errors is untouched")
}

func TestCodeChoosesTheError(t *testing.T) {
	w := newWorld(t, 1, Plan{
		{Kind: LostReply, Chance: 1, Code: 502, Key: "reply"},
		{Kind: LostRequest, Chance: 1, Code: 504, Key: "request"},
	})
	_, err := w.Do(t.Context(), put("a", "reply"))
	require.ErrorIs(t, err, emulator.ErrInternal)
	_, err = w.Do(t.Context(), put("a", "request"))
	require.ErrorIs(t, err, emulator.ErrResponseFormat)
}

func TestLatencyDelaysTheLegItIsTold(t *testing.T) {
	for _, leg := range []struct {
		name    string
		leg     Leg
		applied time.Duration
	}{
		{"send", LegSend, 250 * time.Millisecond},
		{"reply", LegReply, 0},
		{"both", LegBoth, 131876 * time.Microsecond}, // what seed 1 draws
	} {
		t.Run(leg.name, func(t *testing.T) {
			w := newWorld(t, 1, Plan{{
				Kind: Latency, Chance: 1, Delay: Constant(250 * time.Millisecond), Leg: leg.leg,
			}})
			_, err := w.Do(t.Context(), put("a", "k"))
			require.NoError(t, err)
			require.Equal(t, leg.applied, w.storage.written)
			require.Equal(t, 250*time.Millisecond, w.since())
			require.Len(t, w.events, 1)
		})
	}
}

func TestLatencyEndsWithTheContext(t *testing.T) {
	w := newWorld(t, 1, Plan{{
		Kind: Latency, Chance: 1, Delay: Constant(time.Second), Leg: LegSend,
	}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Do(ctx, put("a", "k"))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, w.storage.asked)
}

func TestLostRequestHasNoReplyToLose(t *testing.T) {
	w := newWorld(t, 1, Plan{
		{Kind: LostReply, Chance: 1},
		{Kind: LostRequest, Chance: 1},
		{Kind: Latency, Chance: 1, Delay: Constant(time.Second)},
	})
	_, err := w.Do(t.Context(), put("a", "k"))
	require.ErrorIs(t, err, emulator.ErrInternal)
	require.Len(t, w.events, 2, "latency and the lost request, but no lost reply")
	require.Equal(t, time.Second, w.since(), "an error takes its time too")
}

func TestLostReplyHidesNoBug(t *testing.T) {
	w := newWorld(t, 1, Plan{{Kind: LostReply, Chance: 1}})
	w.storage.fail = errors.New("disk I/O error")
	_, err := w.Do(t.Context(), put("a", "k"))
	require.Equal(t, w.storage.fail, err)
	require.Empty(t, w.events)

	w.storage.fail = emulator.ErrKeyEmpty
	_, err = w.Do(t.Context(), put("a", "k"))
	require.ErrorIs(t, err, emulator.ErrResponseFormat, "a refusal is a reply, and can be lost")
}

func TestRuleHitsOnlyWhatItNames(t *testing.T) {
	ordered := put("a", "k")
	ordered.Store = emulator.StoreID{Name: "Coins/Top", Scope: "eu", Kind: emulator.Ordered}
	for _, c := range []struct {
		name string
		rule Rule
		req  emulator.Request
		hit  bool
	}{
		{"every request", Rule{}, get("a", "k"), true},
		{"op", Rule{Ops: []emulator.Op{emulator.OpPut}}, put("a", "k"), true},
		{"other op", Rule{Ops: []emulator.Op{emulator.OpPut}}, get("a", "k"), false},
		{"store", Rule{Store: "Player*"}, put("a", "k"), true},
		{"other store", Rule{Store: "Player*"}, ordered, false},
		{"star crosses slashes", Rule{Store: "Coins*"}, ordered, true},
		{"scope", Rule{Scope: "{eu,us}"}, ordered, true},
		{"other scope", Rule{Scope: "{eu,us}"}, put("a", "k"), false},
		{"key", Rule{Key: "player_[0-9]"}, put("a", "player_7"), true},
		{"other key", Rule{Key: "player_[0-9]"}, put("a", "player_x"), false},
		{"server", Rule{Server: "server-?"}, put("server-2", "k"), true},
		{"other server", Rule{Server: "server-?"}, put("server-10", "k"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.Kind, c.rule.Chance = LostRequest, 1
			w := newWorld(t, 1, Plan{c.rule})
			_, err := w.Do(t.Context(), c.req)
			require.Equal(t, c.hit, err != nil)
		})
	}
}

func TestWindowIsClosedAtItsStartAndOpenAtItsEnd(t *testing.T) {
	w := newWorld(t, 1, Plan{{
		Kind: LostRequest, Chance: 1, From: 10 * time.Second, To: 20 * time.Second,
	}})
	for _, c := range []struct {
		at  time.Duration
		hit bool
	}{
		{10*time.Second - 1, false}, {10 * time.Second, true},
		{20*time.Second - 1, true}, {20 * time.Second, false},
	} {
		w.clock.now = epoch.Add(c.at)
		_, err := w.Do(t.Context(), put("a", "k"))
		require.Equal(t, c.hit, err != nil, c.at)
	}
}

func TestFirstMatchingRuleOfAKindDecides(t *testing.T) {
	w := newWorld(t, 1, Plan{
		{Kind: LostRequest, Chance: 0, Key: "vip"},
		{Kind: LostRequest, Chance: 1, Limit: 2, Code: 504},
		{Kind: LostRequest, Chance: 1, From: time.Hour},
	})
	_, err := w.Do(t.Context(), put("a", "vip"))
	require.NoError(t, err, "chance 0 exempts")
	for range 2 {
		_, err = w.Do(t.Context(), put("a", "k"))
		require.ErrorIs(t, err, emulator.ErrResponseFormat)
	}
	_, err = w.Do(t.Context(), put("a", "k"))
	require.NoError(t, err, "the limit is reached")
	w.clock.now = epoch.Add(time.Hour)
	_, err = w.Do(t.Context(), put("a", "k"))
	require.ErrorIs(t, err, emulator.ErrInternal, "so the next rule decides")
}

func TestPlanIsRefused(t *testing.T) {
	tenth := Constant(100 * time.Millisecond)
	for _, c := range []struct {
		name, want string
		plan       Plan
	}{
		{"unknown kind", `fault plan: rule 1: got the kind "lostReqest", ` +
			`want one of ` + strings.Join(kindNames(), ", ") + `; did you mean "lostRequest"?`,
			Plan{{Kind: "lostReqest"}}},
		{"negative chance", `fault plan: rule 2 (lostReply#2): got the chance -0.1, want 0 to 1`,
			Plan{{Kind: LostReply}, {Kind: LostReply, Chance: -0.1}}},
		{"chance over 1", `fault plan: rule 1 (x): got the chance 5, want 0 to 1`,
			Plan{{ID: "x", Kind: LostReply, Chance: 5}}},
		{"chance NaN", `fault plan: rule 1 (lostReply#1): got the chance NaN, want 0 to 1`,
			Plan{{Kind: LostReply, Chance: math.NaN()}}},
		{"same ID", `fault plan: rule 2: got the ID "x" a second time, want IDs that differ`,
			Plan{{ID: "x", Kind: LostReply}, {ID: "x", Kind: LostRequest}}},
		{"early window", `fault plan: rule 1 (lostReply#1): got a window from -1s, ` +
			`want no negative time`, Plan{{Kind: LostReply, From: -time.Second}}},
		{"empty window", `fault plan: rule 1 (lostReply#1): got a window from 1m0s to 1m0s, ` +
			`want an end after the start`,
			Plan{{Kind: LostReply, From: time.Minute, To: time.Minute}}},
		{"limit", `fault plan: rule 1 (lostReply#1): got the limit -1, want 0 or more`,
			Plan{{Kind: LostReply, Limit: -1}}},
		{"code", `fault plan: rule 1 (lostReply#1): got the code 999, want one of 101, 102, 103, ` +
			`104, 105, 106, 107, 301, 302, 303, 304, 305, 306, 401, 402, 403, 404, 501, 502, 503, ` +
			`504, 505, 511, 512, 513, 517`,
			Plan{{Kind: LostReply, Code: 999}}},
		{"delay of an error", `fault plan: rule 1 (lostReply#1): got a delay, which lostReply has not`,
			Plan{{Kind: LostReply, Delay: tenth}}},
		{"no delay", `fault plan: rule 1 (latency#1): delay: got 0 quantiles, want at least 2`,
			Plan{{Kind: Latency, Chance: 1}}},
		{"part of a delay", `fault plan: rule 1 (latency#1): delay: ` +
			`got quantiles from 0 to 500000 PPM, want 0 to 1000000`,
			Plan{{Kind: Latency, Chance: 1, Delay: Quantiles(Quantile{0, 0}, Quantile{500_000, 1})}}},
		{"negative delay", `fault plan: rule 1 (latency#1): delay: got the quantile value -1s, ` +
			`want none below 0`, Plan{{Kind: Latency, Chance: 1, Delay: Constant(-time.Second)}}},
		{"falling delay", `fault plan: rule 1 (latency#1): delay: got quantiles out of order, ` +
			`want rising PPM and no falling value`,
			Plan{{Kind: Latency, Chance: 1, Delay: Uniform(2, 1)}}},
		{"leg", `fault plan: rule 1 (latency#1): got the leg 9, ` +
			`want LegBoth, LegSend or LegReply`,
			Plan{{Kind: Latency, Chance: 1, Delay: tenth, Leg: 9}}},
		{"code of a delay", `fault plan: rule 1 (latency#1): got a code, which latency has not`,
			Plan{{Kind: Latency, Chance: 1, Delay: tenth, Code: 502}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(nil, &virtualClock{now: epoch}, 1, c.plan)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestBadGlobIsRefused(t *testing.T) {
	_, err := New(nil, &virtualClock{}, 1, Plan{{Kind: LostReply, Key: "[a"}})
	require.ErrorContains(t, err, `fault plan: rule 1 (lostReply#1): got the glob "[a": `)
}

var storm = Plan{
	{Kind: Latency, Chance: 0.5, Delay: WriteLatency()},
	{Kind: LostReply, Chance: 0.02},
	{Kind: LostRequest, Chance: 0.05},
}

// stormEvents makes 10,000 requests of 100 servers, with the given extra ones before request 100,
// and returns what hit the former. Times are left out: they shift with the latency of any request.
func stormEvents(t *testing.T, seed uint64, plan Plan, extra ...emulator.Request) []string {
	w := newWorld(t, seed, plan)
	var events []string
	listening := true
	w.OnFault = func(e Event) {
		e.At = 0
		if listening {
			events = append(events, e.String())
		}
	}
	for i := range 10_000 {
		if i == 100 {
			listening = false
			for _, req := range extra {
				_, _ = w.Do(t.Context(), req)
			}
			listening = true
		}
		server := fmt.Sprintf("server-%d", i%100)
		_, _ = w.Do(t.Context(), put(server, fmt.Sprintf("player_%d", i%700)))
	}
	return events
}

func TestSameSeedMeansSameFaults(t *testing.T) {
	events := stormEvents(t, 42, storm)
	require.Greater(t, len(events), 5_000)
	require.Equal(t, events, stormEvents(t, 42, storm))
	require.NotEqual(t, events, stormEvents(t, 43, storm))
}

func TestOneMoreRequestElsewhereMovesNoFault(t *testing.T) {
	events := stormEvents(t, 42, storm)
	for _, extra := range []emulator.Request{
		put("server-100", "player_1"), // another server
		put("server-1", "elsewhere"),  // another key
		get("server-1", "player_1"),   // another operation
	} {
		require.Equal(t, events, stormEvents(t, 42, storm, extra))
	}
	require.NotEqual(t, events, stormEvents(t, 42, storm, put("server-1", "player_1")),
		"the same request once more is not elsewhere")
}

func TestOneMoreRuleMovesNoFault(t *testing.T) {
	events := stormEvents(t, 42, storm)
	more := append(Plan{{Kind: LostReply, Chance: 1, ID: "other", Key: "nobody"}}, storm...)
	more[2].ID = "lostReply#1" // keeps the name that its place gave it
	require.Equal(t, events, stormEvents(t, 42, more))
}

func TestConcurrentRequestsAreSafeAndCounted(t *testing.T) {
	const servers, each = 8, 200
	five := Rule{ID: "five", Kind: LostRequest, Chance: 1, Limit: 5}
	w := newWorld(t, 42, append(Plan{five}, storm...))
	fired := 0
	w.OnFault = func(e Event) {
		if e.Rule == "five" {
			fired++
		}
	}
	var wait sync.WaitGroup
	for server := range servers {
		wait.Go(func() {
			for range each {
				_, _ = w.Do(context.Background(), put(fmt.Sprintf("server-%d", server), "k"))
			}
		})
	}
	wait.Wait()
	require.Equal(t, 5, fired)
	for server := range servers {
		identity := identityOf(put(fmt.Sprintf("server-%d", server), "k"))
		require.Equal(t, uint64(each), w.seqs[identity])
	}
}

func BenchmarkDoThroughThreeRules(b *testing.B) {
	clock := &virtualClock{now: epoch}
	next := &storage{clock: clock, values: map[string]string{}}
	injector, err := New(next, clock, 1, storm)
	require.NoError(b, err)
	req := put("server-1", "player_1")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = injector.Do(b.Context(), req)
	}
}

// Most requests of most runs are not meant by any rule.
func BenchmarkDoPastRulesThatDoNotMatch(b *testing.B) {
	for _, c := range []struct {
		name string
		plan Plan
	}{
		{"none", nil},
		{"three", Plan{
			{Kind: LostReply, Chance: 1, Ops: []emulator.Op{emulator.OpRemove}},
			{Kind: LostRequest, Chance: 1, Key: "other_*"},
			{Kind: NilRead, Chance: 1},
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			clock := &virtualClock{now: epoch}
			injector, err := New(answers{}, clock, 1, c.plan)
			require.NoError(b, err)
			req := put("server-1", "player_1")
			b.ReportAllocs()
			for b.Loop() {
				_, _ = injector.Do(b.Context(), req)
			}
		})
	}
}

// answers is a Service that costs nothing.
type answers struct{}

func (answers) Do(context.Context, emulator.Request) (emulator.Result, error) {
	return emulator.Result{}, nil
}
