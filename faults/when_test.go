package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// When a rule has a say: windows that come again, events, counts, slots of time, seeds.

func TestEveryWindowComesAgain(t *testing.T) {
	l := newLab(t, `{"kind": "lostRequest", "from": "10s", "to": "15s", "every": "1m"}`)
	for _, c := range []struct {
		at  time.Duration
		hit bool
	}{
		{10*time.Second - 1, false}, {10 * time.Second, true}, {15*time.Second - 1, true},
		{15 * time.Second, false}, {70*time.Second - 1, false}, {70 * time.Second, true},
		{75 * time.Second, false}, {time.Hour + 12*time.Second, true},
	} {
		l.at(c.at)
		require.Equal(t, c.hit, l.put("k", `1`) != nil, c.at)
	}
}

func TestRuleWaitsForTheWriteThatItComesAfter(t *testing.T) {
	l := newLab(t, `{"kind": "lostReply", "from": "1s", "to": "3s",
		"after": {"ops": "put", "key": "step*", "nth": 2}}`)
	require.NoError(t, l.put("step1", `1`))
	require.NoError(t, l.put("other", `1`))
	l.at(time.Minute)
	require.True(t, l.injector.List()[0].Waiting)
	require.NoError(t, l.put("step2", `1`))
	require.False(t, l.injector.List()[0].Waiting)
	l.at(time.Minute + time.Second - 1)
	require.NoError(t, l.put("k", `1`))
	l.at(time.Minute + time.Second)
	require.Error(t, l.put("k", `1`))
	require.Error(t, l.put("step3", `1`), "that one is the third")
	l.at(time.Minute + 3*time.Second)
	require.NoError(t, l.put("k", `1`))
}

func TestAWriteThatFailsIsNoEvent(t *testing.T) {
	l := newLab(t, `[{"kind": "lostRequest", "limit": 1},
		{"kind": "lostReply", "after": {"key": "k"}}]`)
	require.Error(t, l.put("k", `1`), "is lost")
	l.get("k")
	require.True(t, l.injector.List()[1].Waiting)
	require.NoError(t, l.put("k", `1`))
	require.False(t, l.injector.List()[1].Waiting)
	require.Error(t, l.put("k", `1`))
}

func TestRuleWaitsForAMark(t *testing.T) {
	l := newLab(t, `{"kind": "lostRequest", "after": "trade", "to": "1s"}`)
	require.NoError(t, l.put("k", `1`))
	l.injector.Mark("shop")
	require.NoError(t, l.put("k", `1`))
	l.at(time.Hour)
	l.injector.Mark("trade")
	require.Error(t, l.put("k", `1`))
	l.at(time.Hour + time.Second)
	l.injector.Mark("trade")
	require.NoError(t, l.put("k", `1`), "it happens once")
}

func TestNthHitsJustThatOne(t *testing.T) {
	l := newLab(t, `[{"kind": "lostRequest", "ops": "put", "key": "k", "nth": 3},
		{"kind": "lostRequest", "key": "always"}]`)
	for n := 1; n <= 5; n++ {
		l.get("k")
		require.NoError(t, l.put("other", `1`))
		require.Equal(t, n == 3, l.put("k", `1`) != nil, n)
		require.Error(t, l.put("always", `1`), "the next rule decides about all others")
	}
}

// Within a slot all requests of a target meet the same weather, however many there are.
func TestSlotIsOneDrawForItsTargetAndTime(t *testing.T) {
	slots := map[string]int{}
	for _, key := range []string{"a", "b"} {
		l := newLab(t, `{"kind": "lostRequest", "chance": "50%", "slot": "10s"}`)
		for slot := range 40 {
			failed := 0
			for try := range 5 {
				l.at(time.Duration(slot)*10*time.Second + time.Duration(try)*time.Second)
				if l.put(key, `1`) != nil {
					failed++
				}
			}
			require.Contains(t, []int{0, 5}, failed)
			slots[key] += failed / 5
		}
	}
	require.Equal(t, map[string]int{"a": 22, "b": 16}, slots, "with this seed")
}

func TestSwarmGivesEachSeedSomeOfTheRules(t *testing.T) {
	plan := parse(t, `[{"id": "a", "kind": "lostRequest", "swarm": "25%"},
		{"id": "b", "kind": "lostReply", "swarm": "25%"}]`)
	counts := map[[2]bool]int{}
	for seed := range uint64(400) {
		l := newLabOf(t, seed, plan)
		list := l.injector.List()
		a, b := list[0].Dormant, list[1].Dormant
		require.Equal(t, a && b, l.put("k", `1`) == nil)
		counts[[2]bool{!a, !b}]++
		require.NoError(t, l.emulator.Close())
	}
	require.InDelta(t, 400./16, counts[[2]bool{true, true}], 15)
	require.InDelta(t, 400*9./16, counts[[2]bool{false, false}], 50)
}

