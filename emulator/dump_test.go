package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

func dump(t testing.TB, emu *emulator.Emulator) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, emu.Dump(&text))
	return text.String()
}

// dumpedVersions lists what the only key holds and held, the current version first.
func dumpedVersions(t testing.TB, emu *emulator.Emulator) []string {
	t.Helper()
	var versions []string
	for line := range strings.Lines(dump(t, emu)) {
		if strings.HasPrefix(line, "  ") {
			fields := strings.Fields(line)
			versions = append(versions, fields[2])
		}
	}
	return versions
}

func TestDumpIsStableAndReadable(t *testing.T) {
	emu, clock := newEmulator(t)
	do(t, emu, emulator.Request{
		Op: emulator.OpPut, Key: "player_2", Value: json.RawMessage(`{"coins":5}`),
		UserIDs: []int64{2}, Metadata: json.RawMessage(`{"a":1}`),
	})
	put(t, emu, "player_1", `"x"`)
	clock.now = start.Add(time.Hour)
	put(t, emu, "player_2", `6`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "player_1"})
	_, err := emu.Seed(ranks, "a", json.RawMessage(`-3`))
	require.NoError(t, err)
	_, err = emu.Seed(emulator.StoreID{Name: "Bank", Scope: "s"}, "k", json.RawMessage(`null`))
	require.NoError(t, err)
	want := `standard store "Bank", scope "s"
  "k" 08DE48E8D668E400.0000000001.08DE48E8D668E400.01 null
standard store "Coins", scope "global"
  "player_1" 08DE48E074A47C00.0000000002.08DE48E8D668E400.01 removed
    was 2026-01-01T02:50:00.000Z "x"
  "player_2" 08DE48E074A47C00.0000000002.08DE48E8D668E400.01 6
    was 2026-01-01T02:50:00.000Z {"coins":5} users [2] metadata {"a":1}
ordered store "Ranks", scope "global"
  "a" -3
`
	require.Equal(t, want, dump(t, emu))
}

// The worked example of R108: 02:50 A, 03:05 B, 03:20 C, 03:59 D, 04:00 E leave A, D and E.
func TestOnlyTheLastWriteOfAnHourIsKept(t *testing.T) {
	emu, clock := newEmulator(t)
	for _, write := range []struct {
		minute time.Duration
		value  string
	}{{0, `"A"`}, {15, `"B"`}, {30, `"C"`}, {69, `"D"`}, {70, `"E"`}} {
		clock.now = start.Add(write.minute * time.Minute)
		put(t, emu, "k", write.value)
	}
	require.Equal(t, []string{`"E"`, `"D"`, `"A"`}, dumpedVersions(t, emu))
}

// R112: the version before a tombstone is kept within its hour too, and a write onto the tombstone
// of the same hour replaces only the tombstone.
func TestRemoveAlwaysKeepsWhatWasThere(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `"A"`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	require.Equal(t, []string{`removed`, `"A"`}, dumpedVersions(t, emu))
	put(t, emu, "k", `"B"`)
	require.Equal(t, []string{`"B"`, `"A"`}, dumpedVersions(t, emu))
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	clock.now = start.Add(time.Hour)
	put(t, emu, "k", `"C"`)
	require.Equal(t, []string{`"C"`, `removed`, `"B"`, `"A"`}, dumpedVersions(t, emu))
}

// R111: counted from the write that superseded it.
func TestKeptVersionsExpireAfterThirtyDays(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `"A"`)
	clock.now = start.Add(40 * 24 * time.Hour)
	put(t, emu, "k", `"B"`)
	clock.now = clock.now.Add(30*24*time.Hour - time.Second)
	put(t, emu, "k", `"C"`)
	require.Equal(t, []string{`"C"`, `"B"`, `"A"`}, dumpedVersions(t, emu))
	clock.now = clock.now.Add(time.Hour)
	put(t, emu, "k", `"D"`)
	require.Equal(t, []string{`"D"`, `"C"`, `"B"`}, dumpedVersions(t, emu))
}
