package suite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/suite"
)

func TestHooksOfOneBlockAreTornDownInReverse(t *testing.T) {
	file := one(t, `
	local log = {}
	local function note(word) return function() table.insert(log, word) end end
	beforeEach(note("b1")) beforeEach(note("b2"))
	afterEach(note("a1")) afterEach(note("a2"))
	describe("inner", function()
		beforeEach(note("b3")) afterEach(note("a3")) afterEach(note("a4"))
		it("runs", note("it"))
	end)
	afterAll(function() print(table.concat(log, " ")) end)`)
	require.Equal(t, []string{"b1 b2 b3 it a4 a3 a2 a1"}, file.Output)
}

func TestInnermostMarkDecidesWhenAnythingIsFocused(t *testing.T) {
	file := one(t, `
	describeSKIP("skipped", function()
		itFOCUS("focused", function() end)
		it("plain", function() error("ran") end)
	end)
	describeFOCUS("focused", function()
		it("plain", function() end)
		describeSKIP("skipped", function() it("inside", function() error("ran") end) end)
		describe("nested", function() it("inside", function() end) end)
	end)
	it("outside", function() error("ran") end)`)
	require.Equal(t, []string{"skipped/focused: passed", "skipped/plain: skipped",
		"focused/plain: passed", "focused/skipped/inside: skipped", "focused/nested/inside: passed",
		"outside: skipped"}, outcomes(file))
}

func TestFocusHoldsForAllFiles(t *testing.T) {
	files := map[string]string{
		"src/a.spec.luau": `return function() it("plain", function() error("ran") end) end`,
		"src/b.spec.luau": `return function() fit("focused", function() end) end`,
		"src/c.spec.luau": `return function() it("says FOCUS", function() error("ran") end) end`,
	}
	report := run(t, suite.Options{}, files)
	require.Equal(t, 1, report.Count(suite.Passed))
	require.Equal(t, 2, report.Count(suite.Skipped))
	report = run(t, suite.Options{Files: []string{"a.spec"}}, files)
	require.Equal(t, 1, report.Count(suite.Failed), "focus in a file that does not run")
	titles, _, err := suite.Titles(t.Context(), open(t, files), suite.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"ReplicatedStorage/lib/b.spec › focused"}, titles)
}

func TestInitSpecHooksAndMarksHoldForItsFolder(t *testing.T) {
	files := map[string]string{
		"src/init.spec.luau": `return function()
			beforeAll(function(context) context.log = {"outer"} end)
			afterEach(function(context) print(table.concat(context.log, " ")) end)
			expect.extend({ five = function(v) return { pass = v == 5, message = "not 5" } end })
		end`,
		"src/a.spec.luau": `return function() it("a", function() expect(5).to.be.five() end) end`,
		"src/deep/init.spec.luau": `return function()
			beforeEach(function(context) table.insert(context.log, "deep") end)
			it("own", function() end)
		end`,
		"src/deep/b.spec.luau":    `return function() describe("d", function() it("b", function() end) end) end`,
		"src/skip/init.spec.luau": `return function() SKIP() end`,
		"src/skip/c.spec.luau":    `return function() it("c", function() error("ran") end) end`,
	}
	report := run(t, suite.Options{}, files)
	got := map[string][]string{}
	output := map[string][]string{}
	for _, file := range report.Files {
		require.Nil(t, file.Problem)
		got[file.Name] = outcomes(file)
		for _, c := range file.Cases {
			output[file.Name] = append(output[file.Name], c.Output...)
		}
	}
	lib := "ReplicatedStorage/lib/"
	require.Equal(t, map[string][]string{
		lib + "a.spec": {"a: passed"}, lib + "deep/b.spec": {"d/b: passed"},
		lib + "deep/init.spec": {"own: passed"}, lib + "skip/c.spec": {"c: skipped"},
	}, got)
	require.Equal(t, []string{"outer"}, output[lib+"a.spec"])
	require.Equal(t, []string{"outer deep"}, output[lib+"deep/b.spec"])
	require.Equal(t, []string{"outer deep"}, output[lib+"deep/init.spec"])
}

func TestBrokenInitSpecIsAProblemOfEachFileInItsFolder(t *testing.T) {
	report := run(t, suite.Options{}, map[string]string{
		"src/init.spec.luau": "return function()\n\terror('no')\nend",
		"src/a.spec.luau":    `return function() it("a", function() end) end`,
	})
	require.Len(t, report.Files, 2)
	for _, file := range report.Files {
		require.Equal(t, "no", file.Problem.Message)
		require.Equal(t, 2, file.Problem.Line)
		require.Contains(t, file.Problem.Path, "init.spec.luau")
	}
}

func TestBrokenBlockFailsAndOthersRun(t *testing.T) {
	file := one(t, `
	describe("broken", function()
		it("declared before", function() end)
		describe("inner", function()
			error("boom")
		end)
		it("declared after", function() end)
	end)
	it("elsewhere", function() end)`)
	require.Nil(t, file.Problem)
	require.Equal(t, []string{"broken/declared before: passed", "broken/inner: failed",
		"broken/declared after: passed", "elsewhere: passed"}, outcomes(file))
	require.Equal(t, "boom", file.Cases[1].Problem.Message)
	require.Equal(t, 6, file.Cases[1].Problem.Line)
}

func TestFailMarksTheCaseThatGoesOn(t *testing.T) {
	file := one(t, `
	it("fails", function()
		fail("first")
		fail("second")
		print("goes on")
	end)
	it("fails by itself", function() fail() end)
	it("throws as well", function() fail("by hand") error("thrown") end)
	it("passes", function() end)`)
	require.Equal(t, []string{"fails: failed", "fails by itself: failed",
		"throws as well: failed", "passes: passed"}, outcomes(file))
	first := file.Cases[0]
	require.Equal(t, "first", first.Problem.Message)
	require.Equal(t, 4, first.Problem.Line)
	require.Equal(t, []string{"goes on"}, first.Output)
	require.Equal(t, "fail() was called", file.Cases[1].Problem.Message)
	require.Equal(t, "thrown", file.Cases[2].Problem.Message)
}

func TestMatchersMayBeCalledAsMethods(t *testing.T) {
	file := one(t, `
	expect.extend({ odd = function(v, by) return { pass = v % by == 1, message = "even" } end })
	it("compares", function()
		expect(1):equal(1)
		expect(5).to.be:near(5)
		expect("x").to:be("x")
	end)
	it("extends", function() expect(3).to.be:odd(2) end)
	it("negates", function() expect(1).never.to:equal(1) end)`)
	require.Contains(t, file.Cases[0].Problem.Message, "attempt to call a Expectation value")
	require.Equal(t, "extends: passed", outcomes(file)[1])
	require.Equal(t, "expected anything but 1", file.Cases[2].Problem.Message)
}

func TestFixmeSkipsWithAWarning(t *testing.T) {
	file := one(t, `
	itFIXME("one", function() error("ran") end)
	describe("block", function() FIXME("since May") it("two", function() end) end)`)
	require.Equal(t, []string{"one: skipped", "block/two: skipped"}, outcomes(file))
	require.Equal(t, []string{"[warn] FIXME: broken test one",
		"[warn] FIXME: broken test block since May"}, file.Output)
}
