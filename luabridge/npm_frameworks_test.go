package luabridge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

// jestProject is the suite of testdata/npm/jest with Jest and all that it needs.
func jestProject(t *testing.T) string {
	modules := filepath.Join(
		npmInstall(t, "@rbxts-js/jest@3.13.3-ts.3", "@rbxts-js/jest-globals@3.13.3-ts.3"),
		"node_modules")
	folder := npmProject(t, "jest")
	require.NoError(t, os.CopyFS(filepath.Join(folder, "node_modules"), os.DirFS(modules)))
	return folder
}

func runSuite(t *testing.T, folder string, o suite.Options) *suite.Report {
	t.Helper()
	place, err := luabridge.Open(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	o.Seed, o.Clock = 1, emulator.Wall{}
	report, err := suite.Run(t.Context(), place, o)
	require.NoError(t, err)
	return report
}

// verdicts lists the cases of a report that did not pass, a line each, and counts the others.
func verdicts(report *suite.Report) string {
	var b strings.Builder
	for _, file := range report.Files {
		fmt.Fprintf(&b, "%s: %d passed\n", filepath.Base(file.Name), file.Count(suite.Passed))
		if file.Problem != nil {
			fmt.Fprintf(&b, "\t%d: %s\n", file.Problem.Line, firstLine(file.Problem))
		}
		for _, c := range file.Cases {
			switch name := strings.Join(c.Path, " › "); c.Status {
			case suite.Failed:
				fmt.Fprintf(&b, "\t%d: %s: %s\n", c.Problem.Line, name, firstLine(c.Problem))
			case suite.Skipped:
				fmt.Fprintf(&b, "\tskipped: %s\n", name)
			}
		}
	}
	return b.String()
}

func firstLine(p *suite.Problem) string {
	line, _, _ := strings.Cut(p.Message, "\n")
	return line
}

// jestVerdicts are what Jest is to say of the suite.
const jestVerdicts = `broken.spec: 0 passed
	3: ● Test suite failed to run
mocks.spec: 5 passed
	62: mocks › fail when they were not called: Error: expect(jest.fn()).toHaveBeenCalled()
snapshots.spec: 2 passed
	10: differs: Error: expect(received).toMatchSnapshot()
time.spec: 7 passed
	0: async › fails when a promise is rejected: Error: out of stock
	0: async › times out: Error: Exceeded timeout of 5000 ms for a test.
words.spec: 7 passed
	25: prices › fails where it should: Error: expect(received).toBe(expected) -- Object.is equality
	skipped: prices › is skipped
	skipped: prices › is to do
	53: length of abc: Error: expect(received).toBe(expected) -- Object.is equality
`

func TestNpmJestRunsASuite(t *testing.T) {
	folder := jestProject(t)
	report := runSuite(t, folder, suite.Options{})
	require.Equal(t, jestVerdicts, verdicts(report))
	require.Equal(t, report.Hash, runSuite(t, folder, suite.Options{}).Hash)
	differs := report.Files[2].Cases[1]
	require.Equal(t, "differs", differs.Path[0])
	require.Contains(t, differs.Problem.Message, `+   "coins": 6,`)
	require.Contains(t, differs.Problem.Trace, "snapshots.spec.luau:10)")
	var requests []int
	for _, file := range report.Files {
		requests = append(requests, file.Calls.Requests)
	}
	require.Equal(t, []int{0, 2, 0, 0, 0}, requests) // one case stores a receipt and reads it
}

const jestSnapshots = "src/__tests__/__snapshots__/snapshots.spec.snap.lua"

func TestNpmJestStoresSnapshotsOnlyWhenTold(t *testing.T) {
	folder := jestProject(t)
	snapshots := func() string {
		text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(jestSnapshots)))
		require.NoError(t, err)
		return string(text)
	}
	before := snapshots()
	o := suite.Options{Files: []string{"snapshots.spec"}}
	report := runSuite(t, folder, o)
	require.Len(t, report.Files, 1)
	require.Equal(t, []string{jestSnapshots}, report.Files[0].Unstored)
	require.Equal(t, before, snapshots())

	o.CI = true
	report = runSuite(t, folder, o)
	require.Equal(t, 1, report.Count(suite.Passed), "in CI a new snapshot is a failure")
	require.Empty(t, report.Files[0].Unstored)

	o.CI, o.UpdateSnapshots = false, true
	report = runSuite(t, folder, o)
	require.Equal(t, 3, report.Count(suite.Passed))
	require.Empty(t, report.Files[0].Unstored)
	require.Contains(t, snapshots(), `"coins": 6`)
	require.Contains(t, snapshots(), "is new 1")
	o.UpdateSnapshots = false
	require.True(t, runSuite(t, folder, o).OK())
}

func TestNpmJestRunsChosenCases(t *testing.T) {
	report := runSuite(t, jestProject(t), suite.Options{
		Files: []string{"words", "time"}, Name: "twice 2 is",
	})
	require.Len(t, report.Files, 2)
	require.Equal(t, 1, report.Count(suite.Passed))
	require.Zero(t, report.Count(suite.Failed))
}

// testezVerdicts are what TestEZ is to say of the suite; our own runner says it in other words.
const testezVerdicts = `deposit.spec: 4 passed
	19: refusals › is wrong: %s
	skipped: refusals › is skipped
	27: broken: %sthe block is broken
other.spec: 1 passed
	5: other › fails by hand: not yet
`

func TestNpmTestEZRunsASuiteAsOurRunnerDoes(t *testing.T) {
	folder := npmProject(t, "testez", "@rbxts/testez@0.0.1")
	report := runSuite(t, folder, suite.Options{})
	require.Equal(t, fmt.Sprintf(testezVerdicts,
		`Expected value "2" (number), got "1" (number) instead`,
		"Error during planning: ServerScriptService.Game.Bank.deposit.spec:27: "), verdicts(report))
	require.Equal(t, report.Hash, runSuite(t, folder, suite.Options{}).Hash)
	require.Equal(t, 9, report.Files[0].Calls.Requests)

	own := runSuite(t, folder, suite.Options{Framework: suite.Own})
	require.Equal(t, fmt.Sprintf(testezVerdicts, "expected 2, got 1", ""), verdicts(own))

	report = runSuite(t, folder, suite.Options{Files: []string{"other"}, Name: "other passes"})
	require.Equal(t, "other.spec: 1 passed\n\tskipped: other › fails by hand\n", verdicts(report))
}

const midoriVerdicts = `deposit.test: 2 passed
	23: refusals › is wrong: expected left == right
	skipped: refusals › is skipped
other.test: 1 passed
`

func TestNpmMidoriRunsASuite(t *testing.T) {
	folder := npmProject(t, "midori", "@rbxts/midori@0.1.4")
	report := runSuite(t, folder, suite.Options{})
	require.Equal(t, midoriVerdicts, verdicts(report))
	require.Equal(t, report.Hash, runSuite(t, folder, suite.Options{}).Hash)
	deposit, other := report.Files[0], report.Files[1]
	require.Equal(t, "expected left == right\n  left: 1\n  right: 2", deposit.Cases[2].Problem.Message)
	require.Equal(t, []string{"Starting 4 tests (1 skipped)", "added"}, deposit.Output[:2])
	require.Equal(t, 2, deposit.Calls.Requests) // the rest is in the cache
	require.Equal(t, []string{"in the background"}, other.Output)
	require.Equal(t, 1, other.Calls.Requests)

	report = runSuite(t, folder, suite.Options{Files: []string{"other"}})
	require.Equal(t, "other.test: 1 passed\n", verdicts(report))
}
