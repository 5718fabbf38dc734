package suite_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
	"savestone/luabridge/vm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// writeFiles writes files to a new folder.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return folder
}

// open makes a library project of the given spec files.
func open(t *testing.T, files map[string]string) *luabridge.Place {
	t.Helper()
	files["default.project.json"] = `{"name": "lib", "tree": {"$path": "src"}}`
	folder := writeFiles(t, files)
	place, err := luabridge.Open(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	return place
}

func run(t *testing.T, o suite.Options, files map[string]string) *suite.Report {
	t.Helper()
	o.Clock = emulator.Wall{}
	report, err := suite.Run(t.Context(), open(t, files), o)
	require.NoError(t, err)
	return report
}

// one runs a single spec with the given body and returns its outcome.
func one(t *testing.T, body string) *suite.File {
	t.Helper()
	report := run(t, suite.Options{}, map[string]string{
		"src/a.spec.luau": "return function()\n" + body + "\nend",
	})
	require.Len(t, report.Files, 1)
	return report.Files[0]
}

// outcomes lists the cases as "path: status".
func outcomes(f *suite.File) []string {
	var all []string
	for _, c := range f.Cases {
		all = append(all, strings.Join(c.Path, "/")+": "+string(c.Status))
	}
	return all
}

func TestHooksRunAroundCasesFromTheOutsideIn(t *testing.T) {
	file := one(t, `
	local log = {}
	local function note(word) return function() table.insert(log, word) end end
	beforeAll(note("A")) afterAll(function() print(table.concat(log, " ")) end)
	beforeEach(note("b")) afterEach(note("y"))
	describe("outer", function()
		beforeAll(note("C")) afterAll(note("X"))
		beforeEach(note("d")) afterEach(note("w"))
		it("first", note("1"))
		describe("inner", function()
			beforeEach(note("e"))
			it("second", note("2"))
		end)
	end)
	it("third", note("3"))`)
	require.True(t, file.OK(), "%+v", file.Problem)
	require.Equal(t, []string{"A C b d 1 w y b d e 2 w y X b 3 y"}, file.Output)
}

func TestFocusAndSkipChooseCases(t *testing.T) {
	file := one(t, `
	it("plain", function() end)
	itSKIP("skipped", function() error("ran") end)
	xit("skipped too", function() error("ran") end)
	describeSKIP("block", function() it("inside", function() error("ran") end) end)
	describe("marked", function() SKIP() it("inside", function() error("ran") end) end)`)
	require.Equal(t, []string{"plain: passed", "skipped: skipped", "skipped too: skipped",
		"block/inside: skipped", "marked/inside: skipped"}, outcomes(file))
	file = one(t, `
	it("plain", function() error("ran") end)
	itFOCUS("focused", function() end)
	fdescribe("block", function()
		it("inside", function() end)
		itSKIP("skipped", function() error("ran") end)
	end)`)
	require.Equal(t, []string{"plain: skipped", "focused: passed", "block/inside: passed",
		"block/skipped: skipped"}, outcomes(file))
}

func TestFailureTellsMessageFileAndLine(t *testing.T) {
	file := one(t, `
	local function check(n) expect(n).to.equal(2) end
	it("directly", function()
		error("boom")
	end)
	it("deeper", function()
		check(3)
	end)
	it("in a table", function() error({ code = 5 }) end)`)
	require.Equal(t, []string{"directly: failed", "deeper: failed", "in a table: failed"},
		outcomes(file))
	direct, deeper := file.Cases[0].Problem, file.Cases[1].Problem
	require.Equal(t, "boom", direct.Message)
	require.Equal(t, 5, direct.Line)
	require.True(t, strings.HasSuffix(direct.Path, "a.spec.luau"), direct.Path)
	require.Equal(t, "expected 2, got 3", deeper.Message)
	require.Equal(t, 3, deeper.Line)
	require.Contains(t, deeper.Trace, "a.spec:8")
	require.Equal(t, "table", file.Cases[2].Problem.Message)
}

func TestFailingHookFailsTheCasesItGuards(t *testing.T) {
	file := one(t, `
	describe("a", function()
		beforeAll(function() error("no base") end)
		it("one", function() end)
		describe("inner", function() it("two", function() end) end)
	end)
	describe("b", function()
		afterEach(function() error("no end") end)
		it("three", function() end)
	end)
	describe("c", function()
		afterAll(function() error("too late") end)
		it("four", function() end)
	end)`)
	require.Equal(t, []string{"a/one: failed", "a/inner/two: failed", "b/three: failed",
		"c/four: passed"}, outcomes(file))
	require.Equal(t, "no base", file.Cases[1].Problem.Message)
	require.Equal(t, "afterAll: too late", file.Problem.Message)
}

func TestWaitingCostsNoTimeButForeverFails(t *testing.T) {
	file := one(t, `
	it("waits out a lock", function() task.wait(1800) end)
	it("hangs", function() coroutine.yield() end)
	it("polls", function() while true do task.wait(60) end end)
	it("is fine", function() end)`)
	require.Equal(t, []string{"waits out a lock: passed", "hangs: failed", "polls: failed",
		"is fine: passed"}, outcomes(file))
	require.GreaterOrEqual(t, file.Cases[0].Virtual, 30*time.Minute)
	require.Contains(t, file.Cases[1].Problem.Message, "waits for something that never comes")
	require.Equal(t, 4, file.Cases[1].Problem.Line)
	require.Contains(t, file.Cases[2].Problem.Message, "did not end within 2h 0m of virtual time")
}

func TestDeclaringInsideACaseIsRefused(t *testing.T) {
	file := one(t, `it("declares", function() it("late", function() end) end)`)
	require.Contains(t, file.Cases[0].Problem.Message, "it was called while a case runs: want it inside")
}

func TestSpecThatReturnsNoFunctionIsAProblem(t *testing.T) {
	report := run(t, suite.Options{}, map[string]string{
		"src/a.spec.luau": "return {}", "src/b.spec.luau": "return function( end",
		"src/c.spec.luau": "error('top')", "src/d.spec.luau": "return function() it('x', function() end) end",
	})
	require.Contains(t, report.Files[0].Problem.Message, "must return a function")
	require.Equal(t, 1, report.Files[1].Problem.Line)
	require.Equal(t, 18, report.Files[1].Problem.Col)
	require.Equal(t, "top", report.Files[2].Problem.Message)
	require.True(t, report.Files[3].OK())
	require.False(t, report.OK())
}

func TestFiltersChooseFilesAndCases(t *testing.T) {
	files := map[string]string{
		"src/a.spec.luau": `return function() it("red", function() end) it("blue", function() end) end`,
		"src/b.spec.luau": `return function() it("red", function() end) end`,
	}
	report := run(t, suite.Options{Files: []string{"b.spec"}, Name: "red"}, files)
	require.Len(t, report.Files, 1)
	require.Equal(t, []string{"red: passed"}, outcomes(report.Files[0]))
	report = run(t, suite.Options{Name: "blue"}, files)
	require.Equal(t, 1, report.Count(suite.Passed))
	require.Equal(t, 2, report.Count(suite.Skipped))
}

func TestResultsDoNotDependOnWorkers(t *testing.T) {
	files := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		files["src/"+name+".spec.luau"] = `return function()
			it("works", function()
				print(math.random(), game:GetService("HttpService"):GenerateGUID())
				task.wait(math.random())
			end)
		end`
	}
	alone := run(t, suite.Options{Seed: 5, Workers: 1}, files)
	require.Equal(t, 7, alone.Count(suite.Passed))
	require.NotEqual(t, alone.Files[0].Cases[0].Output, alone.Files[1].Cases[0].Output)
	require.Equal(t, alone.Hash, run(t, suite.Options{Seed: 5, Workers: 4}, files).Hash)
	require.NotEqual(t, alone.Hash, run(t, suite.Options{Seed: 6, Workers: 4}, files).Hash)
}

