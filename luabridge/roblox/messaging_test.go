package roblox

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const messagingPrelude = `local messaging = game:GetService("MessagingService")
local function hear(topic, name)
	return messaging:SubscribeAsync(topic, function(message)
		print(name or topic, message.Data, message.Sent, time())
	end)
end
`

func TestMessagesReachEveryServerAfterTheDelay(t *testing.T) {
	u := newUniverse(t)
	a, b := u.server("a"), u.server("b")
	a.start(messagingPrelude + `
		hear("news")
		local other = hear("other")
		task.wait(1)
		messaging:PublishAsync("news", "hello")
		messaging:PublishAsync("news", 2)
		messaging:PublishAsync("other", "nobody hears this")
		other:Disconnect()
		print(other.Connected, typeof(other))`)
	b.start(messagingPrelude + `hear("news", "first"); hear("news", "second")`)
	u.sim.Run()
	require.Equal(t, "false RBXScriptConnection\n"+
		"news hello 1767225601 2\nnews 2 1767225601 2", a.heard())
	require.Equal(t, "first hello 1767225601 2\nsecond hello 1767225601 2\n"+
		"first 2 1767225601 2\nsecond 2 1767225601 2", b.heard())
}

func TestMessagesAreCopiesMadeThroughJSON(t *testing.T) {
	says(t, `local messaging = game:GetService("MessagingService")
		for i = 1, 2 do
			messaging:SubscribeAsync("t", function(message)
				print(message.Data[1], message.Data.name, message.Data[2])
				message.Data[1] = "changed"
			end)
		end
		local data = {"a", game, name = "lost"}
		messaging:PublishAsync("t", data)
		data[1] = "later"`,
		"a nil nil", "a nil nil")
}

func TestServersThatLeaveHearNothing(t *testing.T) {
	u := newUniverse(t)
	a, b := u.server("a"), u.server("b")
	a.start(messagingPrelude + `hear("t"); task.wait(1); messaging:PublishAsync("t", 1)`)
	b.start(messagingPrelude + `hear("t")`)
	u.sim.RunUntil(testStart.Add(time.Second))
	u.bus.Leave(b.Server)
	u.sim.Run()
	require.Equal(t, "t 1 1767225601 2", a.heard())
	require.Empty(t, b.heard())
}

func TestMessagesHaveLimits(t *testing.T) {
	long := strings.Repeat("x", 81)
	const service = `game:GetService("MessagingService")`
	refuses(t, [][2]string{
		{service + `:PublishAsync("", 1)`, "MessagingService: Topic is not valid"},
		{service + `:SubscribeAsync("` + long + `", print)`,
			"MessagingService: Topic is not valid"},
		{service + `:PublishAsync("t")`, "Argument 2 missing or nil"},
		{service + `:PublishAsync("t", "` + strings.Repeat("x", 1023) + `")`,
			"MessagingService: Message is too long"},
		{service + `:PublishAsync("t", {1/0})`,
			"MessagingService: Message cannot be converted to JSON"},
		{service + `:SubscribeAsync("t")`, "Argument 2 missing or nil"},
	})
	fits := strings.Repeat("x", 1022) // quotes count
	says(t, service+`:PublishAsync("`+long[:80]+`", "`+fits+`") print("ok")`, "ok")
}

func TestMessagingIsLimitedByTheMinute(t *testing.T) {
	const refused = "MessagingService: The rate of requests exceeds the allowed limit."
	says(t, `local messaging = game:GetService("MessagingService")
		for i = 1, 600 do messaging:PublishAsync("t", i) end
		print(pcall(messaging.PublishAsync, messaging, "t", 601))
		task.wait(60)
		print(pcall(messaging.PublishAsync, messaging, "t", 602))
		local connections = {}
		for i = 1, 20 do connections[i] = messaging:SubscribeAsync("u", print) end
		print(pcall(messaging.SubscribeAsync, messaging, "t", print))
		connections[1]:Disconnect()
		print((pcall(messaging.SubscribeAsync, messaging, "t", function() end)))`,
		"false "+refused, "true", "false "+refused, "true",
	)
}
