package roblox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/sched"
)

func TestCrashEndsOneServerAndLeavesTheOthers(t *testing.T) {
	sim := sched.New(testStart)
	bus := NewBus(sim, BusOptions{})
	lasting := `
		local MessagingService = game:GetService("MessagingService")
		game:GetService("RunService").Heartbeat:Connect(function() end)
		game:BindToClose(function() print("closing") end)
		task.delay(5, print, "delayed")
		task.spawn(function() task.wait(5) print("waited") end)
		MessagingService:SubscribeAsync("topic", function() print("heard") end)
		task.wait(3)
		MessagingService:PublishAsync("topic", "hello")`
	one := newWorldOf(t, sim, Options{Bus: bus})
	two := newWorldOf(t, sim, Options{Bus: bus})
	one.start(lasting)
	two.start(lasting)
	sim.RunUntil(testStart.Add(2 * time.Second))
	one.Crash()
	require.True(t, one.Closed())
	require.Error(t, one.Shutdown("ServerEmpty", nil))
	sim.RunUntil(testStart.Add(10 * time.Second))
	require.Empty(t, one.heard())
	require.Equal(t, "heard\ndelayed\nwaited", two.heard())

	two.Crash()
	sim.Run() // comes to an end: no frame of a crashed server is simulated
	require.Empty(t, two.heard())
	require.Zero(t, sim.Tasks())
}
