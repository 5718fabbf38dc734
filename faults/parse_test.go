package faults

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

func parsed(t *testing.T, text string) Plan {
	t.Helper()
	plan, err := Parse(json.RawMessage(text))
	require.NoError(t, err)
	return plan
}

func TestParseReadsEveryField(t *testing.T) {
	require.Equal(t, Plan{
		{
			ID: "slow", Kind: Latency, Ops: []emulator.Op{emulator.OpGet, emulator.OpPut},
			Store: "Player*", Scope: "global", Key: "player_*", Server: "a",
			From: 250 * time.Millisecond, To: 31 * time.Minute, Chance: 0.01, Limit: 3,
			Delay: Uniform(time.Second, 2*time.Second), Leg: LegReply,
		},
		{Kind: LostReply, Chance: 0.25, Code: 502},
	}, parsed(t, `[
		{"id": "slow", "kind": "latency", "ops": ["put", "get", "put"], "store": "Player*",
		 "scope": "global", "key": "player_*", "server": "a", "from": "250ms", "to": "31m",
		 "chance": "1%", "limit": 3, "delay": "uniform(1s, max=2s)", "leg": "reply"},
		{"kind": "lostReply", "chance": 0.25, "code": 502}
	]`))
}

func TestParseTakesOneRuleOrOneName(t *testing.T) {
	require.Equal(t, Plan{{Kind: LostReply, Chance: 1}}, parsed(t, ` {"kind": "lostReply"} `))
	lost, err := PresetNamed("lost-acks")
	require.NoError(t, err)
	require.Equal(t, lost, parsed(t, `"lost-acks"`))
	require.Equal(t, append(lost, Rule{Kind: LostReply, Chance: 1}),
		parsed(t, `["lost-acks", {"kind": "lostReply"}]`))
	require.Empty(t, parsed(t, `[]`))
}

func TestUseNarrowsAPreset(t *testing.T) {
	plan := parsed(t, `["lost-acks", {"use": "lost-acks", "id": "later", "from": "10m", "to": "15m",
		"store": "Coins", "scope": "s", "key": "k*", "server": "a"}]`)
	require.Equal(t, Rule{
		ID: "later.lost-acks.replies", Kind: LostReply, Chance: 0.1, Ops: plan[0].Ops,
		Store: "Coins", Scope: "s", Key: "k*", Server: "a",
		From: 10 * time.Minute, To: 15 * time.Minute,
	}, plan[1])
}

