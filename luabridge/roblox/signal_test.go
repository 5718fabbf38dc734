package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

// R242.
func TestDeferredHandlersRunAfterTheCodeThatFired(t *testing.T) {
	says(t, `
		local event = Instance.new("BindableEvent")
		event.Event:Connect(function(n) print("first", n) end)
		event.Event:Connect(function(n) print("second", n) end)
		task.defer(print, "deferred before")
		event:Fire(1)
		task.defer(print, "deferred after")
		print("fired")`,
		"fired", "deferred before", "first 1", "second 1", "deferred after")
}

func TestImmediateHandlersRunWithinFire(t *testing.T) {
	w := newWorld(t, Options{SignalsImmediate: true})
	require.Equal(t, "first 1\nsecond 1\nfired\nEnum.SignalBehavior.Immediate", w.run(`
		local event = Instance.new("BindableEvent")
		event.Event:Connect(function(n) print("first", n) end)
		event.Event:Connect(function(n) print("second", n) end)
		event:Fire(1)
		print("fired")
		print(workspace.SignalBehavior)`))
}

// R241.
func TestErrorInAHandlerDoesNotStopTheOthers(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		w := newWorld(t, Options{SignalsImmediate: immediate})
		require.Equal(t, "E ServerScriptService.Main:3: broken\nsecond", w.run(`
		local event = Instance.new("BindableEvent")
		event.Event:Connect(function() error("broken") end)
		event.Event:Connect(function() print("second") end)
		event:Fire()`))
		require.Equal(t, 1, w.Errors())
	}
}

func TestDisconnectDropsWhatIsOnItsWay(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		w := newWorld(t, Options{SignalsImmediate: immediate})
		require.Equal(t, "first\nfalse true", w.run(`
		local event = Instance.new("BindableEvent")
		local second
		local first = event.Event:Connect(function() print("first") second:Disconnect() end)
		second = event.Event:Connect(function() print("second") end)
		event:Fire()
		task.defer(function() print(second.Connected, first.Connected) end)`))
	}
}

func TestOnceHearsOneFireAndWaitReturnsItsArguments(t *testing.T) {
	says(t, `
		local event = Instance.new("BindableEvent")
		local once
		once = event.Event:Once(function(n) print("once", n, once.Connected) end)
		task.spawn(function() print("waited", event.Event:Wait()) end)
		event:Fire(1, nil, "x")
		event:Fire(2)`,
		"once 1 false", "waited 1 nil x")
}

func TestWaitingThreadResumedByAScriptNoLongerWaits(t *testing.T) {
	says(t, `
		local event = Instance.new("BindableEvent")
		local thread = task.spawn(function()
			print(event.Event:Wait())
			print(coroutine.yield())
		end)
		task.spawn(thread, "resumed")
		event:Fire("fired")
		task.wait()
		print(coroutine.status(thread))`,
		"resumed", "suspended")
}

// R242.
func TestEventsThatFireEachOtherStopAtTheReentrancyLimit(t *testing.T) {
	for _, immediate := range []bool{false, true} {
		w := newWorld(t, Options{SignalsImmediate: immediate})
		require.Equal(t,
			"E Maximum event re-entrancy depth exceeded for BindableEvent.Event\n10", w.run(`
		local event, count = Instance.new("BindableEvent"), 0
		event.Event:Connect(function() count += 1 event:Fire() end)
		event:Fire()
		task.wait()
		print(count)`))
	}
	says(t, `
		local count = 0
		local function again() count += 1 task.defer(again) end
		task.defer(again)
		task.wait()
		print(count)`,
		"E ServerScriptService.Main:3: Maximum re-entrancy depth (80) exceeded calling task.defer",
		"80")
}

func TestBindableArgumentsArriveAsCopies(t *testing.T) {
	says(t, `
		local event = Instance.new("BindableEvent")
		local sent = setmetatable({list = {1, 2}}, {__index = {x = 1}})
		event.Event:Connect(function(got)
			print(got == sent, got.list == sent.list, got.x, #got.list, got.part == workspace)
		end)
		sent.part = workspace
		event:Fire(sent)`,
		"false false nil 2 true")
	refuses(t, [][2]string{{`local t = {} t.t = t Instance.new("BindableEvent"):Fire(t)`,
		"tables cannot be cyclic"}})
}

