package roblox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// R224.
func TestServicesAreFoundMadeOrRefused(t *testing.T) {
	says(t, `
		print(game:GetService("Players") == game.Players, game:FindService("TestService"))
		print(game:GetService("TestService"), game:FindService("TestService").Parent == game)
		print(game:GetService("Folder"), workspace == game.Workspace,
			workspace == game:GetService("Workspace"))
		print(game:GetService("TweenService") == game:GetService("TweenService"))
		print(game:GetService("ServerStorage").ClassName, game:IsLoaded(), game.Parent)`,
		"true nil", "TestService true", "nil true true", "true", "ServerStorage true nil")
	refuses(t, [][2]string{
		{`game:GetService("Nonsense")`, "'Nonsense' is not a valid Service name"},
		{`game:FindService("Nonsense")`, "'Nonsense' is not a valid Service name"},
		{`game:GetService("TweenService"):Create(workspace)`,
			"savestone does not emulate TweenService:Create"},
		{`game:GetService("TweenService").Parent = nil`, "The Parent property of TweenService is " +
			"locked, current parent: Game, new parent NULL"},
		{`game:GetService()`, "Argument 1 missing or nil"},
		{`return game.Nonsense`, `Nonsense is not a valid member of DataModel "Game"`},
		{`game:GetObjects("x")`, "savestone does not emulate DataModel:GetObjects"},
		{`game.JobId = "x"`, "Unable to assign property JobId. Property is read only"},
	})
}

// R225.
func TestGameTellsWhatTheServerWasMadeWith(t *testing.T) {
	w := newWorld(t, Options{JobID: "job", PlaceID: 2, GameID: 3, PlaceVersion: 4, CreatorID: 5})
	require.Equal(t, "job 2 3 4 5 Enum.CreatorType.User\n true 0", w.run(`
		print(game.JobId, game.PlaceId, game.GameId, game.PlaceVersion, game.CreatorId,
			game.CreatorType)
		print(game.PrivateServerId, game.PrivateServerId == "", game.PrivateServerOwnerId)`))
}

func TestRunServiceTellsItIsALiveServer(t *testing.T) {
	const source = `
		local Run = game:GetService("RunService")
		print(Run:IsServer(), Run:IsClient(), Run:IsStudio(), Run:IsRunning(), Run:IsRunMode())`
	says(t, source, "true false false true false")
	require.Equal(t, "true false true true false", newWorld(t, Options{Studio: true}).run(source))
}

// R226, R227.
func TestBindToCloseFunctionsRunSideBySide(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		for i = 1, 3 do
			game:BindToClose(function(reason)
				task.wait(i)
				print(i, reason, time())
			end)
		end
		game.Close:Connect(function() print("close") end)`)
	var closed []Closed
	require.NoError(t, w.Shutdown("ServerEmpty", func(c Closed) { closed = append(closed, c) }))
	require.True(t, w.Closing())
	require.False(t, w.Closed())
	require.EqualError(t, w.Shutdown("ServerEmpty", nil),
		`shut down server "": it is shutting down already`)
	w.sim.Run()
	require.Equal(t, "1 Enum.CloseReason.ServerEmpty 1\n2 Enum.CloseReason.ServerEmpty 2\n"+
		"3 Enum.CloseReason.ServerEmpty 3\nclose", w.heard())
	require.Equal(t, []Closed{{Took: 3 * time.Second}}, closed)
	require.True(t, w.Closed())
}

// R226.
func TestShutdownWaitsThirtySecondsAtMost(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		game:BindToClose(function() task.wait(31) print("too late") end)
		game:BindToClose(function() error("broken") end)`)
	var closed []Closed
	require.NoError(t, w.Shutdown("DeveloperUpdate", func(c Closed) { closed = append(closed, c) }))
	w.sim.RunUntil(testStart.Add(30 * time.Second))
	require.Equal(t, []Closed{{Unfinished: 1, Took: 30 * time.Second}}, closed)
	require.Equal(t, "E ServerScriptService.Main:3: broken", w.heard())
}

// R228.
func TestShutdownTellsOfEveryPlayerWhoIsStillThere(t *testing.T) {
	w := newWorld(t, Options{})
	for id := range int64(2) {
		_, err := w.Join(Profile{UserID: id + 1})
		require.NoError(t, err)
	}
	w.start(`
		game:BindToClose(function() print("closing", #game.Players:GetPlayers()) task.wait(1) end)
		game.Players.PlayerRemoving:Connect(function(player, reason)
			print(player, reason, player.Parent)
			task.wait(0.5)
			print("saved", player, player.Parent, time())
		end)`)
	require.NoError(t, w.Shutdown("DeveloperShutdown", nil))
	w.sim.Run()
	require.Equal(t, `closing 2
Player1 Enum.PlayerExitReason.Unknown Players
Player2 Enum.PlayerExitReason.Unknown Players
saved Player1 nil 0.5
saved Player2 nil 0.5`, w.heard())
}

