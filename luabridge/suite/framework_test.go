package suite_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

// place makes a project that is a place of the given files.
func place(t *testing.T, files map[string]string) *luabridge.Place {
	t.Helper()
	files["default.project.json"] = `{"name": "place", "tree": {"$className": "DataModel",
		"ReplicatedStorage": {"$path": "shared"},
		"ServerScriptService": {"$path": "server"},
		"TestService": {"$path": "tests"}}}`
	for _, folder := range []string{"shared", "server", "tests"} {
		files[folder+"/empty.txt"] = ""
	}
	folder := writeFiles(t, files)
	place, err := luabridge.Open(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	return place
}

func runPlace(t *testing.T, o suite.Options, files map[string]string) *suite.Report {
	t.Helper()
	o.Clock = emulator.Wall{}
	report, err := suite.Run(t.Context(), place(t, files), o)
	require.NoError(t, err)
	return report
}

// told lists the cases of all files as "file path: status message".
func told(report *suite.Report) []string {
	var all []string
	for _, f := range report.Files {
		if f.Problem != nil {
			all = append(all, f.Name+": "+f.Problem.Message)
		}
		for _, c := range f.Cases {
			line := f.Name + " " + strings.Join(c.Path, "/") + ": " + string(c.Status)
			if c.Problem != nil {
				line += " " + c.Problem.Message
			}
			all = append(all, line)
		}
	}
	return all
}

const empty = "return nil"

func TestFrameworkIsTheProjectsOwn(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  []suite.Framework
	}{
		{nil, nil},
		{[]string{"shared/a.luau", "shared/client.client.luau"}, nil},
		{[]string{"server/main.server.luau"}, []suite.Framework{suite.Script}},
		{[]string{"server/main.server.luau", "shared/a.spec.luau"}, []suite.Framework{suite.Own}},
		{[]string{"shared/Packages/TestEZ.luau"}, nil},
		{[]string{"shared/Packages/TestEZ.luau", "shared/a.spec.luau"},
			[]suite.Framework{suite.TestEZ}},
		{[]string{"shared/node_modules/@rbxts/testez/src/init.luau", "shared/a.spec.luau"},
			[]suite.Framework{suite.TestEZ}},
		{[]string{"shared/Packages/_Index/x/TestEZ.luau", "shared/a.spec.luau"},
			[]suite.Framework{suite.Own}},
		{[]string{"shared/Packages/b.spec.luau", "shared/node_modules/c.spec.luau"}, nil},
		{[]string{"shared/Jest.luau", "shared/a.spec.luau"}, []suite.Framework{suite.Own}},
		{[]string{"shared/Jest.luau", "shared/x/jest.config.luau", "shared/x/a.spec.luau"},
			[]suite.Framework{suite.Jest}},
		{[]string{"shared/Jest.luau", "shared/x/jest.config.luau", "shared/x/a.spec.luau",
			"shared/TestEZ.luau", "shared/b.spec.luau", "shared/Midori.luau", "tests/c.test.luau"},
			[]suite.Framework{suite.Jest, suite.TestEZ, suite.Midori}},
		{[]string{"shared/Midori.luau", "tests/c.test.luau", "tests/d.spec.luau"},
			[]suite.Framework{suite.Midori, suite.Own}},
		{[]string{"tests/c.test.luau"}, nil},
	} {
		files := map[string]string{}
		for _, file := range c.files {
			files[file] = empty
		}
		got, err := suite.Detect(place(t, files), suite.Options{})
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%v", c.files)
	}
}

