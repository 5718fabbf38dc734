package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/faults"
	"savestone/luabridge/sched"
	"savestone/scenarios/history"
)

// traffic is random requests, each at its own time, by which classes are put to the test.
type traffic struct {
	*testing.T
	sim      *sched.Sim
	recorder *history.Recorder
	injector *faults.Injector
	random   *rand.Rand
	seen     map[string]string // the version that a client knows of a key
	events   map[int][]faults.Event
	asked    int
}

func newTraffic(t *testing.T, seed uint64, plan faults.Plan) *traffic {
	tr := &traffic{
		T: t, sim: sched.New(begun), random: rand.New(rand.NewPCG(seed, 1)),
		seen: map[string]string{}, events: map[int][]faults.Event{},
	}
	t.Cleanup(tr.sim.Close)
	unlimited, err := emulator.ProfileNamed("unlimited")
	require.NoError(t, err)
	emu := emulator.RunT(t, emulator.Options{Clock: tr.sim, Profile: unlimited})
	tr.recorder = history.NewRecorder(tr.sim)
	truth := tr.recorder.Truth(emu)
	tr.injector, err = faults.New(truth, tr.sim, seed, plan, faults.Options{
		Foreign: tr.foreign(tr.recorder.Clients(truth)),
		Go: func(late func(context.Context)) {
			tr.sim.Go(func() { late(context.Background()) })
		},
	})
	require.NoError(t, err)
	return tr
}

// service is a function as a Service.
type service func(context.Context, emulator.Request) (emulator.Result, error)

func (s service) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	return s(ctx, req)
}

// foreign counts the requests that the recorder notes of others.
func (tr *traffic) foreign(next emulator.Service) emulator.Service {
	return service(func(ctx context.Context, req emulator.Request) (emulator.Result, error) {
		tr.asked++
		return next.Do(ctx, req)
	})
}

// run sends requests every 100 ms, from five servers about five keys, then reads all of them.
func (tr *traffic) run(requests int) *history.History {
	clients := tr.recorder.Clients(tr.injector)
	for i := range requests {
		tr.sim.RunUntil(begun.Add(time.Duration(i) * 100 * time.Millisecond))
		tr.send(clients, tr.request())
	}
	tr.sim.Run()
	tr.injector.Heal()
	for n := range 5 {
		tr.send(clients, tr.about(emulator.OpGet, fmt.Sprintf("player_%d", n)))
		tr.sim.Run()
	}
	return tr.recorder.History()
}

func (tr *traffic) about(op emulator.Op, key string) emulator.Request {
	return emulator.Request{
		Op: op, Server: fmt.Sprintf("server-%d", tr.random.IntN(5)), Store: coins, Key: key,
	}
}

func (tr *traffic) request() emulator.Request {
	n := tr.random.IntN(5)
	req := tr.about(emulator.OpGet, fmt.Sprintf("player_%d", n))
	switch dice := tr.random.IntN(10); {
	case dice < 3:
		req.Updating = dice == 0
	case dice < 5 && n == 0: // which alone has numbers
		req.Op, req.Delta = emulator.OpIncrement, 1+int64(tr.random.IntN(9))
	case dice < 6:
		req.Op = emulator.OpRemove
	case dice < 8:
		req.Op, req.Value = emulator.OpPut, tr.value(n)
	default:
		req.Op, req.Value, req.Updating = emulator.OpPut, tr.value(n), true
		version := tr.seen[req.Key]
		req.IfVersion = &version
	}
	return req
}

func (tr *traffic) value(n int) []byte {
	if n == 0 {
		return fmt.Appendf(nil, "%d", tr.random.IntN(1_000_000))
	}
	return fmt.Appendf(nil, `{"by":%d}`, tr.random.Uint64())
}

// send has a task of its own send a request.
func (tr *traffic) send(clients emulator.Service, req emulator.Request) {
	tr.sim.Go(func() {
		tr.asked++
		id := tr.asked
		ctx := faults.Observe(context.Background(), func(e faults.Event) {
			tr.events[id] = append(tr.events[id], e)
		})
		result, err := clients.Do(ctx, req)
		if err == nil {
			tr.seen[req.Key] = result.Info.Version
			return
		}
		var failure *emulator.Error
		require.True(tr, errors.As(err, &failure), "%v", err)
	})
}

