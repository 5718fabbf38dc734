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

// What ProfileStore 1.0.3 says at its top.
const (
	autoSavePeriod   = 300 * time.Second
	firstLoadRepeat  = 5 * time.Second
	loadRepeatPeriod = 10 * time.Second
	sessionSteal     = 40 * time.Second
	assumeDead       = 630 * time.Second
)

// profile is what ProfileStore keeps under a key.
type profile struct {
	Data     struct{ Coins int }
	MetaData struct {
		ActiveSession    []any // place, server, session; absent when nobody has one
		SessionLoadCount int
	}
	UserIds []int64
}

// profiles is a universe whose servers run the game of testdata/npm/profile-store.
type profiles struct{ *universe }

func newProfiles(t *testing.T) profiles {
	folder := npmProject(t, "profile-store", "@rbxts/profile-store@1.0.3")
	return profiles{newUniverse(t, folder)}
}

// open starts a server that has run its scripts.
func (p profiles) open(name string) *luabridge.Game {
	game := p.start(name)
	game.RunScripts()
	p.pass(0)
	return game
}

// join lets player 1 in.
func (p profiles) join(game *luabridge.Game) *roblox.Instance {
	player, err := game.Join(roblox.Profile{UserID: 1})
	require.NoError(p.t, err)
	return player
}

func (p profiles) stored() (stored profile) {
	store := emulator.StoreID{Name: "Players", Scope: "global"}
	result, err := p.emulator.Peek(store, "Player_1")
	require.NoError(p.t, err)
	require.True(p.t, result.Found)
	require.NoError(p.t, json.Unmarshal(result.Value, &stored))
	return stored
}

// said checks what the servers printed since the last look.
func (p profiles) said(want ...line) {
	p.t.Helper()
	require.Equal(p.t, want, p.lines)
	p.lines = nil
}

func TestNpmProfileStoreStartsSavesAndEndsASession(t *testing.T) {
	p := newProfiles(t)
	one := p.open("one")
	player := p.join(one)
	p.pass(10 * time.Second)
	p.said(line{0, "one", "session 1 coins 0"}, line{0, "one", "saved coins 100"})
	require.Equal(t, 100, p.stored().Data.Coins)
	require.Equal(t, []int64{1}, p.stored().UserIds)
	require.Equal(t, 1, p.stored().MetaData.SessionLoadCount)
	require.Equal(t, one.Options().JobID, p.stored().MetaData.ActiveSession[1])

	one.Leave(player, "Unknown")
	p.pass(time.Second)
	ten := 10 * time.Second
	p.said(line{ten, "one", "last save Manual"}, line{ten, "one", "end"},
		line{ten, "one", "saved coins 101"})
	require.Equal(t, 101, p.stored().Data.Coins)
	require.Empty(t, p.stored().MetaData.ActiveSession)
}

// A server that lives is asked by message to give the session up, and does before the other looks
// again.
func TestNpmProfileStoreHandsASessionOverBetweenServers(t *testing.T) {
	p := newProfiles(t)
	one, two := p.open("one"), p.open("two")
	p.join(one)
	p.pass(time.Minute)
	p.lines = nil
	p.join(two)
	p.pass(time.Minute)
	asked, began := time.Minute+time.Second, time.Minute+firstLoadRepeat
	p.said(line{asked, "one", "last save External"}, line{asked, "one", "end"},
		line{asked, "one", "saved coins 101"},
		line{began, "two", "session 2 coins 101"}, line{began, "two", "saved coins 201"})
	require.Equal(t, two.Options().JobID, p.stored().MetaData.ActiveSession[1])
}

// A crashed server gives nothing up: the other asks in vain until it may steal the session. What
// the crashed one had not saved is lost, and nothing else.
func TestNpmProfileStoreStealsTheSessionOfACrashedServer(t *testing.T) {
	p := newProfiles(t)
	one, two := p.open("one"), p.open("two")
	p.join(one)
	p.pass(time.Minute)
	one.Crash()
	p.lines = nil
	p.join(two)
	stolen := time.Minute + firstLoadRepeat + sessionSteal
	p.pass(firstLoadRepeat + sessionSteal - 1)
	p.said()
	require.Equal(t, 100, p.stored().Data.Coins)
	require.Equal(t, one.Options().JobID, p.stored().MetaData.ActiveSession[1])
	p.pass(loadRepeatPeriod)
	p.said(line{stolen, "two", "session 2 coins 100"}, line{stolen, "two", "saved coins 200"})
	require.Equal(t, two.Options().JobID, p.stored().MetaData.ActiveSession[1])
	require.Equal(t, 2, p.stored().MetaData.SessionLoadCount)
}

// A session that was not saved for longer than ASSUME_DEAD is free to whoever looks.
func TestNpmProfileStoreAssumesASilentServerDead(t *testing.T) {
	steal := firstLoadRepeat + sessionSteal
	for _, c := range []struct{ silent, wait time.Duration }{
		{assumeDead - steal, steal},
		{assumeDead, firstLoadRepeat}, // the second look is late enough
		{assumeDead + time.Second, 0},
	} {
		p := newProfiles(t)
		one, two := p.open("one"), p.open("two")
		p.join(one)
		p.pass(0)
		one.Crash()
		p.lines = nil
		p.pass(c.silent)
		p.join(two)
		p.pass(time.Minute)
		p.said(line{c.silent + c.wait, "two", "session 2 coins 100"},
			line{c.silent + c.wait, "two", "saved coins 200"})
	}
}

func TestNpmProfileStoreSavesByItself(t *testing.T) {
	p := newProfiles(t)
	p.join(p.open("one"))
	p.pass(0)
	p.lines = nil
	p.pass(autoSavePeriod)
	p.said()
	frame := time.Second / 60 // the first one after the period
	p.pass(frame)
	p.said(line{autoSavePeriod + frame, "one", "saved coins 101"})
	require.Equal(t, 101, p.stored().Data.Coins)
}
