package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

// R248.
func TestModuleRunsOnceAndGivesAllTheSameValue(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", `print("loading", script:GetFullName()) return {}`)
	require.Equal(t, "loading ReplicatedStorage.M\ntrue", w.run(`
		local M = game.ReplicatedStorage.M
		print(require(M) == require(M))`))
}

func TestModuleMustReturnExactlyOneValue(t *testing.T) {
	for _, source := range []string{"", "return", "return 1, 2"} {
		w := newWorld(t, Options{})
		w.module("M", source)
		require.Equal(t, "false Module code did not return exactly one value",
			w.run(`print(pcall(require, game.ReplicatedStorage.M))`), source)
		require.Zero(t, w.Errors())
	}
	for _, value := range []string{"false", "nil"} {
		w := newWorld(t, Options{})
		w.module("M", "return "+value)
		require.Equal(t, value, w.run(`print(require(game.ReplicatedStorage.M))`))
	}
}

func TestFailingModuleReportsItsErrorAndFailsEachRequirer(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "\nerror('no luck')")
	require.Equal(t, `E ReplicatedStorage.M:2: no luck
false Requested module experienced an error while loading
false Requested module experienced an error while loading`, w.run(`
		for _ = 1, 2 do print(pcall(require, game.ReplicatedStorage.M)) end`))
	require.Equal(t, 1, w.Errors())
	require.Equal(t, "ReplicatedStorage.M", w.logs[0].Script)
	require.Equal(t, "ReplicatedStorage.M:2\n", w.logs[0].Trace)
}

func TestModuleThatDoesNotCompileSaysWhereAndFailsItsRequirer(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "local x = = 1")
	w.start(`print(pcall(require, game.ReplicatedStorage.M))`)
	require.Len(t, w.said, 2)
	require.Contains(t, w.said[0], "Expected identifier when parsing expression, got '='")
	require.Equal(t, "false Requested module experienced an error while loading", w.said[1])
}

func TestModuleMayWaitAndItsRequirersWaitWithIt(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "task.wait(2) return 'ready'")
	require.Equal(t, "main\na ready 2\nb ready 2", w.run(`
		for _, name in {"a", "b"} do
			task.spawn(function() print(name, require(game.ReplicatedStorage.M), time()) end)
		end
		print("main")`))
}

func TestModulesThatRequireEachOtherAreRefused(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("A", "print('A', pcall(require, script.Parent.B)) return 1")
	w.module("B", "print('B', pcall(require, script.Parent.C)) return 2")
	w.module("C", "print('C', pcall(require, script.Parent.A)) return 3")
	w.module("Self", "return require(script)")
	require.Equal(t, "C false Requested module was required recursively\nB true 3\nA true 2\n1",
		w.run(`print(require(game.ReplicatedStorage.A))`))
	require.Equal(t, "E ReplicatedStorage.Self:1: Requested module was required recursively\n"+
		"false Requested module experienced an error while loading",
		w.run(`print(pcall(require, game.ReplicatedStorage.Self))`))
}

func TestModulesThatWaitForEachOtherAreRefused(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("A", "task.wait(1) print('A', pcall(require, script.Parent.B)) return 1")
	w.module("B", "task.wait(1) print('B', pcall(require, script.Parent.A)) return 2")
	require.Equal(t, "B false Requested module was required recursively\nA true 2\n1",
		w.run(`print(require(game.ReplicatedStorage.A))`))
}

// R249.
func TestPathsStartAtTheScriptTheGameOrAnAlias(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("Other", `return "other"`)
	lib := w.module("Lib", `
		return table.concat({require("@self/Inner"), require("./Other"), "lib"}, " ")`)
	inner := w.NewInstance("ModuleScript", "Inner", lib)
	require.NoError(t, inner.Store("Source", lua.LString(`return require("../Other")`)))
	w.options.Alias = func(script *Instance, alias string, rest []string) (*Instance, int, error) {
		require.Equal(t, "Main", script.Name())
		require.Equal(t, "pkg", alias)
		if rest[0] == "deep" {
			return inner, len(rest), nil
		}
		return lib, 0, nil
	}
	require.Equal(t, "other other lib\nother\nother\nother", w.run(`
		print(require("@game/ReplicatedStorage/Lib"))
		print(require("@pkg/Inner"))
		print(require("@pkg/deep/down"))
		print(require("../ReplicatedStorage/./Lib/../Other"))`))
}

func TestRequireRefusesWhatIsNoModule(t *testing.T) {
	refuses(t, [][2]string{
		{`require(workspace)`, "Attempted to call require with invalid argument(s)."},
		{`require()`, "Attempted to call require with invalid argument(s)."},
		{`require(12345)`, "savestone cannot require asset 12345: there is no asset service"},
		{`require("Lib")`, `error requiring module "Lib": require path must start with a valid ` +
			`prefix: ./, ../, or @`},
		{`require("@x/y")`, `error requiring module "@x/y": @x is not a valid alias`},
		{`require("./x")`, `error requiring module "./x": could not resolve child component ` +
			`"x" of ServerScriptService`},
		{`require("@game/Workspace")`, `error requiring module "@game/Workspace": Workspace is ` +
			`a Workspace, not a ModuleScript`},
	})
}

func TestRequirerResumedByAScriptGoesOnWaiting(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "task.wait(2) return 'ready'")
	require.Equal(t, "ready 2\n3 3", w.run(`
		local thread = task.spawn(function()
			print(require(game.ReplicatedStorage.M), time())
			print(task.wait(1) + 2, time())
		end)
		task.delay(1, thread)`))
}