func TestLimitStopsAnEndlessCase(t *testing.T) {
	limit := &vm.Limit{}
	limit.Stop("stopped: deadline")
	report := run(t, suite.Options{Limit: limit}, map[string]string{
		"src/a.spec.luau": `return function() it("spins", function() while true do end end) end`,
	})
	require.False(t, report.OK())
}

func TestFaultsBelongToOneFile(t *testing.T) {
	report := run(t, suite.Options{Workers: 1}, map[string]string{
		"src/a.spec.luau": `return function()
			it("loses the reply", function()
				local store = game:GetService("DataStoreService"):GetDataStore("S")
				local fault = emulator.fault({ kind = "replyLost", op = "put", limit = 1 })
				local ok, message = pcall(store.SetAsync, store, "k", 5)
				expect(ok).to.equal(false)
				expect(string.sub(message, 1, 5)).to.equal("504: ")
				expect(emulator.peek("S", "k").value).to.equal(5)
				store:SetAsync("k", 6)
				fault:clear()
			end)
			it("loses requests until told otherwise", function()
				local store = game:GetService("DataStoreService"):GetDataStore("S")
				emulator.fault({ kind = "requestLost" })
				expect(pcall(store.SetAsync, store, "k", 7)).to.equal(false)
				expect(emulator.peek("S", "k").value).to.equal(6)
				emulator.clearFaults()
				store:SetAsync("k", 7)
				expect(emulator.calls()).to.equal(4)
			end)
			it("takes its time", function()
				local store = game:GetService("DataStoreService"):GetDataStore("S")
				emulator.fault({ kind = "latency", seconds = 9, op = "get" })
				local began = os.clock()
				store:GetAsync("other")
				expect(os.clock() - began).to.be.near(9, 0.001)
				emulator.clearFaults()
			end)
			it("knows all kinds and presets", function()
				local store = game:GetService("DataStoreService"):GetDataStore("S")
				emulator.fault({ kind = "lateCommit", ops = { "put" }, delay = "2s", limit = 1 })
				expect(pcall(store.SetAsync, store, "late", 1)).to.equal(false)
				expect(emulator.peek("S", "late")).to.equal(nil)
				emulator.advance(2.1)
				expect(emulator.peek("S", "late").value).to.equal(1)
				emulator.fault({ "2019-nil-reads", { kind = "outage", schedule = { "1m..2m" } } })
				emulator.advance(60)
				expect(pcall(store.SetAsync, store, "late", 2)).to.equal(false)
				emulator.clearFaults()
				store:SetAsync("late", 3)
			end)
			it("refuses what it does not know", function()
				expect(function() emulator.fault({ kind = "gremlin" }) end).to.throw(
					'got the kind "gremlin", want one of heal, ')
				expect(function() emulator.fault({ kind = "latency" }) end).to.throw("delay: got 0")
				expect(function() emulator.fault({ kind = "latency", seconds = 0 }) end).to.throw(
					"got 0 seconds, want more than 0")
				expect(function() emulator.fault({ knd = "latency" }) end).to.throw('the field "knd"')
				expect(function() emulator.fault({ kind = "replyLost", chance = 2 }) end).to.throw("2")
			end)
		end`,
		"src/b.spec.luau": `return function()
			it("knows nothing of it", function()
				local store = game:GetService("DataStoreService"):GetDataStore("S")
				expect((store:GetAsync("k"))).to.equal(nil)
				emulator.seed("S", "k", { coins = 3 })
				expect(emulator.peek("S", "k").value.coins).to.equal(3)
				expect(emulator.peek("S", "missing")).to.equal(nil)
			end)
		end`,
	})
	var out bytes.Buffer
	require.NoError(t, suite.WriteText(&out, report, suite.TextOptions{Verbose: true}))
	require.True(t, report.OK(), out.String())
	require.Equal(t, 5, report.Files[0].Calls.Faults)
}

