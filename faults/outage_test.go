package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/faults"
	"savestone/luabridge/sched"
)

func TestOutageBySchedule(t *testing.T) {
	l := newLab(t, `{"kind": "outage", "from": "1m", "schedule": ["9m..10m", "1m..3m"]}`)
	for _, c := range []struct {
		at   time.Duration
		down bool
	}{
		{0, false}, {2*time.Minute - 1, false}, {2 * time.Minute, true},
		{4*time.Minute - 1, true}, {4 * time.Minute, false},
		{10 * time.Minute, true}, {11 * time.Minute, false},
	} {
		l.at(c.at)
		require.Equal(t, c.down, l.put("k", `1`) != nil, c.at)
	}
	require.Equal(t, []string{"outage FAIL", "outage FAIL", "outage FAIL"}, l.classes())
}

func TestOutageAnswersFastSlowlyOrWhenItIsOver(t *testing.T) {
	for share, want := range map[string]time.Duration{
		``:                                10*time.Second + 200*time.Millisecond,
		`, "slowFail": 1, "delay": "30s"`: 40 * time.Second,
		`, "blackhole": 1`:                time.Minute,
	} {
		l := newLab(t, `{"kind": "outage", "schedule": ["0s..1m"]`+share+`}`)
		l.at(10 * time.Second)
		require.False(t, mayHaveApplied(t, l.put("k", `1`)))
		require.Equal(t, want, l.since(), share)
		require.Equal(t, "nil", l.stored("k"))
	}
}

// Of what is under way when an outage begins, answers are lost: it is applied all the same.
func TestOutageLosesAnswersOfWhatIsUnderWay(t *testing.T) {
	l := newLab(t, `[
		{"kind": "outage", "schedule": ["10s..20s"], "ackLoss": 1},
		{"kind": "latency", "delay": "4s", "leg": "reply"}
	]`)
	require.NoError(t, l.put("k", `1`))
	l.at(5 * time.Second)
	require.NoError(t, l.put("k", `2`), "it is back just before")
	l.at(7 * time.Second)
	require.True(t, mayHaveApplied(t, l.put("k", `3`)))
	require.Equal(t, `3`, l.stored("k"))
	l.at(16*time.Second + 1)
	require.False(t, mayHaveApplied(t, l.put("k", `4`)))
	require.Equal(t, `3`, l.stored("k"))
	require.Equal(t, []string{
		"latency OK", "latency OK", "latency OK", "outage INFO", "latency OK", "outage FAIL",
	}, l.classes())
}

func TestOutageMeetsARequestWhereItArrives(t *testing.T) {
	l := newLab(t, `[
		{"kind": "outage", "schedule": ["10s..20s"]},
		{"kind": "latency", "delay": "4s", "leg": "send"}
	]`)
	l.at(7 * time.Second)
	require.Error(t, l.put("k", `1`), "it arrives after 11 s")
	l.at(17 * time.Second)
	require.NoError(t, l.put("k", `2`), "it arrives after 21 s")
}

func TestOutageRampsUp(t *testing.T) {
	l := newLab(t, `{"kind": "outage", "schedule": ["1m..2m"], "ramp": "10m"}`)
	served := func(at time.Duration) (n int) {
		l.at(at)
		for range 100 {
			if _, err := l.do(request(emulator.OpGet, "k", "")); err == nil {
				n++
			}
			l.at(at) // the errors take a while
		}
		return n
	}
	require.Equal(t, 100, served(0))
	require.Less(t, served(2*time.Minute), 10)
	early, late := served(5*time.Minute), served(10*time.Minute)
	require.Equal(t, []int{28, 81}, []int{early, late}, "with this seed")
	require.Equal(t, 100, served(12*time.Minute))
}

// weather is an injector that is only asked about its outages.
func weather(t *testing.T, seed uint64, rule string) *faults.Injector {
	t.Helper()
	in, err := faults.New(nil, sched.New(begun), seed, parse(t, rule))
	require.NoError(t, err)
	return in
}

// down is the sum of windows up to a time.
func down(windows []faults.Window, until time.Duration) (sum time.Duration) {
	for _, w := range windows {
		sum += min(w.To, until) - w.From
	}
	return sum
}

// With a fixed seed all is exact; the bounds say how far from the truth 4,000 hours may be.
func TestOutagesTakeTheShareOfTimeTheyShould(t *testing.T) {
	const long = 4000 * time.Hour
	for _, c := range []struct {
		shape        string
		share, spell float64 // seconds
	}{
		{"exponential", 0.0018, 2.2}, {"lognormal(1.0)", 0.0022, 3}, {"pareto(2.5)", 0.0022, 3},
	} {
		in := weather(t, 7, `{"id": "o", "kind": "outage", "unavailability": "5%",
			"meanOutage": "60s", "shape": "`+c.shape+`"}`)
		windows := in.Outages("o", request(emulator.OpGet, "k", ""), long)
		share := down(windows, long).Seconds() / long.Seconds()
		require.InDelta(t, 0.05, share, c.share, c.shape)
		require.InDelta(t, 60, down(windows, long).Seconds()/float64(len(windows)), c.spell, c.shape)
	}
}

