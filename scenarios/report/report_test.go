package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

func TestJSONOfALoadedRunIsTheSameBytes(t *testing.T) {
	for _, run := range []*verdict.Run{sampleRun(30), sampleMatrix(2), hostileRun(), {Schema: verdict.Schema}} {
		var first, again bytes.Buffer
		require.NoError(t, JSON(&first, run))
		path := filepath.Join(t.TempDir(), "run.json")
		require.NoError(t, os.WriteFile(path, first.Bytes(), 0o644))
		loaded, err := Load(path)
		require.NoError(t, err)
		require.NoError(t, JSON(&again, loaded))
		require.Equal(t, first.String(), again.String())
	}
}

func TestLoadRefusesWhatIsNoRun(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "got something else than JSON, want a run",
		"<html>":                           "got something else than JSON, want a run",
		"{}":                               `got the schema "", want "savestone.chaos/v1"`,
		`{"schema":"savestone.report/v1"}`: `got the schema "savestone.report/v1"`,
		`{"schema":"savestone.chaos/v1","rows":"x"}`: "read the run",
	} {
		path := filepath.Join(t.TempDir(), "run.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := Load(path)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, path)
	}
	_, err := Load(filepath.Join(t.TempDir(), "none.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// What is short of 99.9 % must not read as 99.9 %.
func TestSharesAreNeverRoundedUp(t *testing.T) {
	for share, want := range map[float64]string{
		1: "100 %", 0: "0 %", 0.999: "99.9 %", 0.9989996: "99.899 %", 0.99975: "99.975 %", 0.9999999: "99.99999 %",
		0.99935: "99.935 %", 0.981: "98.1 %", 0.999999999: "99.999999 %", 0.001: "0.1 %", 0.00017: "0.017 %",
		0.95: "95 %",
	} {
		require.Equal(t, want, percent(share))
	}
}

func TestFiguresAreShort(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		require.Equal(t, want, count(n))
	}
	for d, want := range map[time.Duration]string{
		0: "0 s", 1500 * time.Nanosecond: "1.5 µs", 812 * time.Millisecond: "812 ms", 999700 * time.Microsecond: "1 s",
		4200 * time.Millisecond: "4.2 s", 150 * time.Second: "2 min 30 s", time.Hour: "1 h",
		365 * time.Minute: "6 h 5 min",
	} {
		require.Equal(t, want, brief(d))
	}
	require.Equal(t, "12:03.400", clock(723400*time.Millisecond))
	require.Equal(t, "1:00:00.000", clock(time.Hour-time.Nanosecond))
	require.Equal(t, "1 world", of(1, "world"))
	require.Equal(t, "75", figure(75, verdict.Number))
	require.Equal(t, "1.5", figure(1.5, verdict.Number))
	require.Equal(t, "4.2 s", figure(4.2, verdict.Seconds))
}

func TestARunIsAsGoodAsItsWorstClaim(t *testing.T) {
	of := func(verdicts ...stats.Verdict) []verdict.Result {
		var results []verdict.Result
		for _, v := range verdicts {
			results = append(results, verdict.Result{Verdict: v})
		}
		return results
	}
	require.Equal(t, stats.NotShown, overall(nil), "no claims prove nothing")
	require.Equal(t, stats.Proven, overall(of(stats.Proven, stats.Proven)))
	require.Equal(t, stats.NotShown, overall(of(stats.Proven, stats.NotShown)))
	require.Equal(t, stats.OutsideModel, overall(of(stats.NotShown, stats.OutsideModel)))
	require.Equal(t, stats.Refuted, overall(of(stats.OutsideModel, stats.Refuted, stats.Proven)))
	require.Equal(t, of(stats.Refuted, stats.OutsideModel, stats.NotShown, stats.Proven),
		worstFirst(of(stats.Proven, stats.NotShown, stats.OutsideModel, stats.Refuted)))
}

func TestWorldsThatBrokeOffCountForNothing(t *testing.T) {
	run := sampleRun(10)
	whole := sum(run.Rows)
	run.Rows[3].Error = "boom"
	rest := sum(run.Rows)
	require.Equal(t, 9, rest.Worlds)
	require.Equal(t, whole.Requests-1300, rest.Requests)
	require.Equal(t, whole.Counts["session_final"].Trials-41, rest.Counts["session_final"].Trials)
	require.Equal(t, "boom", rest.Broken[0].Error)
}

func TestWhatIsNotShownSaysWhatItWouldTake(t *testing.T) {
	run := &verdict.Run{Confidence: 0.95}
	share := verdict.Result{
		Verdict: stats.NotShown, Unit: verdict.Share, Limit: 0.999, Worlds: 1200, Count: verdict.Count{Trials: 50000},
	}
	require.Equal(t, "2,995 worlds with no more than 0 bad would show it: 1,795 more.", unsettled(share, run))
	share.Bad, share.Count.Failures = 1, 90
	require.Equal(t, "4,742 worlds with no more than 1 bad would show it: 3,542 more.", unsettled(share, run))
	// 0.05 % fail, 0.1 % may, the bound is at 0.15 %: twice the distance, four times the worlds.
	share.Effect, share.Count.Failures, share.Lower = 9, 25, 0.9985
	require.Equal(t, "About 4,800 worlds would show it if they are like these: 3,600 more.", unsettled(share, run))
	share.Count.Failures = 60
	require.Contains(t, unsettled(share, run), "more worlds would rather refute it")
	run.Peeked = true
	require.Contains(t, unsettled(share, run), "More worlds may settle it")
	share.Count = verdict.Count{}
	require.Contains(t, unsettled(share, run), "no data is never a pass")
	share.Verdict = stats.Proven
	require.Empty(t, unsettled(share, run))
}

func TestMissingShardsAndCutRunsAreTold(t *testing.T) {
	run := sampleRun(3)
	require.Empty(t, incomplete(run))
	run.Cut, run.Shards = true, verdict.Shards{Of: 4, Have: []int{1, 3}}
	require.Equal(t, []string{
		"The run was cut short: it was interrupted, or met its deadline.", "Shards are missing: 2/4, 4/4.",
	}, incomplete(run))
	for _, write := range writers {
		var out bytes.Buffer
		require.NoError(t, write(&out, run))
		require.Contains(t, out.String(), "Shards are missing: 2/4, 4/4.")
	}
}

// writers are those that write for people.
var writers = []func(*bytes.Buffer, *verdict.Run) error{
	func(w *bytes.Buffer, run *verdict.Run) error { return HTML(w, run) },
	func(w *bytes.Buffer, run *verdict.Run) error { return Markdown(w, run) },
	func(w *bytes.Buffer, run *verdict.Run) error { return Text(w, run, TextOptions{}) },
}

func TestEveryReportNamesEachClaimAndWhatNeverHit(t *testing.T) {
	run := sampleRun(30)
	for i := range run.Claims {
		run.Claims[i].Claim = "claim-" + strings.Repeat("i", i+1)
	}
	for _, write := range writers {
		var out, again bytes.Buffer
		require.NoError(t, write(&out, run))
		require.NoError(t, write(&again, run))
		require.Equal(t, out.String(), again.String(), "the same run, the same bytes")
		for _, r := range run.Claims {
			require.Contains(t, out.String(), r.Claim)
			require.Contains(t, out.String(), glyphs[r.Verdict])
		}
		require.Contains(t, out.String(), "scope-incident")
	}
}

func TestReplayCommandsAreSafeToPaste(t *testing.T) {
	command := func(folder, cell string) string {
		run := &verdict.Run{Name: "evening", Seed: 7, Folder: folder}
		return replayCommand(run, verdict.Row{World: 12, Cell: cell})
	}
	require.Equal(t, "savestone chaos replay .savestone/chaos/evening-7#12", command("", ""))
	require.Equal(t, "savestone chaos replay out/x#12", command("out/x", ""))
	require.Equal(t, "savestone chaos replay 'my out#a=b c=d#12'", command("my out", "a=b c=d"))
	require.Equal(t, `savestone chaos replay '$(rm -r /)'\''`+"`x`#12'", command("$(rm -r /)'`x`", ""))
	require.Equal(t, "''", shellWord(""))
	require.Equal(t, "'#12'", shellWord("#12"), "unquoted it would be a comment")
}

func TestOfEachInvariantTheShortestStoriesAreTold(t *testing.T) {
	example := func(invariant string, events int) verdict.Example {
		return verdict.Example{Invariant: invariant, Story: make([]verdict.Event, events)}
	}
	rows := []verdict.Row{
		{World: 1, Examples: []verdict.Example{example("I2", 9), example("I1", 0), example("I1", 5)}},
		{World: 2, Examples: []verdict.Example{example("I1", 3), example("I1", 8), example("I1", 3)}},
	}
	var got []string
	for _, f := range told(rows) {
		got = append(got, f.Invariant+" "+count(len(f.Story))+" of "+count(f.Row.World))
	}
	require.Equal(t, []string{"I1 3 of 2", "I1 3 of 2", "I1 5 of 1", "I2 9 of 1"}, got)
}

func TestCausesAreCountedUnderTheFaultsOfTheirWorlds(t *testing.T) {
	rows := []verdict.Row{
		{Causes: map[string]int{"dropped": 3}, Fired: map[string]int{"storm": 1}},
		{Causes: map[string]int{"dropped": 1, "closed": 2}, Fired: map[string]int{"crash": 4}},
		{Causes: map[string]int{"dropped": 50}, Fired: map[string]int{"crash": 1}, Error: "boom"},
	}
	table := cross(rows, sum(rows))
	require.Equal(t, []string{"crash", "storm"}, table.Faults)
	require.Equal(t, []crossingRow{
		{"dropped", 4, []crossingCell{{N: 1, Share: 0.25}, {N: 3, Share: 0.75, Class: "many"}}},
		{"closed", 2, []crossingCell{{N: 2, Share: 1, Class: "most"}, {}}},
	}, table.Rows)
}