func TestFaultsOfACaseEndWithIt(t *testing.T) {
	report := run(t, suite.Options{}, map[string]string{"src/a.spec.luau": `return function()
		local store = game:GetService("DataStoreService"):GetDataStore("S")
		local function works()
			return (pcall(store.SetAsync, store, "k", 1))
		end
		it("has an outage", function()
			emulator.fault({ kind = "requestLost" })
			expect(works()).to.equal(false)
		end)
		it("has none", function()
			expect(works()).to.equal(true)
		end)
		describe("in a block with an outage", function()
			local outage
			beforeAll(function() outage = emulator.fault({ kind = "requestLost" }) end)
			afterAll(function() outage:clear() end)
			it("has it", function()
				emulator.fault({ kind = "latency", seconds = 1 })
				expect(works()).to.equal(false)
			end)
			it("still has it", function()
				local began = os.clock()
				expect(works()).to.equal(false)
				expect(os.clock() - began < 1).to.equal(true)
			end)
			it("clears it", function()
				emulator.clearFaults()
				emulator.fault({ kind = "latency", seconds = 1 })
				expect(works()).to.equal(true)
			end)
			it("has it no more", function()
				expect(works()).to.equal(true)
			end)
		end)
	end`})
	require.Equal(t, 6, report.Count(suite.Passed), told(report))
}

func TestDeferredWorkOfACaseIsOfThatCase(t *testing.T) {
	report := run(t, suite.Options{}, map[string]string{"src/a.spec.luau": `return function()
		it("defers", function()
			task.defer(print, "deferred")
			local event = Instance.new("BindableEvent")
			event.Event:Connect(function() print("signal") task.defer(error, "broken") end)
			event:Fire()
		end)
		it("comes next", function() print("next") end)
	end`})
	first, second := report.Files[0].Cases[0], report.Files[0].Cases[1]
	require.Equal(t, []string{"deferred", "signal", "[error] broken"}, first.Output)
	require.Equal(t, []string{"next"}, second.Output)
}