// An injector that is asked at its very start sees the world as one does that comes later.
func TestOutagesAreStationary(t *testing.T) {
	for _, shape := range []string{"exponential", "lognormal(1.5)", "pareto(2.0)"} {
		const seeds = 1000
		for _, at := range []time.Duration{0, 10 * time.Second, 10 * time.Minute} {
			n, left := 0, 0.0
			for seed := range uint64(seeds) {
				in := weather(t, seed, `{"id": "o", "kind": "outage", "unavailability": "20%",
					"meanOutage": "60s", "shape": "`+shape+`"}`)
				windows := in.Outages("o", request(emulator.OpGet, "k", ""), at+1)
				if last := len(windows) - 1; last >= 0 && windows[last].To > at {
					n, left = n+1, left+min(windows[last].To-at, time.Hour).Seconds()
				}
			}
			require.InDelta(t, 0.2, float64(n)/seeds, 0.04, "%s at %v", shape, at)
			if shape == "exponential" {
				require.InDelta(t, 60, left/float64(n), 13, "what is left at %v", at)
			}
		}
	}
}

// Whoever asks what when: outages are where they are.
func TestOutagesDependOnTheSeedAlone(t *testing.T) {
	const rule = `{"id": "o", "kind": "outage", "unavailability": "10%", "meanOutage": "60s"}`
	windows := weather(t, 3, rule).Outages("o", request(emulator.OpGet, "k", ""), 10*time.Hour)
	require.NotEmpty(t, windows)
	for _, step := range []time.Duration{time.Second, 700 * time.Second} {
		l := newLabOf(t, 3, parse(t, rule))
		for at := time.Duration(0); at < 10*time.Hour; at += step {
			l.at(at)
			within := false
			for _, w := range windows {
				within = within || at >= w.From && at < w.To
			}
			ended, failed := false, false
			l.sim.Go(func() {
				_, err := l.injector.Do(t.Context(), request(emulator.OpGet, "k", ""))
				ended, failed = true, err != nil
			})
			l.at(at)
			require.Equal(t, within, failed || !ended, "at %v", at)
		}
	}
}

func TestTargetsHaveTheirOwnOutagesOrThoseInCommon(t *testing.T) {
	other := request(emulator.OpGet, "k", "")
	other.Store.Name = "Backup"
	const long = 2000 * time.Hour
	overlap := func(common string) float64 {
		in := weather(t, 5, `{"id": "o", "kind": "outage", "unavailability": "5%",
			"meanOutage": "60s", "target": "store", "common": "`+common+`"}`)
		mine := in.Outages("o", request(emulator.OpGet, "k", ""), long)
		its := in.Outages("o", other, long)
		require.InDelta(t, 0.05, down(mine, long).Seconds()/long.Seconds(), 0.004)
		require.InDelta(t, 0.05, down(its, long).Seconds()/long.Seconds(), 0.004)
		both := time.Duration(0)
		for i, j := 0, 0; i < len(mine) && j < len(its); {
			both += max(0, min(mine[i].To, its[j].To)-max(mine[i].From, its[j].From))
			if mine[i].To < its[j].To {
				i++
			} else {
				j++
			}
		}
		return both.Seconds() / long.Seconds()
	}
	require.InDelta(t, 0.0025, overlap("0%"), 0.0008, "by accident: 5 % of 5 %")
	require.InDelta(t, 0.045, overlap("90%"), 0.004)
	require.InDelta(t, 0.05, overlap("100%"), 0.004)
}

func TestEachTargetIsDownByItself(t *testing.T) {
	for target, same := range map[string]map[string]bool{
		"experience": {"key": true, "store": true, "server": true},
		"store":      {"key": true, "server": true},
		"server":     {"key": true, "store": true},
		"key":        {"server": true},
	} {
		in := weather(t, 5, `{"id": "o", "kind": "outage", "unavailability": "5%",
			"meanOutage": "60s", "target": "`+target+`"}`)
		base := request(emulator.OpGet, "k", "")
		key, store, server := base, base, base
		key.Key, store.Store.Name, server.Server = "other", "Other", "s2"
		for what, other := range map[string]emulator.Request{
			"key": key, "store": store, "server": server,
		} {
			mine, its := in.Outages("o", base, 99*time.Hour), in.Outages("o", other, 99*time.Hour)
			require.Equal(t, same[what], mine[0] == its[0], "%s, other %s", target, what)
		}
	}
}