func TestOpsGoByNameOrByGroup(t *testing.T) {
	for text, want := range map[string][]emulator.Op{
		`"increment"`: {emulator.OpIncrement},
		`"*"`:         nil,
		`"writes"`: {
			emulator.OpPut, emulator.OpIncrement, emulator.OpRemove, emulator.OpRemoveVersion,
			emulator.OpSnapshot, emulator.OpRemoveStore, emulator.OpRestoreStore,
		},
		`["remove", "get"]`: {emulator.OpGet, emulator.OpRemove},
		`"lists"`: {emulator.OpListVersions, emulator.OpListKeys, emulator.OpListStores,
			emulator.OpListSorted},
		`"reads"`: {emulator.OpGet, emulator.OpGetVersion, emulator.OpGetVersionAt,
			emulator.OpGetMany},
	} {
		plan := parsed(t, `{"kind": "lostReply", "ops": `+text+`}`)
		require.Equal(t, want, plan[0].Ops, text)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`{"kind": "lostReply", "chanse": 1}`: `fault 1: got the field "chanse", ` +
			`which no rule has; did you mean "chance"?`,
		`{"kind": "lostReplies"}`: `rule 1: got the kind "lostReplies", ` +
			`want one of ` + strings.Join(kindNames(), ", ") + `; did you mean "lostReply"?`,
		`["calm@v2"]`: `fault 1: got the preset "calm@v2", want one of calm@v1, bad-day@v1, ` +
			`throttle-storm, datastore-outage, lost-acks, 2020-scope-incident, 2019-nil-reads; ` +
			`did you mean "calm@v1"?`,
		`[{"use": "lost-acks"}, {"use": "lost-acks"}]`: `rule 2: got the ID ` +
			`"lost-acks.replies" a second time, want IDs that differ`,
		`{"use": "lost-acks", "chance": 1}`: `fault 1: got the field "chance" beside use, ` +
			`want one of ["id" "store" "scope" "key" "server" "from" "to"]`,
		`{"use": "lost-acks", "from": "2s", "to": "1s"}`: `fault 1: got a window from 2s to 1s, ` +
			`want an end after the start`,
		`{"kind": "lostReply", "code": 502, "code": 504}`: `fault 1: got "code" a second time`,
		`{"kind": "lostReply", "limit": 1.5}`:             `fault 1: limit: got 1.5, want a whole number`,
		`{"kind": "lostReply", "chance": "5"}`: `fault 1: chance: got 5, ` +
			`want a share from 0 to 1, or from "0%" to "100%"`,
		`{"kind": "lostReply", "from": 5}`: `fault 1: from: got 5, ` +
			`want a duration such as "250ms" or "1h30m"`,
		`{"kind": "lostReply", "from": "-5s"}`: `fault 1: from: got "-5s", want no negative duration`,
		`{"kind": "lostReply", "key": 5}`:      `fault 1: key: got 5, want a text`,
		`{"kind": "lostReply", "ops": "putt"}`: `fault 1: ops: got the operation "putt", ` +
			`want one of ["reads" "writes" "lists" "get" "put" "increment" "remove" ` +
			`"getVersion" "getVersionAt" "listVersions" "removeVersion" "listKeys" ` +
			`"listStores" "snapshot" "listSorted" "getMany" "removeStore" "restoreStore"]; ` +
			`did you mean "put"?`,
		`{"kind": "lostReply", "delay": "1s"}`: `rule 1 (lostReply#1): got a delay, ` +
			`which lostReply has not`,
		`{"kind": "latency", "delay": "1s", "leg": "there"}`: `fault 1: leg: ` +
			`got the leg "there", want one of ["both" "send" "reply"]`,
		`{"kind": "latency", "delay": "gamma(1s)"}`: `fault 1: delay: got the distribution ` +
			`"gamma", want one of constant, exponential, lognormal, mix, pareto, uniform`,
		`{"kind": "latency", "delay": "lognormal(p50=2s, p99=1s)"}`: `fault 1: delay: ` +
			`lognormal: got p50 2s and p99 1s, want p50 from 1µs, and p99 not below it`,
		`{"kind": "latency", "delay": "lognormal(p50=2s, p95=3s)"}`: `fault 1: delay: ` +
			`lognormal: got "p95", want p50, p99; did you mean "p99"?`,
		`{"kind": "latency", "delay": "uniform(1s)"}`: `fault 1: delay: uniform: ` +
			`got no max, want min, max`,
		`{"kind": "latency", "delay": "mix(50% 1s, 40% 2s)"}`: `fault 1: delay: mix: ` +
			`got shares of 900000 PPM together, want 100%`,
		`{"kind": "latency", "delay": {"0%": "1s", "50%": "2s"}}`: `fault 1: delay: ` +
			`got quantiles from 0 to 500000 PPM, want 0 to 1000000`,
	} {
		_, err := Parse(json.RawMessage(text))
		require.EqualError(t, err, want, text)
	}
	_, err := Parse(json.RawMessage(`{"kind": `))
	require.ErrorContains(t, err, "fault plan: ")
}

// A plan's text is the same however it was written, so that it can be hashed.
func TestPlanHasOneText(t *testing.T) {
	const want = `[{"kind":"latency","id":"slow","ops":["get","put"],"from":"250ms","to":"31m",` +
		`"limit":3,"chance":0.01,"leg":"reply","delay":"uniform(1s, 2s)"},` +
		`{"kind":"latency","delay":{"0%":"0s","12.3456%":"1.5s","100%":"1h"}},` +
		`{"kind":"latency","delay":"mix(99.9% lognormal(p50=180ms, p99=900ms), ` +
		`0.1% pareto(min=5s, alpha=1.2, max=2m))"},` +
		`{"kind":"lostReply","chance":0}]`
	plan := parsed(t, `[
		{"leg": "reply", "delay": "uniform( 1000ms,2s)", "limit": 3, "chance": "1%", "to": "31m0s",
		 "from": "0.25s", "ops": ["put", "get"], "id": "slow", "kind": "latency"},
		{"kind": "latency", "delay": {"100%": "60m", "0%": "0s", "12.3456%": "1500ms"}},
		{"kind": "latency", "delay":
		 "mix(99.9% lognormal(180ms, 900ms),0.1% pareto(5s, 1.2, 120s))", "leg": "both"},
		{"kind": "lostReply", "chance": 0}
	]`)
	text, err := json.Marshal(plan)
	require.NoError(t, err)
	require.Equal(t, want, string(text))
	require.Equal(t, plan, parsed(t, want))
}