func TestSuitesDrivePlayersAndTheEndOfTheServer(t *testing.T) {
	file := one(t, `
	it("plays", function()
		local Players = game:GetService("Players")
		local gone
		Players.PlayerRemoving:Connect(function(player) gone = player.Name end)
		local ann = emulator.join(7, "Ann")
		expect(Players:GetPlayerByUserId(7)).to.equal(ann)
		expect(function() emulator.join(7) end).to.throw("already")
		expect(function() emulator.leave(Players) end).to.throw("Player expected")
		emulator.leave(ann)
		task.wait()
		expect(gone).to.equal("Ann")
		expect(#Players:GetPlayers()).to.equal(0)
	end)
	it("ends", function()
		local reasons = {}
		game:BindToClose(function(reason) table.insert(reasons, reason.Name) task.wait(3) end)
		game:BindToClose(function() task.wait(99) end)
		local took, unfinished = emulator.shutdown("ServerEmpty")
		expect(took).to.equal(30)
		expect(unfinished).to.equal(1)
		expect(reasons[1]).to.equal("ServerEmpty")
	end)`)
	require.Equal(t, []string{"plays: passed", "ends: passed"}, outcomes(file), "%+v %+v",
		file.Cases[0].Problem, file.Cases[1].Problem)
}

func TestTracesAndConsoleNameFilesAndTheHashDoesNot(t *testing.T) {
	files := map[string]string{"src/a.spec.luau": `return function()
	it("fails", function()
		task.spawn(function() error("in a thread") end)
		error("here")
	end)
end`}
	report := run(t, suite.Options{}, files)
	fails := report.Files[0].Cases[0]
	place := fmt.Sprintf("ReplicatedStorage.lib.a.spec:%%d (%s:%%[1]d)", report.Files[0].Path)
	require.Equal(t, fmt.Sprintf(place+"\n", 4), fails.Problem.Trace)
	require.Contains(t, fails.Output[0], "[error] "+fmt.Sprintf(place, 3)+": in a thread")
	require.Equal(t, report.Hash, run(t, suite.Options{}, files).Hash)
}

func TestBeforeAllFailsOnlyTheCasesThatWouldHaveRun(t *testing.T) {
	file := one(t, `
	describe("outer", function()
		beforeAll(function() error("no") end)
		itSKIP("skipped", function() end)
		describe("inner", function()
			it("runs", function() end)
			itSKIP("skipped", function() end)
		end)
	end)`)
	require.Equal(t, []string{"outer/skipped: skipped", "outer/inner/runs: failed",
		"outer/inner/skipped: skipped"}, outcomes(file))
}

func TestCaseWhoseThreadIsCancelledFails(t *testing.T) {
	file := one(t, `it("case", function()
		task.delay(1, task.cancel, coroutine.running())
		task.wait(5)
		error("never reached")
	end)`)
	require.Equal(t, []string{"case: failed"}, outcomes(file))
	require.Contains(t, file.Cases[0].Problem.Message, "cancelled")
}

// Scripts can see the order in which the globals of a spec and the functions of a table come.
func TestFunctionsComeInTheSameOrderInEachRun(t *testing.T) {
	orders := func() []string {
		file := one(t, `
		for name in getfenv() do print(name) end
		for name in emulator do print(name) end
		for name in task do print(name) end
		it("case", function() for name in emulator.server() do print(name) end end)`)
		require.True(t, file.OK())
		return append(file.Output, file.Cases[0].Output...)
	}
	want := orders()
	for range 5 {
		require.Equal(t, want, orders())
	}
}

func TestAdvanceRefusesMoreThanTheClockCanTell(t *testing.T) {
	passes(t, `
		for _, seconds in { -1, 0 / 0, math.huge, 1e10 } do
			expect(function() emulator.advance(seconds) end).to.throw("seconds expected")
		end`)
}

func TestTraceKeepsTheLastRequests(t *testing.T) {
	file := one(t, `it("case", function()
		local store = game:GetService("DataStoreService"):GetDataStore("S")
		for i = 1, 1100 do
			store:GetAsync("k" .. i)
			task.wait(5)
		end
	end)`)
	trace := file.Cases[0].Trace
	require.Equal(t, 1000, len(trace))
	require.Equal(t, "k1100", trace[999].Key)
}