func TestFrameworkCanBeChosen(t *testing.T) {
	files := map[string]string{
		"shared/TestEZ.luau": empty, "shared/a.spec.luau": empty, "server/b.server.luau": empty,
	}
	for _, framework := range []suite.Framework{suite.Own, suite.TestEZ, suite.Script} {
		got, err := suite.Detect(place(t, files), suite.Options{Framework: framework})
		require.NoError(t, err)
		require.Equal(t, []suite.Framework{framework}, got)
	}
	_, err := suite.Detect(place(t, files), suite.Options{Framework: suite.Midori})
	require.EqualError(t, err,
		"the framework is midori, but the place has no ModuleScript named Midori")
	files["shared/Jest.luau"] = empty
	_, err = suite.Detect(place(t, files), suite.Options{Framework: suite.Jest})
	require.ErrorContains(t, err, "no jest.config")
}

func TestCompanionRootsSayWhereCasesAre(t *testing.T) {
	files := map[string]string{
		"testez-companion.toml":       `roots = ["game/ReplicatedStorage/Mine", "ServerScriptService"]`,
		"shared/Mine/a.spec.luau":     empty,
		"shared/Mineral/b.spec.luau":  empty,
		"server/Packages/c.spec.luau": empty,
	}
	titles, report, err := suite.Titles(t.Context(), place(t, files), suite.Options{})
	require.NoError(t, err)
	require.Empty(t, titles)
	require.Len(t, report.Files, 2) // none of them returns a function
	require.Equal(t, "ReplicatedStorage/Mine/a.spec", report.Files[0].Name)
	require.Equal(t, "ServerScriptService/Packages/c.spec", report.Files[1].Name)
	files["testez-companion.toml"] = "roots = 3"
	_, err = suite.Detect(place(t, files), suite.Options{})
	require.ErrorContains(t, err, "testez-companion.toml")
}

func TestScriptsPassUnlessAnErrorIsNotCaught(t *testing.T) {
	report := runPlace(t, suite.Options{}, map[string]string{
		"shared/Bad.luau":      "local Bad = {}\nfunction Bad.fail() error('deep') end\nreturn Bad",
		"server/a.server.luau": "task.wait(60) print('done')",
		"server/b.server.luau": "task.wait(1)\nerror('boom')",
		"server/c.server.luau": "require(game.ReplicatedStorage.Bad).fail()",
		"tests/d.server.luau":  "game:GetService('TestService'):Error('d says so', script, 1)",
		"tests/e.server.luau":  "local x = = 1",
		"tests/f.client.luau":  "error('a client script does not run')",
	})
	require.Equal(t, []string{
		"ServerScriptService/a runs without an error: passed",
		"ServerScriptService/b runs without an error: failed boom",
		"ServerScriptService/c runs without an error: failed deep",
		"TestService/d runs without an error: failed TestService.d:1: d says so",
		"TestService/e runs without an error: failed " +
			"Expected identifier when parsing expression, got '='",
	}, told(report))
	b, c := report.Files[1].Cases[0], report.Files[2].Cases[0]
	require.Equal(t, 2, b.Problem.Line)
	require.Contains(t, b.Output, "done")
	require.True(t, strings.HasSuffix(c.Problem.Path, "Bad.luau"), c.Problem.Path)
	require.Equal(t, 60*time.Second, report.Files[0].Virtual.Truncate(time.Second))
}

func TestExitAsyncIsTheVerdictOfScripts(t *testing.T) {
	files := map[string]string{
		"tests/a.server.luau": "task.wait(5) print('not reached')",
		"tests/b.server.luau": "task.wait(1)\ngame:GetService('ProcessService'):ExitAsync(3)",
		"tests/c.server.luau": "game:BindToClose(function() print('not closed') end)",
	}
	report := runPlace(t, suite.Options{}, files)
	require.Equal(t, []string{
		"TestService/a runs without an error: passed",
		"TestService/b runs without an error: failed " +
			"the script called ProcessService:ExitAsync(3)",
		"TestService/c runs without an error: passed",
	}, told(report))
	require.Empty(t, report.Files[0].Output)

	files["tests/b.server.luau"] = "game:GetService('ProcessService'):ExitAsync(0)"
	report = runPlace(t, suite.Options{}, files)
	require.True(t, report.OK())
	require.Equal(t, 1, report.Count(suite.Skipped), "what had not begun when the run ended")
}

