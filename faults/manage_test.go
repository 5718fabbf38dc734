package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/faults"
)

func TestRulesComeAndGoWhileARunGoesOn(t *testing.T) {
	l := newLab(t, `{"kind": "lostRequest", "key": "a", "from": "1m"}`)
	l.at(time.Minute)
	require.Error(t, l.put("a", `1`))
	id, err := l.injector.Add(parse(t, `{"kind": "lostRequest", "key": "b", "to": "10s"}`)[0])
	require.NoError(t, err)
	require.Equal(t, "lostRequest#2", id)
	require.Error(t, l.put("b", `1`), "its window counts from now")
	require.True(t, l.injector.SetEnabled("lostRequest#1", false))
	require.NoError(t, l.put("a", `1`))
	require.True(t, l.injector.SetEnabled("lostRequest#1", true))
	l.at(70 * time.Second)
	require.NoError(t, l.put("b", `1`))
	require.Error(t, l.put("a", `1`))

	list := l.injector.List()
	require.Len(t, list, 2)
	require.Equal(t, []any{true, 2, 70 * time.Second},
		[]any{list[0].Enabled, list[0].Hits, list[0].Last})
	require.Equal(t, []any{"lostRequest#2", 1, time.Minute},
		[]any{list[1].Rule.ID, list[1].Hits, list[1].Last})

	require.True(t, l.injector.Remove("lostRequest#1"))
	require.False(t, l.injector.Remove("lostRequest#1"))
	require.False(t, l.injector.SetEnabled("lostRequest#1", true))
	require.NoError(t, l.put("a", `1`))
	id, err = l.injector.Add(faults.Rule{Kind: faults.LostRequest, Chance: 1})
	require.NoError(t, err)
	require.Equal(t, "lostRequest#3", id, "IDs do not come back by themselves")
	_, err = l.injector.Add(faults.Rule{ID: id, Kind: faults.LostRequest})
	require.EqualError(t, err,
		`add a fault: got the ID "lostRequest#3" a second time, want IDs that differ`)
	l.injector.Heal()
	require.NoError(t, l.put("a", `1`))
}

func TestARemovedRuleIsForgotten(t *testing.T) {
	l := newLab(t, `[]`)
	once := faults.Rule{ID: "once", Kind: faults.LostRequest, Chance: 1, Limit: 1}
	for range 2 {
		_, err := l.injector.Add(once)
		require.NoError(t, err)
		require.Error(t, l.put("k", `1`))
		require.NoError(t, l.put("k", `1`))
		require.True(t, l.injector.Remove("once"))
	}
}

// replayed runs a plan's traffic and returns what fired and what each request was answered.
func replayed(t *testing.T, plan faults.Plan) (fired []faults.Event, answers []string) {
	l := newLabOf(t, 11, plan)
	for i := range 300 {
		l.at(time.Duration(i) * time.Minute)
		key := fmt.Sprintf("k%d", i%7)
		req := request([]emulator.Op{emulator.OpPut, emulator.OpGet}[i%2], key, `1`)
		result, err := l.do(req)
		answers = append(answers, fmt.Sprint(l.since(), shown(result), err))
	}
	return l.injector.Fired(), answers
}

// A shrinker takes the list of what fired and leaves parts of it out.
func TestReplayFiresJustWhatItIsTold(t *testing.T) {
	plan := parse(t, `[
		{"kind": "latency", "delay": "writeLatency", "chance": "50%"},
		{"kind": "lostReply", "chance": "10%"},
		{"kind": "outage", "unavailability": "10%", "meanOutage": "2m", "slowFail": "50%"},
		{"kind": "lostRequest", "chance": "10%", "key": "k1", "limit": 2},
		{"kind": "lostRequest", "chance": "10%"},
		{"kind": "nilRead", "chance": "10%"},
		{"kind": "swizzle", "from": "1h", "to": "2h", "chance": "50%"}
	]`)
	fired, answers := replayed(t, plan)
	require.Greater(t, len(fired), 150)

	whole, err := plan.Replay(fired)
	require.NoError(t, err)
	again, sameAnswers := replayed(t, whole)
	require.Equal(t, fired, again)
	require.Equal(t, answers, sameAnswers)

	text, err := json.Marshal(whole)
	require.NoError(t, err)
	read, err := faults.Parse(text)
	require.NoError(t, err)
	require.Equal(t, whole, read)

	for _, kept := range [][]faults.Event{fired[40:41], fired[:60:60], nil} {
		part, err := plan.Replay(kept)
		require.NoError(t, err)
		again, _ := replayed(t, part)
		require.Equal(t, identities(kept), identities(again))
	}
}

