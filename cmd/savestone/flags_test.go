package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// suites is a project of two spec files with three cases, one of which fails.
func suites(t *testing.T) string {
	t.Helper()
	return write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	it("passes", function() end)
	it("fails, 100% of the time", function() error("line one\nline two") end)
end`,
		"src/b.spec.luau": `return function()
	it("passes too", function() end)
end`,
	})
}

func TestReportersWriteTheirFormats(t *testing.T) {
	folder := suites(t)
	report := filepath.Join(t.TempDir(), "report")
	read := func(name string) string {
		code, _, errs := invoke(t, "test", folder, "--reporter", name+"="+report)
		require.Equal(t, exitFailed, code, errs)
		text, err := os.ReadFile(report)
		require.NoError(t, err)
		return string(text)
	}
	var document struct {
		Schema         string
		Passed, Failed int
		Files          []struct{ Cases []struct{ Path []string } }
	}
	require.NoError(t, json.Unmarshal([]byte(read("json")), &document))
	require.Equal(t, "savestone.report/v1", document.Schema)
	require.Equal(t, 2, document.Passed)
	require.Equal(t, 1, document.Failed)
	require.Len(t, document.Files, 2)
	var junit struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
	}
	require.NoError(t, xml.Unmarshal([]byte(read("junit")), &junit))
	require.Equal(t, 3, junit.Tests)
	require.Equal(t, 1, junit.Failures)
	require.Contains(t, read("tap"), "TAP version 14\n1..3\nok 1 - ")
	require.Contains(t, read("github"), "title=ReplicatedStorage/lib/a.spec › fails%2C 100%25 of the"+
		" time::line one%0Aline two\n")
	require.True(t, strings.HasPrefix(read("dot"), ".×.\n"), read("dot"))
	require.True(t, strings.HasPrefix(read("agent"), "FAIL ReplicatedStorage/lib/a.spec › fails"))
	require.Empty(t, read("silent"))
	code, _, errs := invoke(t, "test", folder, "--reporter", "xml")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, `got the reporter "xml", want one of agent, default`)
}

func TestReporterMakesTheFolderOfItsFile(t *testing.T) {
	report := filepath.Join(t.TempDir(), "reports", "unit", "junit.xml")
	code, _, errs := invoke(t, "test", suites(t), "--reporter", "junit="+report)
	require.Equal(t, exitFailed, code, errs)
	require.FileExists(t, report)
}

func TestVerboseReporterListsEveryCase(t *testing.T) {
	_, out, _ := invoke(t, "test", suites(t), "--reporter", "verbose")
	require.Contains(t, out, "✓ passes too")
	_, out, _ = invoke(t, "test", suites(t), "--reporter", "default")
	require.NotContains(t, out, "✓ passes too")
}

func TestSpecFileIsFoundByItsAbsolutePath(t *testing.T) {
	folder := suites(t)
	t.Chdir(folder)
	code, out, errs := invoke(t, "test", filepath.Join(folder, "src", "b.spec.luau"))
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "1 passed (1)")
}

func TestGitHubGetsAnnotationsAndASummaryByItself(t *testing.T) {
	summary := filepath.Join(t.TempDir(), "summary.md")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	_, out, _ := invoke(t, "test", suites(t))
	require.Contains(t, out, "::error file=")
	text, err := os.ReadFile(summary)
	require.NoError(t, err)
	require.Contains(t, string(text), "2 passed, 1 failed")
}

func TestListShardAndLastFailedChooseCases(t *testing.T) {
	folder := suites(t)
	code, out, _ := invoke(t, "test", folder, "--list")
	require.Equal(t, exitOK, code)
	require.Equal(t, "ReplicatedStorage/lib/a.spec › passes\n"+
		"ReplicatedStorage/lib/a.spec › fails, 100% of the time\n"+
		"ReplicatedStorage/lib/b.spec › passes too\n", out)
	code, out, _ = invoke(t, "test", folder, "--shard", "2/2")
	require.Equal(t, exitOK, code)
	require.Contains(t, out, "1 passed (1)\n  DataStore")
	code, _, errs := invoke(t, "test", folder, "--shard", "3/2")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, `got "3/2", want I/N`)

	code, _, errs = invoke(t, "test", folder, "--last-failed")
	require.Equal(t, exitNothing, code, errs)
	invoke(t, "test", folder)
	code, out, _ = invoke(t, "test", folder, "--last-failed")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "1 failed | 0 passed | 2 skipped (3)")
}

func TestSourcemapStandsForTheProject(t *testing.T) {
	folder := suites(t)
	path := filepath.Join(folder, "sourcemap.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"name": "lib", "className": "Folder", "children": [
		{"name": "b.spec", "className": "ModuleScript", "filePaths": ["src/b.spec.luau"]}]}`), 0o644))
	code, out, errs := invoke(t, "test", "--sourcemap", path)
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "ReplicatedStorage/lib/b.spec (1 test)")
	code, _, errs = invoke(t, "test", "--sourcemap", filepath.Join(folder, "none.json"))
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "read sourcemap")
}