func TestAffectsTellsUpdatesFromTheRest(t *testing.T) {
	get, put := request(emulator.OpGet, "k", ""), request(emulator.OpPut, "k", `1`)
	for affects, want := range map[string][]bool{
		"get": {true, false, false, false}, "update": {false, false, true, true},
	} {
		l := newLab(t, `{"kind": "lostRequest", "affects": "`+affects+`"}`)
		var got []bool
		for _, updating := range []bool{false, true} {
			for _, req := range []emulator.Request{get, put} {
				req.Updating = updating
				_, err := l.do(req)
				got = append(got, err != nil)
			}
		}
		require.Equal(t, want, got, affects)
	}
}

func TestSwizzleStopsOneAfterTheOther(t *testing.T) {
	const rule = `{"kind": "swizzle", "from": "10s", "to": "60s", "spread": "5s", "chance": "50%"`
	l := newLab(t, rule+`, "mode": "fail"}`)
	keys := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	stopped := map[string][2]time.Duration{}
	for at := 5 * time.Second; at < 70*time.Second; at += 250 * time.Millisecond {
		l.at(at)
		for _, key := range keys {
			if l.put(key, `1`) == nil {
				continue
			}
			if _, known := stopped[key]; !known {
				stopped[key] = [2]time.Duration{at, at}
			}
			stopped[key] = [2]time.Duration{stopped[key][0], at}
		}
	}
	require.Len(t, stopped, 6, "with this seed")
	for key, span := range stopped {
		require.GreaterOrEqual(t, span[0], 10*time.Second, key)
		require.Less(t, span[0], 15*time.Second+250*time.Millisecond, key)
		require.GreaterOrEqual(t, span[1], 60*time.Second-250*time.Millisecond, key)
		require.Less(t, span[1], 65*time.Second, key)

		held := newLab(t, rule+`}`)
		held.at(30 * time.Second)
		require.NoError(t, held.put(key, `1`))
		require.InDelta(t, span[1].Seconds(), held.since().Seconds(), 0.25, key)
		require.Equal(t, []string{"swizzle OK"}, held.classes())
	}
}

func TestCorruptDamagesUntilTheNextWrite(t *testing.T) {
	l := newLab(t, `{"kind": "corrupt", "at": ["1m", "10m"], "mode": "flipType"}`)
	l.at(30 * time.Second)
	l.seed("k", `{"coins":5}`)
	require.Equal(t, `{"coins":5}`, l.get("k"))
	l.at(time.Minute)
	damaged := l.get("k")
	require.Equal(t, `{"coins":"5"}`, damaged, "with this seed")
	l.at(5 * time.Minute)
	require.Equal(t, damaged, l.get("k"), "it stays so")
	require.Equal(t, `{"coins":5}`, l.stored("k"))
	require.NoError(t, l.put("k", `{"coins":6}`))
	require.Equal(t, `{"coins":6}`, l.get("k"))
	l.at(10 * time.Minute)
	require.NotEqual(t, `{"coins":6}`, l.get("k"))
	require.Equal(t, []string{"corrupt LIE", "corrupt LIE", "corrupt LIE"}, l.classes())
}

func TestCorruptComesAgainAndAgainAtEachKey(t *testing.T) {
	l := newLab(t, `{"kind": "corrupt", "between": "exponential(mean=2h)", "mode": "dropField"}`)
	damaged := map[string]int{}
	for hour := range 400 {
		for _, key := range []string{"a", "b"} {
			l.seed(key, `{"x":1}`)
		}
		l.at(time.Duration(hour+1) * time.Hour)
		for _, key := range []string{"a", "b"} {
			if l.get(key) == `{}` {
				damaged[key]++
			}
		}
	}
	// An hour passes without one with the chance e^-0.5, so 157 of 400 do not.
	require.InDelta(t, 157, damaged["a"], 30)
	require.InDelta(t, 157, damaged["b"], 30)
	require.NotEqual(t, damaged["a"], damaged["b"])
}

func TestCorruptBringsAnOldVersionBack(t *testing.T) {
	l := newLab(t, `{"kind": "corrupt", "at": ["3h"], "mode": "oldVersion"}`)
	for hour := range 3 {
		l.at(time.Duration(hour) * time.Hour)
		l.seed("k", string(rune('1'+hour)))
	}
	l.seed("alone", `1`)
	require.Equal(t, `3`, l.get("k"))
	l.at(3 * time.Hour)
	require.Equal(t, `1`, l.get("k"))
	require.Equal(t, `1`, l.get("alone"), "there is no other")
}
