package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// smallScenario takes a moment; tests replace parts of it.
const smallScenario = `return {
	name = "small",
	system = { adapter = "adapter.luau" },
	horizon = "1m",
	players = { count = 1, saves = "20s", changes = "6/min" },
	claims = { "violations(*) == 0" },
}
`

// chaosFolder is a folder with a scenario, changed by pairs of old and new texts, and an adapter;
// an empty one means plain-retry's.
func chaosFolder(t *testing.T, adapter string, changes ...string) (folder, scenario string) {
	t.Helper()
	folder = t.TempDir()
	if adapter == "" {
		raw, err := os.ReadFile(filepath.Join(root, "scenarios/library/adapters/plain-retry.luau"))
		require.NoError(t, err)
		adapter = string(raw)
	}
	scenario = filepath.Join(folder, "small.chaos.luau")
	text := strings.NewReplacer(changes...).Replace(smallScenario)
	require.NoError(t, os.WriteFile(scenario, []byte(text), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "adapter.luau"), []byte(adapter), 0o644))
	return folder, scenario
}

func TestBadScenariosAreRefusedByTheFieldThatIsWrong(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"horizon =", "horizonn =", `unknown key "horizonn"; did you mean "horizon"?`},
		{"saves =", "save =", `unknown key "players.save"; did you mean "saves"?`},
		{`"20s"`, "function() end", "players.saves: got a function, want data"},
		{`"20s"`, `"-20s"`, "players.saves: got -20s, want no negative time"},
		{`"20s"`, `"1ns"`, "players.saves: got one every 1ns, want one every 100ms or fewer"},
		{`"20s"`, `"soon"`, `players.saves: got "soon", want a time such as 250ms`},
		{`"6/min"`, "6", `players.changes: got 6, want a rate such as "12/min"`},
		{"count = 1", "count = 1e15", "players.count: got 1000000000000000, want 0 to 10000"},
		{"count = 1", "count = 1.5", "players.count: got 1.5, want a whole number"},
		{"count = 1", `count = "one"`, "players.count: got a text, want a whole number"},
		{"count = 1", `count = 1, session = "-5s"`, "players.session: got -5s"},
		{`"small"`, "{ 5 }", "name: got a list, want a text"},
		{"claims =", `hazards = { crash = { men = 1 } }, claims =`, `unknown key "hazards.crash.men"`},
		{"claims =", `hazards = { crash = { mean = -1 } }, claims =`, "hazards.crash.mean: got -1s"},
		{"claims =", `events = { { at = -1, save = true } }, claims =`, "events[1].at: got -1s"},
		{"claims =", `events = { { at = "9d", save = true } }, claims =`, "events[1].at: got 216h0m0s"},
		{"claims =", `events = { { at = 1, crash = "server-9" } }, claims =`, `got the server "server-9"`},
		{"claims =", `deadline = "0s", claims =`, "deadline: got 0"},
		{"claims =", `faults = { { kind = "lostRepl" } }, claims =`, `got the kind "lostRepl", want one of`},
		{"claims =", `faults = { "bad-day@v2" }, claims =`, `did you mean "bad-day@v1"?`},
		{"claims =", `matrix = 5, claims =`, "matrix: got 5, want a table of axes"},
		{"violations(*)", "violations(I99)", `unknown invariant "I99"`},
		{"return {", "local t = {} t.t = t return t", "does one hold itself?"},
		{"return {", "return nil", "got nothing, want a table"},
		{`"small",`, `"small",,`, "small.chaos.luau:2:17: Expected"},
		{"adapter.luau", "gone.luau", `adapter: got "gone.luau", want a file or one of`},
	} {
		_, scenario := chaosFolder(t, "", c.old, c.new)
		if strings.HasPrefix(c.old, "return") { // the whole text
			require.NoError(t, os.WriteFile(scenario, []byte(c.new), 0o644))
		}
		refusedScenario(t, scenario, c.want)
	}
}