func TestBindableFunctionAnswersAndWaitsForItsCallback(t *testing.T) {
	says(t, `
		local fn = Instance.new("BindableFunction")
		task.delay(1, function()
			fn.OnInvoke = function(a, b) task.wait(1) return a + b, "done" end
		end)
		print(fn:Invoke(1, 2))
		print(time())
		fn.OnInvoke = function() error("inside", 0) end
		print(pcall(fn.Invoke, fn))`,
		"3 done", "2", "false inside")
}

func TestSignalRefusesWhatItCannotDo(t *testing.T) {
	refuses(t, [][2]string{
		{`workspace.ChildAdded:Connect(1)`,
			"Attempt to connect failed: Passed value is not a function"},
		{`workspace.ChildAdded.Connect(print)`,
			"Expected ':' not '.' calling member function Connect"},
		{`workspace.ChildAdded:ConnectParallel(print)`, "savestone does not emulate " +
			"RBXScriptSignal:ConnectParallel: there are no Actors"},
		{`return workspace.ChildAdded.Foo`, "Foo is not a valid member of RBXScriptSignal"},
		{`game:GetService("RunService").RenderStepped:Connect(print)`,
			"RenderStepped event can only be used from local scripts"},
	})
}

func TestGoListenersHearAtOnce(t *testing.T) {
	w := newWorld(t, Options{})
	var heard []lua.LValue
	signal := w.NewSignal("Test")
	connection := signal.ConnectGo(func(args []lua.LValue) { heard = append(heard, args...) })
	require.Equal(t, 1, signal.Connected())
	signal.Fire(lua.LNumber(1))
	connection.Disconnect()
	signal.Fire(lua.LNumber(2))
	require.Equal(t, []lua.LValue{lua.LNumber(1)}, heard)
	require.Zero(t, signal.Connected())
}

func TestRemoteEventsReachWhoStandsForTheClient(t *testing.T) {
	var sent []string
	w := newWorld(t, Options{Client: func(remote, player *Instance, args []lua.LValue) {
		sent = append(sent, remote.Name()+" to "+player.Name()+": "+args[0].String())
	}})
	remote := w.NewInstance("RemoteEvent", "Remote", w.Service("ReplicatedStorage"))
	ann, err := w.Join(Profile{UserID: 1, Name: "Ann"})
	require.NoError(t, err)
	_, err = w.Join(Profile{UserID: 2, Name: "Bob"})
	require.NoError(t, err)
	w.start(`
		local remote = game.ReplicatedStorage.Remote
		remote.OnServerEvent:Connect(print)
		remote:FireClient(game.Players.Ann, "hello")
		remote:FireAllClients("all")
		print(pcall(remote.FireClient, remote, "Ann"))`)
	remote.Signal("OnServerEvent").Fire(ann.Object(), lua.LString("clicked"))
	w.sim.Run()
	require.Equal(t, "false FireClient: player argument must be a Player object\nAnn clicked",
		w.heard())
	require.Equal(t, []string{"Remote to Ann: hello", "Remote to Ann: all", "Remote to Bob: all"},
		sent)
}

func TestRemoteFunctionAnswersWhoStandsForTheClient(t *testing.T) {
	w := newWorld(t, Options{})
	remote := w.NewInstance("RemoteFunction", "Buy", w.Service("ReplicatedStorage"))
	ann, err := w.Join(Profile{UserID: 1, Name: "Ann"})
	require.NoError(t, err)
	var answers []string
	done := func(results []lua.LValue, err error) {
		if err != nil {
			answers = append(answers, err.Error())
			return
		}
		answers = append(answers, results[0].String(), results[1].String())
	}
	w.InvokeServer(remote, ann, []lua.LValue{lua.LString("hat")}, done)
	w.start(`
		game.ReplicatedStorage.Buy.OnServerInvoke = function(player, item)
			task.wait(1)
			if item == "shoe" then error("sold out", 0) end
			return item, player.UserId
		end`)
	w.InvokeServer(remote, ann, []lua.LValue{lua.LString("shoe")}, done)
	w.sim.Run()
	require.ElementsMatch(t, []string{"hat", "1", "sold out"}, answers)
}

func TestOldSpellingsStillWork(t *testing.T) {
	says(t, `
		local event = Instance.new("BindableEvent")
		local c = event.Event:connect(print)
		event:Fire("heard")
		task.wait()
		c:disconnect()
		print(c.connected, event.clone == event.Clone, #workspace:children())
		event.Parent = workspace
		event:remove()
		print(event.Parent)`, "heard", "false true 0", "nil")
}