func TestSharesAreExact(t *testing.T) {
	for text, want := range map[string]float64{
		`"0.05%"`: 0.0005, `"1%"`: 0.01, `"12.5 %"`: 0.125, `"100%"`: 1, `0.3`: 0.3, `"0.3"`: 0.3,
	} {
		plan := parsed(t, `{"kind": "lostReply", "chance": `+text+`}`)
		require.Equal(t, want, plan[0].Chance, text)
	}
}

func TestPresetsAreWholePlans(t *testing.T) {
	for _, preset := range Presets() {
		t.Run(preset.Name, func(t *testing.T) {
			require.NotEmpty(t, preset.About)
			plan, err := preset.Plan()
			require.NoError(t, err)
			require.NotEmpty(t, plan)
			_, err = plan.compile(1)
			require.NoError(t, err)
			for _, rule := range plan {
				require.NotEmpty(t, rule.ID, "a preset's decisions must not depend on other rules")
			}
			text, err := json.Marshal(plan)
			require.NoError(t, err)
			require.Equal(t, plan, parsed(t, string(text)))
		})
	}
}

// The tables are compared with the formulas as the machine's own mathematics has them.
func TestFormulasAreWhatTheySay(t *testing.T) {
	const median, p99 = 0.3, 1.2
	sigma := math.Log(p99/median) / (math.Sqrt2 * math.Erfinv(0.98))
	for text, quantile := range map[string]func(p float64) float64{
		"lognormal(p50=300ms, p99=1.2s)": func(p float64) float64 {
			return median * math.Exp(sigma*math.Sqrt2*math.Erfinv(2*p-1))
		},
		"exponential(mean=60s)": func(p float64) float64 { return -60 * math.Log1p(-p) },
		"pareto(min=5s, alpha=1.5)": func(p float64) float64 {
			return 5 * math.Pow(1-p, -1/1.5)
		},
		"pareto(min=5s, alpha=1.2, max=120s)": func(p float64) float64 {
			return 5 * math.Pow(1-p*(1-math.Pow(5.0/120, 1.2)), -1/1.2)
		},
	} {
		d, err := ParseDistribution(text)
		require.NoError(t, err)
		require.Len(t, d.points, 325)
		for _, q := range d.points[1 : len(d.points)-1] {
			want := quantile(float64(q.PPM) / ppmWhole)
			require.InDelta(t, want, q.Value.Seconds(), 2e-6+want*1e-9, "%s at %d", text, q.PPM)
		}
	}
}

func TestMixtureHasEachPartAsOftenAsItsShare(t *testing.T) {
	d, err := ParseDistribution("mix(75% uniform(0s, 100ms), 25% constant(9s))")
	require.NoError(t, err)
	require.Equal(t, []Quantile{
		{0, 0}, {750_000, 100 * time.Millisecond}, {750_001, 9 * time.Second},
		{ppmWhole, 9 * time.Second},
	}, d.points)
	require.Equal(t, 50*time.Millisecond, d.At(3<<29))
	require.Equal(t, 9*time.Second, d.At(7<<29))
}

// The named table of lists and the written one of writes say the same as a mix of formulas.
func TestMixIsTheWrittenTable(t *testing.T) {
	mix, err := ParseDistribution(
		"mix(99.9% lognormal(p50=180ms, p99=900ms), 0.1% pareto(min=5s, alpha=1.2, max=120s))")
	require.NoError(t, err)
	for _, q := range WriteLatency().points[1:] {
		value := mix.At(uint32((uint64(q.PPM)<<32 - 1) / ppmWhole))
		require.InEpsilon(t, q.Value.Seconds(), value.Seconds(), 0.06, "%d", q.PPM)
	}
}

func FuzzParse(f *testing.F) {
	for _, preset := range presets {
		f.Add("[" + preset.rules + "]")
	}
	f.Add(`{"kind": "latency", "delay": "mix(50% 1s, 50% pareto(1s, 2, 3s))", "leg": "send"}`)
	f.Add(`{"kind": "latency", "delay": {"0%": "1s", "100%": "2s"}}`)
	f.Add(`["calm@v1", {"use": "lost-acks", "from": "1m", "key": "[a]"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		plan, err := Parse(json.RawMessage(text))
		if err != nil {
			return
		}
		again, err := json.Marshal(plan)
		require.NoError(t, err)
		back, err := Parse(again)
		require.NoError(t, err, "%s", again)
		require.Equal(t, plan, back)
		_, err = plan.compile(1)
		require.NoError(t, err)
	})
}
