package roblox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// R237.
func TestTaskLibraryRunsThreadsInItsOrder(t *testing.T) {
	says(t, `
		task.delay(0, print, "delayed")
		task.defer(print, "deferred", 1)
		task.spawn(print, "spawned", 2)
		task.spawn(function(...)
			print("running", ...)
			task.wait()
			print("resumed")
		end, 3)
		print("main")`,
		"spawned 2", "running 3", "main", "deferred 1", "delayed", "resumed")
}

// R237, R240.
func TestWaitsEndOnFramesOfAnExactClock(t *testing.T) {
	says(t, `
		print(task.wait(), time())
		print(task.wait(0.5), time())
		print(task.wait(1), time())
		local before = time()
		task.wait(300)
		print(time() - before)
		print(task.wait(-1) < 0.017, task.wait(0/0) < 0.017)`,
		"0.016666666 0.016666666", "0.5 0.516666666", "1 1.516666666", "300", "true true")
}

func TestFrameTimesNeverDrift(t *testing.T) {
	w := newWorld(t, Options{})
	f := &w.frames
	for _, number := range []int64{0, 1, 59, 60, 61, 3600, 5_184_000, 5_184_001} {
		require.Equal(t, number, f.at(f.time(number)))
		require.Equal(t, number+1, f.at(f.time(number).Add(1)))
	}
	require.Equal(t, 24*time.Hour, f.time(5_184_000).Sub(testStart))
}

func TestFramesExistOnlyWhileSomeoneListens(t *testing.T) {
	w := newWorld(t, Options{})
	require.Equal(t, "0.016666666 0.016666666\n2\n2", w.run(`
		local Run, beats = game:GetService("RunService"), 0
		local c = Run.Heartbeat:Connect(function() beats += 1 end)
		print(Run.Stepped:Wait())
		task.wait(2/60)
		c:Disconnect()
		print(beats)
		task.wait(86400)
		print(beats)`))
	require.False(t, w.sim.Step())
}

func TestFrameEventsComeInTheirOrder(t *testing.T) {
	says(t, `
		local Run = game:GetService("RunService")
		for _, name in {"Heartbeat", "Stepped", "PostSimulation", "PreSimulation"} do
			Run[name]:Once(function() print(name) end)
		end`,
		"PreSimulation", "Stepped", "PostSimulation", "Heartbeat")
}

func TestCancelledThreadsDisappearSilently(t *testing.T) {
	says(t, `
		local waiting = task.spawn(function() task.wait(1) print("never") end)
		local deferred = task.defer(print, "never")
		local delayed = task.delay(1, print, "never")
		task.cancel(waiting)
		task.cancel(deferred)
		task.cancel(delayed)
		task.cancel(delayed)
		print(coroutine.status(waiting), coroutine.status(deferred), coroutine.status(delayed))
		print(pcall(task.cancel, coroutine.running()))`,
		"dead dead dead", "false cannot cancel running thread")
}

func TestThreadClosedBeforeItsTimeIsNotResumed(t *testing.T) {
	says(t, `
		local thread = task.delay(1, print, "never")
		coroutine.close(thread)
		local other = coroutine.create(function() print("other") end)
		task.defer(other)
		coroutine.resume(other)`,
		"other")
}

func TestThreadThatWaitsMayBeResumedEarly(t *testing.T) {
	says(t, `
		local thread = task.spawn(function() print(task.wait(10), time()) end)
		task.delay(1, thread, "early")
		task.wait(20)
		print(coroutine.status(thread))`,
		"early 1", "dead")
}

func TestInfiniteWaitNeverEnds(t *testing.T) {
	w := newWorld(t, Options{})
	require.Empty(t, w.run(`task.wait(math.huge) print("never")`))
	require.Empty(t, w.run(`task.delay(math.huge, print, "never")`))
	require.Equal(t, testStart, w.sim.Now())
}

// R238.
func TestLegacyFunctionsWaitAtLeast29Milliseconds(t *testing.T) {
	says(t, `
		print(wait())
		spawn(function(...) print("spawned", ...) end)
		delay(1, function(...) print("delayed", ...) end)
		print("main")`,
		"0.033333333 0.033333333", "main", "spawned 0.033333333 0.066666666",
		"delayed 1 1.033333333")
}

func TestTaskLibraryRefusesWrongArguments(t *testing.T) {
	const at = "ServerScriptService.Main:1: "
	refuses(t, [][2]string{
		{`task.spawn(1)`, at + "invalid argument #1 to 'spawn' (function or thread expected)"},
		{`task.delay(1)`, at + "invalid argument #2 to 'delay' (function or thread expected)"},
		{`task.delay("x", print)`,
			at + "invalid argument #1 to 'delay' (number expected, got string)"},
		{`task.cancel(1)`, at + "invalid argument #1 to 'cancel' (thread expected, got number)"},
		{`task.synchronize()`, at + "task.synchronize should only be called from a script that " +
			"is a descendant of an Actor"},
		{`local c = coroutine.create(print) coroutine.close(c) task.spawn(c)`,
			at + "cannot resume dead coroutine"},
		{`task.x = 1`, at + "attempt to modify a readonly table"},
	})
}

func TestYieldsPassThroughPcall(t *testing.T) {
	says(t, `
		print(pcall(function()
			task.wait(1)
			return time()
		end))
		print(pcall(function()
			workspace:WaitForChild("x", 1)
			error("after " .. time(), 0)
		end))`, "true 1", "false after 2")
}
