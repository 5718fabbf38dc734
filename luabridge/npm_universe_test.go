package luabridge_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
)

// universe is an emulator with the servers of one place, in one virtual time.
type universe struct {
	t        *testing.T
	place    *luabridge.Place
	sim      *sched.Sim
	emulator *emulator.Emulator
	bus      *roblox.Bus
	exited   bool
	lines    []line // what all servers printed
}

// line is a message in a server's console.
type line struct {
	at     time.Duration // since the universe began
	server string
	text   string
}

func newUniverse(t *testing.T, folder string) *universe {
	t.Helper()
	place, err := luabridge.Open(folder + "/default.project.json")
	require.NoError(t, err)
	require.Empty(t, place.Project.Warnings)
	u := &universe{t: t, place: place, sim: sched.New(luabridge.Epoch)}
	u.emulator, err = emulator.Open(
		context.Background(), emulator.InMemory, emulator.Options{Clock: u.sim})
	require.NoError(t, err)
	t.Cleanup(func() {
		u.sim.Close()
		require.NoError(t, u.emulator.Close())
	})
	u.bus = roblox.NewBus(u.sim, roblox.BusOptions{})
	return u
}

// start makes a server; none of its scripts run yet.
func (u *universe) start(name string) *luabridge.Game {
	u.t.Helper()
	game, err := u.place.Start(luabridge.Options{
		Sim: u.sim, Service: u.emulator, Seed: 1, Name: name,
		Bus:    u.bus,
		Output: func(m roblox.Message) { u.hear(name, m) },
		Exit:   func(int) { u.exited = true },
	})
	require.NoError(u.t, err)
	return game
}

func (u *universe) hear(server string, m roblox.Message) {
	text := m.Text
	if m.Kind == roblox.Error {
		text = "uncaught " + text + "\n" + m.Trace
	}
	u.t.Log(server, u.now(), text)
	u.lines = append(u.lines, line{u.now(), server, text})
}

func (u *universe) now() time.Duration { return u.sim.Now().Sub(luabridge.Epoch) }

// pass lets time pass.
func (u *universe) pass(d time.Duration) { u.sim.RunUntil(u.sim.Now().Add(d)) }

// runUntilExit lets time pass until a script calls ProcessService:ExitAsync, and reports whether
// one did in time.
func (u *universe) runUntilExit(limit time.Duration) bool {
	end := u.sim.Now().Add(limit)
	for !u.exited && u.sim.Now().Before(end) && u.sim.Step() {
	}
	return u.exited
}
