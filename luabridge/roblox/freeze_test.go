package roblox

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// at lets time pass until so long after the start.
func (w *world) at(d time.Duration) { w.sim.RunUntil(testStart.Add(d)) }

// What is due while a server is frozen comes when it goes on, in the order in which it was due.
func TestAFrozenServerDoesEverythingLateAndAtOnce(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		local began = os.clock()
		local function say(what) print(string.format("%s %.2f", what, os.clock() - began)) end
		task.delay(3, say, "delay")
		task.delay(2, function() task.wait(1.5) say("waited") end)
		task.spawn(function() for i = 1, 4 do task.wait(1) say("tick " .. i) end end)
		task.delay(0.5, say, "early")`)
	w.at(900 * time.Millisecond)
	w.Freeze(9 * time.Second)
	w.Freeze(time.Second) // changes nothing
	w.at(9900*time.Millisecond - 1)
	require.Equal(t, "early 0.50", w.heard())
	w.at(9900 * time.Millisecond)
	require.Equal(t, "tick 1 9.90\ndelay 9.90", w.heard())
	w.sim.Run()
	require.Equal(t, "tick 2 10.90\nwaited 11.40\ntick 3 11.90\ntick 4 12.90", w.heard())
}

func TestAFrozenServerHasNoFrames(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		local frames, connection = 0, nil
		connection = game:GetService("RunService").Heartbeat:Connect(function()
			frames += 1
			if os.clock() >= 3 then connection:Disconnect() print(frames) end
		end)`)
	w.at(time.Second)
	w.Freeze(time.Second)
	w.sim.Run()
	require.Equal(t, "121", w.heard(), "of three seconds, one was lost")
}

// delayed takes two seconds for each request, and another to bring the answer back.
type delayed struct {
	emulator.Service
	clock emulator.Clock
}

func (d delayed) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	if err := d.clock.Sleep(ctx, 2*time.Second); err != nil {
		return emulator.Result{}, err
	}
	result, err := d.Service.Do(ctx, req)
	if err := d.clock.Sleep(ctx, time.Second); err != nil {
		return emulator.Result{}, err
	}
	return result, err
}

// A request that has left is done in time; its answer waits until the server goes on.
func TestARequestGoesOnWhileItsServerIsFrozen(t *testing.T) {
	u := newUniverse(t)
	w := u.serverOver("s", delayed{u.emu, u.sim})
	w.start(`
		local store = game:GetService("DataStoreService"):GetDataStore("Coins")
		store:SetAsync("k", 7)
		print(string.format("saved %.2f", os.clock()))`)
	w.at(time.Second)
	w.Freeze(time.Minute)
	w.at(2 * time.Second)
	stored, err := u.emu.Peek(emulator.StoreID{Name: "Coins", Scope: "global"}, "k")
	require.NoError(t, err)
	require.Equal(t, "7", string(stored.Value))
	w.at(time.Minute)
	require.Empty(t, w.heard())
	w.sim.Run()
	require.Equal(t, "saved 61.00", w.heard())
}

func TestMessagesWaitForAFrozenServer(t *testing.T) {
	a := newAudience(t, 2, BusOptions{})
	a.subscribe("t")
	a.servers[1].Freeze(10 * time.Second)
	a.servers[0].start(`game:GetService("MessagingService"):PublishAsync("t", "hello")`)
	a.sim.RunUntil(testStart.Add(5 * time.Second))
	require.Equal(t, []string{"hello", ""}, a.heard())
	a.sim.Run()
	require.Equal(t, []string{"", "hello"}, a.heard())
}

func TestEventsOfPlayersWaitForAFrozenServer(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`game:GetService("Players").PlayerAdded:Connect(function(player)
		print(string.format("%s %.1f", player.Name, os.clock())) end)`)
	w.Freeze(10 * time.Second)
	_, err := w.Join(Profile{UserID: 1, Name: "Ann"})
	require.NoError(t, err)
	w.sim.Run()
	require.Equal(t, "Ann 10.0", w.heard())
}

// R226: the 30 s of a shutdown do not wait for anybody.
func TestAFrozenServerIsClosedAfterThirtySeconds(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`game:BindToClose(function() print("closing") end)`)
	w.sim.Run()
	w.Freeze(time.Hour)
	var closed Closed
	require.NoError(t, w.Shutdown("ServerEmpty", func(c Closed) { closed = c }))
	w.at(30 * time.Second)
	require.Equal(t, Closed{Unfinished: 1, Took: 30 * time.Second}, closed)
	require.Empty(t, w.heard())
}

func TestClocksCanBeWrong(t *testing.T) {
	w := newWorld(t, Options{})
	read := func() string {
		w.start(`print(os.time(), DateTime.now().UnixTimestampMillis, string.format("%.2f", tick()),
				string.format("%.2f", workspace:GetServerTimeNow()), string.format("%.2f", os.clock()),
				os.date("!%X"))`)
		return w.heard()
	}
	now := testStart
	require.Equal(t, clocks(now, now, 0), read())
	w.at(100 * time.Second)
	require.NoError(t, w.SetClock(time.Hour, 0))
	ahead := now.Add(100*time.Second + time.Hour)
	require.Equal(t, clocks(ahead, now.Add(100*time.Second), 100), read())
	w.at(200 * time.Second)
	require.Equal(t, clocks(ahead.Add(100*time.Second),
		now.Add(200*time.Second+600*time.Millisecond), 200), read(), "it catches up by 0.6 %")
	w.at(300 * time.Second)
	require.NoError(t, w.SetClock(-time.Hour, 1000))
	w.at(400 * time.Second)
	require.Equal(t, clocks(now.Add(400*time.Second-time.Hour+100*time.Millisecond),
		now.Add(400*time.Second+700*time.Millisecond), 400), read(),
		"GetServerTimeNow was 1.2 s ahead, lost 0.6 s of that, and the clock gains 0.1 %")
	require.ErrorContains(t, w.SetClock(0, 200_000), "got a clock that drifts by 200000 ppm, "+
		"want -100000 to 100000")
}

// clocks is what scripts read off a clock, a slewed one and the time since the start.
func clocks(clock, slewed time.Time, uptime float64) string {
	return fmt.Sprintf("%d %d %.2f %.2f %.2f %s", clock.Unix(), clock.UnixMilli(),
		unixSeconds(clock), unixSeconds(slewed), uptime, clock.UTC().Format("15:04:05"))
}