func TestScriptsRunAsAServerThatShutsDown(t *testing.T) {
	report := runPlace(t, suite.Options{}, map[string]string{
		"server/a.server.luau": `
			game:BindToClose(function()
				task.wait(1)
				game:GetService("DataStoreService"):GetDataStore("S"):SetAsync("k", 1)
				error("too late")
			end)
			while task.wait(600) do end`,
	})
	require.Equal(t, []string{"ServerScriptService/a runs without an error: failed too late"},
		told(report))
	require.Equal(t, 1, report.Files[0].Calls.Requests)
	require.Equal(t, suite.TimeoutDefault+time.Second, report.Files[0].Virtual)
}

// midori are modules with Midori's interface between them, which is what the bootstrap relies on.
var midori = map[string]string{
	"shared/Midori/init.luau": `local report = require(script.reportResults)
		return { runTests = function(root)
			local tests = {}
			for _, module in root:GetDescendants() do
				if not module.Name:match("%.test$") then continue end
				local cases = {}
				require(module)({ test = function(name, body)
					local ok, message = pcall(body)
					table.insert(cases, { name = name, skipped = name == "skip", success = ok,
						message = not ok and message .. "\nReplicatedStorage.Midori:9\nsavestone.midori:9" or nil })
				end })
				table.insert(tests, { name = module.Name:gsub("%.test$", ""), tests = cases, children = {} })
			end
			report({ node = { name = root.Name, tests = {}, children = tests } })
		end }`,
	"shared/Midori/reportResults.luau": `error("the report was not taken")`,
}

func TestMidoriIsRunAsItIsAndItsResultsTaken(t *testing.T) {
	files := map[string]string{
		"tests/a.test.luau": `return function(x)
			x.test("passes", function() task.wait(1) end)
			x.test("fails", function() error("boom") end)
			x.test("skip", function() end)
		end`,
		"server/b.test.luau": `return function(x) x.test("b", function() end) end`,
	}
	for name, text := range midori {
		files[name] = text
	}
	report := runPlace(t, suite.Options{}, files)
	require.Equal(t, []string{
		"ServerScriptService/b.test b: passed", "TestService/a.test passes: passed",
		"TestService/a.test fails: failed boom", "TestService/a.test skip: skipped",
	}, told(report))
	fails := report.Files[1].Cases[1].Problem
	require.Equal(t, 3, fails.Line)
	require.Contains(t, fails.Trace, "ReplicatedStorage.Midori:9 (")
	require.Len(t, runPlace(t, suite.Options{Files: []string{"b.test"}}, files).Files, 1)
	report = runPlace(t, suite.Options{Name: "pass"}, files)
	require.Equal(t, 1, report.Count(suite.Passed))
	require.Equal(t, 3, report.Count(suite.Skipped))
	report = runPlace(t, suite.Options{Only: func(title string) bool {
		return title == "TestService/a.test › fails"
	}}, files)
	require.Equal(t, 1, report.Count(suite.Failed))
	require.Zero(t, report.Count(suite.Passed))
}

func TestFrameworkThatCannotRunIsAProblem(t *testing.T) {
	report := runPlace(t, suite.Options{}, map[string]string{
		"shared/TestEZ.luau": "error('not this one')", "shared/a.spec.luau": empty,
	})
	require.Equal(t, []string{"TestEZ: Requested module experienced an error while loading"},
		told(report))
	require.Contains(t, strings.Join(report.Files[0].Output, "\n"), "not this one")
	report = runPlace(t, suite.Options{Timeout: time.Minute}, map[string]string{
		"shared/TestEZ.luau": "while true do task.wait(1) end", "shared/a.spec.luau": empty,
	})
	require.Equal(t, []string{"TestEZ: it did not end within 1m 0s of virtual time"}, told(report))
}