// inPlace runs the program where the test is.
func inPlace(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func refusedScenario(t *testing.T, scenario, want string) {
	t.Helper()
	code, stdout, stderr := inPlace(t, "chaos", "validate", scenario)
	require.Equal(t, exitUsage, code, "%s%s", stdout, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, want)
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
}

func TestBadAdaptersAreSaidInTheReport(t *testing.T) {
	for _, c := range []struct{ adapter, want string }{
		{"return 5", "the adapter returned number, want a function"},
		{"return function() return 5 end", "the adapter's function returned number, want a table"},
		{"return function() return { path = {} } end", "the adapter's key: got nil, want a function"},
		{"return function() return nil end", "the adapter's function returned nothing, want a table"},
		{`return function() error("boom") end`, "adapter.luau:1): boom"},
		{`return function() return { path = {}, close = print, load = function() return {} end,
			key = function() return "A", "b" end, leave = function() return "stored" end,
			save = function() return "yes" end } end`, "the adapter answered yes to a save"},
	} {
		folder, scenario := chaosFolder(t, c.adapter)
		code, stdout, _ := inPlace(t, "chaos", "run", scenario, "--out", filepath.Join(folder, "out"))
		require.Equal(t, exitNotShown, code, stdout)
		require.Contains(t, stdout, c.want)
	}
}

func TestShardsOfARunMergeToTheSameReport(t *testing.T) {
	folder, scenario := chaosFolder(t, "")
	at := func(name string) string { return filepath.Join(folder, name) }
	code, stdout, stderr := inPlace(t, "chaos", "run", scenario, "--worlds", "5", "--out", at("whole"))
	require.Equal(t, exitOK, code, stdout+stderr)
	require.Contains(t, stdout, "PROVEN")
	for _, part := range []string{"1", "2", "3"} {
		_, stdout, stderr := inPlace(t, "chaos", "run", scenario, "--worlds", "5",
			"--shard", part+"/3", "--out", at(part))
		require.FileExists(t, filepath.Join(at(part), "report.json"), stdout+stderr)
	}
	code, stdout, stderr = inPlace(t, "chaos", "merge", at("3"), at("1"), at("2"), "--out", at("merged"))
	require.Equal(t, exitOK, code, stdout+stderr)
	whole, err := os.ReadFile(filepath.Join(at("whole"), "report.json"))
	require.NoError(t, err)
	merged, err := os.ReadFile(filepath.Join(at("merged"), "report.json"))
	require.NoError(t, err)
	require.Equal(t, string(whole), string(merged))

	code, stdout, _ = inPlace(t, "chaos", "replay", at("whole")+"#3", "--key", "Player_1")
	require.Equal(t, exitOK, code)
	require.Contains(t, stdout, "the same as in the run, event by event")
	require.Contains(t, stdout, "Player_1")
}

func TestBrokenRunsAreRefused(t *testing.T) {
	folder := t.TempDir()
	report := filepath.Join(folder, "report.json")
	history := filepath.Join(folder, "a.history.zst")
	require.NoError(t, os.WriteFile(report, []byte("{"), 0o644))
	require.NoError(t, os.WriteFile(history, []byte("no history"), 0o644))
	for _, args := range [][]string{
		{"replay", folder + "#1"}, {"replay", folder}, {"shrink", folder + "#1"},
		{"replay", filepath.Join(folder, "gone") + "#1"}, {"merge", folder}, {"check", history},
	} {
		code, stdout, stderr := inPlace(t, append([]string{"chaos"}, args...)...)
		require.Equal(t, exitUsage, code, "%v", args)
		require.Empty(t, stdout, "%v", args)
		require.Contains(t, stderr, "error: ", "%v", args)
		require.NotContains(t, stderr, "goroutine", "%v", args)
	}
}

func TestARunThatIsCutByItsDeadlineStillReports(t *testing.T) {
	folder, scenario := chaosFolder(t, "", `horizon = "1m"`, `horizon = "10h"`)
	out := filepath.Join(folder, "out")
	code, stdout, stderr := inPlace(t, "chaos", "run", scenario, "--worlds", "100000",
		"--deadline", "300ms", "--out", out)
	require.Equal(t, exitDeadline, code, stdout+stderr)
	require.FileExists(t, filepath.Join(out, "report.html"))
}
