package roblox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// R231, R232.
func TestPlayersComeAndGo(t *testing.T) {
	w := newWorld(t, Options{})
	w.start(`
		local Players = game:GetService("Players")
		Players.PlayerAdded:Connect(function(player) print("added", player, player.Parent) end)
		Players.PlayerRemoving:Connect(function(player, reason)
			print("removing", player, reason, player.Parent, player:IsDescendantOf(Players))
			task.wait()
			print("gone", player.Parent, #Players:GetPlayers())
		end)`)
	ann, err := w.Join(Profile{UserID: 7, Name: "Ann"})
	require.NoError(t, err)
	w.sim.Run()
	require.Equal(t, "added Ann Players", w.heard())
	require.Equal(t, []*Instance{ann}, w.Players())
	w.Leave(ann, "Unknown")
	w.Leave(ann, "Unknown")
	w.sim.Run()
	require.Equal(t, "removing Ann Enum.PlayerExitReason.Unknown Players true\ngone nil 0",
		w.heard())
	require.Empty(t, w.Players())
}

func TestPlayerIsOnAServerOnce(t *testing.T) {
	w := newWorld(t, Options{})
	_, err := w.Join(Profile{UserID: 7})
	require.NoError(t, err)
	_, err = w.Join(Profile{UserID: 7})
	require.EqualError(t, err, "player 7 joins: the player is on the server already")
}

// R233.
func TestPlayerTellsWhoJoined(t *testing.T) {
	w := newWorld(t, Options{PlayersMax: 12})
	_, err := w.Join(Profile{
		UserID: 7, Name: "Ann", DisplayName: "Annie", AccountAge: 30, Premium: true,
	})
	require.NoError(t, err)
	require.Equal(t, `7 Ann Annie 30 Enum.MembershipType.Premium nil
true nil nil 12
Ann 7
false Players:GetNameFromUserIdAsync() failed: Unknown user
false Unable to assign property UserId. Property is read only`, w.run(`
		local Players = game:GetService("Players")
		local ann = Players:GetPlayers()[1]
		print(ann.UserId, ann.Name, ann.DisplayName, ann.AccountAge, ann.MembershipType,
			ann.Character)
		print(Players:GetPlayerByUserId(7) == ann, Players:GetPlayerByUserId(8),
			Players.LocalPlayer, Players.MaxPlayers)
		print(Players:GetNameFromUserIdAsync(7), Players:GetUserIdFromNameAsync("Ann"))
		print(pcall(Players.GetNameFromUserIdAsync, Players, 8))
		print(pcall(function() ann.UserId = 1 end))`))
}

func TestKickedPlayerLeavesForThatReason(t *testing.T) {
	w := newWorld(t, Options{})
	_, err := w.Join(Profile{UserID: 7, Name: "Ann"})
	require.NoError(t, err)
	require.Equal(t, "kicked Players\nAnn Enum.PlayerExitReason.CreatorKick\n0 nil", w.run(`
		local Players = game:GetService("Players")
		local ann = Players.Ann
		Players.PlayerRemoving:Connect(print)
		ann:Kick("data failed to load")
		print("kicked", ann.Parent)
		task.wait()
		print(#Players:GetPlayers(), ann.Parent)`))
}