// honest are the kinds that never lie.
const honest = `[
	{"kind": "swizzle", "from": "20s", "to": "30s", "every": "1m", "chance": "40%"},
	{"kind": "swizzle", "from": "50s", "to": "55s", "every": "2m", "chance": "40%",
	 "mode": "fail", "target": "server"},
	{"kind": "oversize", "bytes": "5MB", "chance": "2%"},
	{"kind": "brownout", "from": "2m", "to": "3m", "chance": "20%", "factor": 4},
	{"kind": "outage", "unavailability": "10%", "meanOutage": "10s", "target": "key",
	 "ackLoss": "50%", "slowFail": "30%", "blackhole": "30%", "ramp": "5s"},
	{"kind": "latency", "delay": "mix(95% lognormal(180ms, 900ms), 5% uniform(5s, 9s))"},
	{"kind": "hang", "chance": "2%", "delay": "20s", "mode": "error", "key": "player_1"},
	{"kind": "hang", "chance": "2%", "delay": "20s", "mode": "lost", "key": "player_2"},
	{"kind": "hang", "chance": "1%", "delay": "20s"},
	{"kind": "garbledReply", "chance": "3%"},
	{"kind": "lostReply", "chance": "3%"},
	{"kind": "throttleExperience", "chance": "2%"},
	{"kind": "throttleStore", "chance": "2%"},
	{"kind": "throttleKey", "perMinute": 60},
	{"kind": "readmit", "from": "4m", "to": "5m"},
	{"kind": "lostRequest", "chance": "3%"},
	{"kind": "lateCommit", "chance": "5%", "delay": "exponential(5s)"},
	{"kind": "conflict", "chance": "5%"},
	{"kind": "foreignWrite", "chance": "5%"},
	{"kind": "versionGap", "chance": "10%"}
]`

// What a class says about a request is true: the commits that the recorder saw are the judge.
func TestClassesAreHonest(t *testing.T) {
	fired := map[string]int{}
	infoApplied, infoNot := 0, 0
	for seed := range uint64(4) {
		tr := newTraffic(t, seed, parse(t, honest))
		h := tr.run(4000)
		require.Empty(t, history.Witness(h), "seed %d", seed)
		commits := map[int]int{}
		for i := range h.Commits {
			commits[h.Commits[i].Op]++
		}
		for i := range h.Ops {
			op := &h.Ops[i]
			classes := map[faults.Class]bool{}
			for _, e := range tr.events[op.ID] {
				classes[e.Class] = true
				fired[fmt.Sprintf("%s %s", e.Kind, e.Class)]++
			}
			switch {
			case classes[faults.Fail]:
				require.Zero(t, commits[op.ID], "seed %d: a fault that fails applied %v", seed, op)
				if !classes[faults.Info] {
					require.Equal(t, history.Fail, op.Outcome, "%v", op)
				}
			case classes[faults.Info] && op.Kind.Writes():
				require.Equal(t, history.Info, op.Outcome, "%v", op)
				infoApplied += commits[op.ID]
				infoNot += 1 - commits[op.ID]
			case op.Kind.Writes():
				require.NotEqual(t, history.Info, op.Outcome, "%v: nothing made it so", op)
			}
		}
	}
	require.Positive(t, infoApplied)
	require.Positive(t, infoNot, "INFO leaves it open")
	for _, kind := range []string{
		"swizzle OK", "swizzle FAIL", "oversize FAIL", "brownout OK", "brownout FAIL",
		"outage FAIL", "outage INFO", "latency OK", "hang OK", "hang INFO", "hang FAIL",
		"garbledReply INFO", "garbledReply FAIL", "lostReply INFO", "throttleExperience FAIL",
		"throttleStore FAIL", "throttleKey FAIL", "readmit FAIL", "lostRequest FAIL",
		"lateCommit INFO", "conflict OK", "foreignWrite OK",
	} {
		require.Positive(t, fired[kind], kind)
	}
}

// Each lie is one: the witness, who knows what was stored, finds it.
func TestLiesAreFoundOut(t *testing.T) {
	for _, rule := range []string{
		`{"kind": "nilRead", "chance": "5%"}`,
		`{"kind": "staleRead", "delay": "3s"}`,
		`{"kind": "garbledReply", "mode": "value", "chance": "5%"}`,
		`{"kind": "corrupt", "between": "exponential(20s)"}`,
		`{"kind": "misdirect", "from": "1m", "to": "2m"}`,
		`{"kind": "dupCommit", "chance": "5%"}`,
	} {
		tr := newTraffic(t, 1, parse(t, rule))
		h := tr.run(2000)
		lies := 0
		for _, events := range tr.events {
			for _, e := range events {
				if e.Class == faults.Lie {
					lies++
				}
			}
		}
		require.Positive(t, lies, rule)
		require.NotEmpty(t, history.Witness(h), rule)
	}
}