func TestBailLeavesOutWhatComesLater(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	it("one", function() error("1") end)
	it("two", function() error("2") end)
end`,
		"src/b.spec.luau": `return function() it("three", function() error("3") end) end`,
	})
	for _, workers := range []string{"1", "4"} {
		_, out, _ := invoke(t, "test", folder, "--bail", "--workers", workers)
		require.Contains(t, out, "1 failed | 0 passed | 1 skipped (2)")
	}
}

func TestRetriesAndRepeatsUseTheNextSeeds(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	it("is lucky", function() expect(math.random() < 0.5).to.equal(true) end)
end`,
	})
	code, out, _ := invoke(t, "test", folder, "--repeat", "12")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "(12)")
	_, replay, found := strings.Cut(out, `replay: savestone test `+folder+` -t "is lucky" --seed `)
	require.True(t, found, out)
	seed, _, _ := strings.Cut(replay, "\n")
	code, _, _ = invoke(t, "test", folder, "--seed", seed)
	require.Equal(t, exitFailed, code)
	code, out, _ = invoke(t, "test", folder, "--seed", seed, "--retries", "20")
	require.Equal(t, exitOK, code, out)
	require.Contains(t, out, "flaky: passed with seed ")
}

// stream is an output that a test can wait on.
type stream struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen chan struct{} // gets a value, as long as there is room, for each write
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.seen <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// await returns once the text was written so many times.
func (s *stream) await(text string, times int) {
	for strings.Count(s.String(), text) < times {
		<-s.seen
	}
}

func TestWatchRunsAgainWhatAChangeConcerns(t *testing.T) {
	folder := suites(t)
	t.Chdir(root)
	ctx, cancel := context.WithCancel(t.Context())
	out, ended := &stream{seen: make(chan struct{}, 1)}, make(chan int)
	go func() { ended <- run(ctx, []string{"test", folder, "-w"}, out, out) }()
	out.await("WATCH  waiting", 1)
	require.Contains(t, out.String(), "1 failed | 2 passed (3)")
	path := filepath.Join(folder, "src", "b.spec.luau")
	require.NoError(t, os.WriteFile(path,
		[]byte(`return function() it("is new", function() end) end`), 0o644))
	out.await("WATCH  waiting", 2)
	require.Contains(t, out.String(), "Tests  1 passed (1)")
	fresh := filepath.Join(folder, "src", "deep", "er")
	require.NoError(t, os.MkdirAll(fresh, 0o755))
	out.await("WATCH  waiting", 3)
	require.NoError(t, os.WriteFile(filepath.Join(fresh, "c.spec.luau"),
		[]byte(`return function() it("is newer", function() end) end`), 0o644))
	out.await("WATCH  waiting", 4)
	require.Contains(t, out.String(), "Test Files  1 failed | 2 passed (3)")
	cancel()
	require.Equal(t, exitOK, <-ended)
}

func TestNumbersThatMakeNoSenseAreRefused(t *testing.T) {
	folder := suites(t)
	for _, flags := range []string{
		"--workers 0", "--workers -3", "--repeat 0", "--retries -1", "--bail=-1", "--timeout -1s",
		"--deadline 0s", "--project nowhere",
	} {
		args := append([]string{"test"}, strings.Fields(flags)...)
		if !strings.HasPrefix(flags, "--project") {
			args = append(args, folder)
		}
		code, _, errs := invoke(t, args...)
		require.Equal(t, exitUsage, code, flags+errs)
		require.Contains(t, errs, strings.Fields(flags)[0][:5])
	}
	for _, flags := range []string{"--players -1", "--players 100000", "--for -1s", "--deadline 0s"} {
		code, _, errs := script(t, "print(1)", strings.Fields(flags)...)
		require.Equal(t, exitUsage, code, flags)
		require.Contains(t, errs, strings.Fields(flags)[0])
	}
}

func TestNamesOfCasesMayBeTakenFromTheReport(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	describe("signal", function() it("maid", function() end) end)
end`,
	})
	for _, name := range []string{"signal maid", "signal › maid"} {
		_, out, _ := invoke(t, "test", folder, "-t", name)
		require.Contains(t, out, "1 passed (1)\n  DataStore")
	}
}
