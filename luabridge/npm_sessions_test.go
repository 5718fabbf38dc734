package luabridge_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
)

// sessions is a universe whose servers run a game that keeps what players own in sessions.
type sessions struct{ *universe }

func newSessions(t *testing.T, project string, packages ...string) sessions {
	return sessions{newUniverse(t, npmProject(t, project, packages...))}
}

// open starts a server that has run its scripts.
func (s sessions) open(name string) *luabridge.Game {
	game := s.start(name)
	game.RunScripts()
	s.pass(0)
	return game
}

// join lets player 1 in.
func (s sessions) join(game *luabridge.Game) *roblox.Instance {
	player, err := game.Join(roblox.Profile{UserID: 1})
	require.NoError(s.t, err)
	return player
}

// read decodes what is stored of player 1.
func (s sessions) read(into any) {
	s.t.Helper()
	store := emulator.StoreID{Name: "Players", Scope: "global"}
	result, err := s.emulator.Peek(store, "Player_1")
	require.NoError(s.t, err)
	require.True(s.t, result.Found)
	require.Equal(s.t, []int64{1}, result.Info.UserIDs)
	require.NoError(s.t, json.Unmarshal(result.Value, into))
}

// said checks what the servers printed since the last look.
func (s sessions) said(want ...line) {
	s.t.Helper()
	require.Equal(s.t, want, s.lines)
	s.lines = nil
}

const aFrame = time.Second / 60

// frames is a number of them, as the frame clock counts from the server's start.
func frames(n int) time.Duration { return time.Duration(n) * time.Second / 60 }

// What ProfileService 1.4.2 says at its top. It writes a key only when this has passed since the
// last write, and counts the server's start as one.
const (
	writeCooldown     = 7 * time.Second
	forceLoadStepsMax = 8
)

// profileServiceData is what ProfileService keeps under a key.
type profileServiceData struct {
	Data     struct{ Coins int }
	MetaData struct {
		ActiveSession    []any // place and server; absent when nobody has one
		SessionLoadCount int
	}
}

func newProfileService(t *testing.T) sessions {
	return newSessions(t, "profileservice", "@rbxts/profileservice@1.4.2")
}

// The server that has the session sees at its next save that another wants it, and lets go.
func TestNpmProfileServiceHandsASessionOver(t *testing.T) {
	s := newProfileService(t)
	one, two := s.open("one"), s.open("two")
	s.join(one)
	s.pass(2 * time.Minute)
	s.said(line{writeCooldown + aFrame, "one", "loaded 1 coins 0"})
	s.join(two)
	s.pass(2 * time.Minute)
	released := 2*time.Minute + writeCooldown + aFrame // when one saves again
	s.said(line{released, "one", "released with 101"},
		line{2*time.Minute + 2*writeCooldown + frames(2), "two", "loaded 2 coins 101"})
	var stored profileServiceData
	s.read(&stored)
	require.Equal(t, 2, stored.MetaData.SessionLoadCount)
	require.Equal(t, two.Options().JobID, stored.MetaData.ActiveSession[1])
}

// A crashed server does not let go. The other asks once, looks seven times, and then steals.
func TestNpmProfileServiceStealsTheSessionOfACrashedServer(t *testing.T) {
	s := newProfileService(t)
	one, two := s.open("one"), s.open("two")
	s.join(one)
	s.pass(90 * time.Second)
	one.Crash()
	s.lines = nil
	s.join(two)
	s.pass(5 * time.Minute)
	const looks = forceLoadStepsMax + 1
	s.said(line{90*time.Second + looks*writeCooldown + frames(looks-1), "two", "loaded 2 coins 101"})
	var stored profileServiceData
	s.read(&stored)
	require.Equal(t, two.Options().JobID, stored.MetaData.ActiveSession[1])
}

func TestNpmProfileServiceSavesWhenTheServerCloses(t *testing.T) {
	s := newProfileService(t)
	one := s.open("one")
	s.join(one)
	s.pass(95 * time.Second)
	s.lines = nil
	require.NoError(t, one.Shutdown("ServerEmpty", func(closed roblox.Closed) {
		require.Zero(t, closed.Unfinished)
	}))
	s.pass(time.Minute)
	require.True(t, one.Closed())
	require.Len(t, s.lines, 1)
	require.Equal(t, "released with 101", s.lines[0].text)
	var stored profileServiceData
	s.read(&stored)
	require.Equal(t, 101, stored.Data.Coins)
	require.Empty(t, stored.MetaData.ActiveSession)
}

// What Lapis 0.3.8 says: how often it tries to load, a second apart, and how long a lock holds that
// nobody renews.
const (
	lapisAttempts   = 20
	lapisLockExpire = 30 * time.Minute
)

// lapisData is what Lapis keeps under a key.
type lapisData struct {
	LockID string
	Data   struct{ Coins int }
}

func newLapis(t *testing.T) sessions {
	return newSessions(t, "lapis-game", "@rbxts/lapis@0.3.8", "roblox-ts@3.0.0")
}

// Whoever wants the document tries again until the other server has closed it.
func TestNpmLapisHandsADocumentOver(t *testing.T) {
	s := newLapis(t)
	one, two := s.open("one"), s.open("two")
	player := s.join(one)
	s.pass(time.Minute)
	s.said(line{aFrame, "one", "loaded 0"})
	s.join(two)
	s.pass(5 * time.Second)
	one.Leave(player, "Unknown")
	s.pass(time.Minute)
	closed := time.Minute + 5*time.Second + aFrame
	s.said(line{closed, "one", "closed with 100"}, line{closed + time.Second, "two", "loaded 100"})
	var stored lapisData
	s.read(&stored)
	require.Equal(t, 100, stored.Data.Coins)
	require.NotEmpty(t, stored.LockID)
}

// A crashed server closes nothing: until the lock expires, loading fails.
func TestNpmLapisWaitsOutTheLockOfACrashedServer(t *testing.T) {
	s := newLapis(t)
	one, two := s.open("one"), s.open("two")
	s.join(one)
	s.pass(time.Minute)
	one.Crash()
	s.lines = nil
	player := s.join(two)
	s.pass(time.Minute)
	s.said(line{time.Minute + (lapisAttempts-1)*time.Second + aFrame, "two",
		"failed DataStoreFailure(Could not acquire lock)"})
	two.Leave(player, "Unknown")
	s.pass(lapisLockExpire - 2*time.Minute)
	s.join(two)
	s.pass(time.Second)
	s.said(line{lapisLockExpire + aFrame, "two", "loaded 0"})
}