func TestExitAsyncTellsTheCodeAndDoesNotReturn(t *testing.T) {
	var codes []int
	w := newWorld(t, Options{Exit: func(code int) { codes = append(codes, code) }})
	require.Empty(t, w.run(`game:GetService("ProcessService"):ExitAsync(3) print("never")`))
	require.Equal(t, []int{3}, codes)
}

// R255.
func TestReceiptGoesToTheCallbackAndItsDecisionComesBack(t *testing.T) {
	var decisions []string
	decide := func(d string) { decisions = append(decisions, d) }
	w := newWorld(t, Options{PlaceID: 9})
	w.ProcessReceipt(Receipt{}, decide)
	w.start(`
		game:GetService("MarketplaceService").ProcessReceipt = function(info)
			print(info.PlayerId, info.ProductId, info.PurchaseId, info.CurrencySpent,
				info.PlaceIdWherePurchased)
			task.wait(1)
			if info.ProductId == 8 then error("no such product") end
			return Enum.ProductPurchaseDecision.PurchaseGranted
		end`)
	w.ProcessReceipt(Receipt{PlayerID: 1, ProductID: 7, PurchaseID: "p", Spent: 50}, decide)
	w.ProcessReceipt(Receipt{PlayerID: 1, ProductID: 8, PurchaseID: "q", Spent: 60}, decide)
	w.sim.Run()
	require.Equal(t, "1 7 p 50 9\n1 8 q 60 9\nE ServerScriptService.Main:6: no such product",
		w.heard())
	require.Equal(t, []string{"NotProcessedYet", "PurchaseGranted", "NotProcessedYet"}, decisions)
}

func TestKilledServerLeavesTheOthersRunning(t *testing.T) {
	one := newWorld(t, Options{})
	two := newWorldOf(t, one.sim, Options{})
	const source = `
		game:GetService("RunService").Heartbeat:Connect(function() end)
		game:BindToClose(function() print("closing") end)
		task.delay(2, print, "delayed")
		task.defer(print, "deferred")
		delay(2, function() print("legacy") end)
		task.spawn(function() workspace:WaitForChild("x") end)
		task.spawn(function() pcall(task.wait, 0.5) print("woke") end)
		workspace.ChildAdded:Wait()`
	one.start(source)
	two.start(`task.wait(1) print("still here")`)
	one.Kill()
	require.True(t, one.Closed())
	one.sim.Run()
	require.Empty(t, one.heard())
	require.Equal(t, "still here", two.heard())
	require.Equal(t, testStart.Add(time.Second), one.sim.Now())
	require.Zero(t, one.sim.Tasks())
}

func TestServerMayBeKilledByAScriptOfAnother(t *testing.T) {
	one := newWorld(t, Options{})
	two := newWorldOf(t, one.sim, Options{})
	one.start(`task.wait(1) print("never")`)
	machine.SetField(two.VM.Globals, "crash", two.VM.NewFunction("crash", func(*lua.LState) int {
		one.Kill()
		return 0
	}))
	two.start(`crash() print("crashed") task.wait(2) print(time())`)
	one.sim.Run()
	require.Empty(t, one.heard())
	require.Equal(t, "crashed\n2", two.heard())
}

func TestServerKilledAtItsEndRunsNothingAnyMore(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		game:GetService("RunService").Heartbeat:Connect(function() end)
		game:BindToClose(function() task.wait(1) print("saved") end)
		task.delay(5, print, "never")`)
	require.NoError(t, w.Shutdown("ServerEmpty", func(Closed) { w.Kill() }))
	w.sim.Run()
	require.Equal(t, "saved", w.heard())
	require.Equal(t, testStart.Add(time.Second), w.sim.Now())
}

func TestDebrisDestroysAfterItsTime(t *testing.T) {
	says(t, `
		local folder = Instance.new("Folder", workspace)
		folder.Destroying:Connect(function() print(time()) end)
		game:GetService("Debris"):AddItem(folder, 2)`, "2")
}

func TestStarterPlayerHasItsContainers(t *testing.T) {
	says(t, `
		for _, child in game:GetService("StarterPlayer"):GetChildren() do print(child) end`,
		"StarterCharacterScripts", "StarterPlayerScripts")
}
