package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// R245.
func TestPrintAndWarnJoinTheTextsOfTheirArguments(t *testing.T) {
	w := newWorld(t, Options{})
	require.Equal(t, "1 nil true Workspace text\nW careful Enum.SortOrder.Name\n", w.run(`
		local object = setmetatable({}, {__tostring = function() return "text" end})
		print(1, nil, true, workspace, object)
		warn("careful", Enum.SortOrder.Name)
		print()`))
	require.Equal(t, Message{Kind: Warning, Text: "careful Enum.SortOrder.Name",
		Script: "ServerScriptService.Main"}, w.logs[1])
}

// R246.
func TestUncaughtErrorTellsWhereItHappened(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
local function inner() error("deep") end
local function outer() inner() end
outer()`)
	require.Equal(t, []Message{{
		Kind: Error, Text: "ServerScriptService.Main:2: deep", Script: "ServerScriptService.Main",
		Trace: "ServerScriptService.Main:2 function inner\n" +
			"ServerScriptService.Main:3 function outer\nServerScriptService.Main:4\n",
	}}, w.logs)
	require.Equal(t, 1, w.Errors())
}

func TestUncaughtErrorOfTheEngineIsGivenAPosition(t *testing.T) {
	says(t, "\nlocal x = workspace.Missing",
		`E ServerScriptService.Main:2: Missing is not a valid member of Workspace "Workspace"`)
}

func TestErrorInASpawnedThreadDoesNotReachTheSpawner(t *testing.T) {
	says(t, `
		task.spawn(function() error("lost") end)
		task.delay(1, function() error({}) end)
		print("goes on")
		task.wait(2)
		print("still")`,
		"E ServerScriptService.Main:2: lost", "goes on", "E table", "still")
}

// R247.
func TestScriptsHearOfMessagesAndErrors(t *testing.T) {
	says(t, `
		game:GetService("ScriptContext").Error:Connect(function(text, trace, source)
			warn("error", text, trace == "ServerScriptService.Main:7\n", source == script)
		end)
		game:GetService("LogService").MessageOut:Once(function(...) warn("message", ...) end)
		task.delay(1, function()
			error("x") end)`,
		"E ServerScriptService.Main:7: x",
		"W message ServerScriptService.Main:7: x Enum.MessageType.MessageError",
		"W error ServerScriptService.Main:7: x true true")
}

func TestHandlerOfMessagesThatPrintsDoesNotGoOnForEver(t *testing.T) {
	w := newWorld(t, Options{})
	w.run(`
		game:GetService("LogService").MessageOut:Connect(function(text) print("heard", text) end)
		print("x")`)
	require.Len(t, w.logs, 12)
	require.Equal(t, "Maximum event re-entrancy depth exceeded for LogService.MessageOut",
		w.logs[11].Text)
}

func TestTestServiceReportsIntoTheOutput(t *testing.T) {
	w := newWorld(t, Options{})
	require.Equal(t, `note
Check passed: fine
E Check failed: broken
E ServerScriptService.Main:7: wrong
W odd
false Require failed: needed
3 1`, w.run(`
		local Test = game:GetService("TestService")
		Test:Message("note")
		Test:Check(true, "fine")
		Test:Check(false, "broken")
		Test:Error("wrong", script, 7)
		Test:Warn(false, "odd")
		print(pcall(Test.Require, Test, false, "needed"))
		print(Test.ErrorCount, Test.WarnCount)`))
}

// R243.
func TestClocksOfTheServerAdvanceTogether(t *testing.T) {
	says(t, `
		local began, unix = os.clock(), os.time()
		task.wait(100)
		print(time(), elapsedTime(), os.clock() - began, os.time() - unix)
		print(workspace.DistributedGameTime, tick(), workspace:GetServerTimeNow() == tick())`,
		"100 100 100 100", "100 1767225700 true")
}

func TestScriptsShareGlobalsOnlyThroughTheSharedTables(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", `
		own = 1
		_G.both = "_G"
		shared.both = "shared"
		return function() return own, script.Name end`)
	require.Equal(t, "1 M\nnil _G shared nil Main", w.run(`
		local read = require(game.ReplicatedStorage.M)
		print(read())
		print(own, _G.both, shared.both, _G.print, script.Name)`))
}
