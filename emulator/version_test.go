package emulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// The vectors of R104.
func TestVersionIDsHaveRobloxsForm(t *testing.T) {
	for _, c := range []struct{ at, ticks string }{
		{"2022-02-02T23:30:06.5388799Z", "08D9E6A3F2188CFF"},
		{"2024-03-05T18:08:31.2458433Z", "08DC3D3F43F9FCC1"},
		{"2024-07-22T19:06:55.8294126Z", "08DCAA81744A406E"},
		{"2026-01-01T00:00:00Z", "08DE48C8B4F80000"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		require.NoError(t, err)
		require.Equal(t, c.ticks+".0000000001."+c.ticks+".01", emulator.NewVersion(at, 1, at))
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	later := at.Add(time.Second)
	require.Equal(t,
		"08DE48C8B4F80000.0000000016.08DE48C8B5909680.01", emulator.NewVersion(at, 22, later))
}

// Ticks count 100 ns, KeyInfo milliseconds; both are rounded down.
func TestTimesBelowAMillisecondStayInTheVersionOnly(t *testing.T) {
	emu, clock := newEmulator(t)
	clock.now = start.Add(1_999_999 * time.Nanosecond)
	info := put(t, emu, "k", `1`).Info
	require.Equal(t, emulator.NewVersion(clock.now, 1, clock.now), info.Version)
	require.Equal(t, start.UnixMilli()+1, info.CreatedMS)
	require.Equal(t, start.UnixMilli()+1, info.UpdatedMS)
}
