package luabridge_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
)

// A server may have been wrong about the time from its start.
func TestAServerMayStartWithAWrongClock(t *testing.T) {
	folder := t.TempDir()
	writeText(t, folder, "Main.server.luau",
		`print(os.time(), string.format("%.1f", workspace:GetServerTimeNow()))`)
	place, err := luabridge.OpenScript(filepath.Join(folder, "Main.server.luau"))
	require.NoError(t, err)
	sim := sched.New(time.Unix(1_000_000, 0))
	var lines []string
	o := luabridge.Options{
		Sim: sim, Service: emulator.RunT(t, emulator.Options{Clock: sim}),
		Output:     func(m roblox.Message) { lines = append(lines, m.Text) },
		ClockAhead: -time.Minute,
	}
	game, err := place.Start(o)
	require.NoError(t, err)
	defer game.Close()
	game.RunScripts()
	require.Equal(t, []string{"999940 999940.0"}, lines)

	o.ClockDrift = 1_000_000
	_, err = place.Start(o)
	require.ErrorContains(t, err, "drifts by 1000000 ppm")
}