// identities tell which rule hit which request; times shift when other faults are left out.
func identities(events []faults.Event) (list []string) {
	for _, e := range events {
		list = append(list, fmt.Sprint(e.Rule, e.Op, e.Key, e.Seq))
	}
	slices.Sort(list)
	return list
}

func TestFiredRemembersTheLastEvents(t *testing.T) {
	plan := parse(t, `{"kind": "lostRequest"}`)
	l := newLab(t, `[]`)
	in, err := faults.New(l.emulator, l.sim, 1, plan, faults.Options{KeepFired: 3})
	require.NoError(t, err)
	for i := range 5 {
		_, err := in.Do(context.Background(), request(emulator.OpGet, fmt.Sprint(i), ""))
		require.Error(t, err)
	}
	var keys string
	for _, e := range in.Fired() {
		keys += e.Key
	}
	require.Equal(t, "234", keys)
}

// everyKind has a rule for each kind that decides by draws.
const everyKind = `[
	{"kind": "swizzle", "from": "20s", "to": "30s", "every": "1m", "chance": "40%"},
	{"kind": "oversize", "bytes": "5MB", "chance": "10%"},
	{"kind": "brownout", "from": "2m", "to": "3m", "chance": "20%", "factor": 4},
	{"kind": "outage", "unavailability": "10%", "meanOutage": "10s", "target": "key",
	 "ackLoss": "50%", "slowFail": "30%", "blackhole": "30%", "ramp": "5s"},
	{"kind": "latency", "delay": "exponential(200ms)", "chance": "50%"},
	{"kind": "hang", "chance": "5%", "delay": "20s"},
	{"kind": "garbledReply", "chance": "5%", "mode": "value"},
	{"kind": "lostReply", "chance": "5%"},
	{"kind": "throttleExperience", "chance": "5%"}, {"kind": "throttleStore", "chance": "5%"},
	{"kind": "throttleKey", "chance": "5%"}, {"kind": "readmit", "from": "4m", "to": "5m"},
	{"kind": "lostRequest", "chance": "5%"}, {"kind": "lateCommit", "chance": "5%"},
	{"kind": "dupCommit", "chance": "5%"}, {"kind": "conflict", "chance": "20%"},
	{"kind": "foreignWrite", "chance": "5%"}, {"kind": "nilRead", "chance": "5%"},
	{"kind": "staleRead", "chance": "20%"}, {"kind": "corrupt", "between": "exponential(1m)"},
	{"kind": "versionGap", "chance": "20%"}, {"kind": "versionExpire", "age": "1m"},
	{"kind": "partialList", "chance": "5%"},
	{"kind": "misdirect", "chance": "5%"}
]`

// hits sends a request every 100 ms, each in a task of its own, with extra ones in between, and
// returns what hit the former, and when.
func hits(t *testing.T, extra ...emulator.Request) (list []string) {
	l := newLabOf(t, 5, parse(t, everyKind))
	l.injector.OnFault = func(e faults.Event) {
		if e.Server != "s9" && e.Key != "elsewhere" && e.Store == coins {
			list = append(list, e.String())
		}
	}
	ops := []emulator.Op{
		emulator.OpPut, emulator.OpGet, emulator.OpPut, emulator.OpGet, emulator.OpIncrement,
		emulator.OpListVersions, emulator.OpListKeys, emulator.OpRemove,
	}
	send := func(req emulator.Request) {
		l.sim.Go(func() { _, _ = l.injector.Do(context.Background(), req) })
	}
	none := ""
	for i := range 4000 {
		l.at(time.Duration(i) * 100 * time.Millisecond)
		req := request(ops[i%len(ops)], fmt.Sprintf("k%d", i%23), `1`)
		req.Server = fmt.Sprintf("s%d", i%3)
		if i%16 == 0 {
			req.IfVersion = &none
		}
		send(req)
		if i%100 == 50 {
			for _, req := range extra {
				send(req)
			}
		}
	}
	l.sim.Run()
	return list
}

// Whatever else is asked, of another key, by another server or in another way: every fault of every
// kind hits the same requests at the same instants.
func TestOneMoreRequestElsewhereMovesNoFaultOfAnyKind(t *testing.T) {
	usual := hits(t)
	require.Greater(t, len(usual), 1500)
	for _, s := range faults.Kinds() {
		if s != faults.Heal {
			require.True(t, slices.ContainsFunc(usual, func(e string) bool {
				var at, rule, kind string
				_, err := fmt.Sscan(e, &at, &rule, &kind)
				return err == nil && kind == string(s)
			}), "%s never hit anything", s)
		}
	}
	backup := request(emulator.OpPut, "k1", `1`)
	backup.Store.Name = "Backup"
	other := request(emulator.OpGet, "k99", "")
	other.Server = "s9"
	require.Equal(t, usual, hits(t,
		request(emulator.OpGet, "elsewhere", ""), backup, other))
}
