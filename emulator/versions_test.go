package emulator_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

const notValid = "502: API Services rejected request with error. " +
	"Reason: The provided version is not valid."

func getVersion(t testing.TB, emu *emulator.Emulator, key, version string) emulator.Result {
	t.Helper()
	return do(t, emu, emulator.Request{Op: emulator.OpGetVersion, Key: key, Version: version})
}

func requireNoVersion(t testing.TB, emu *emulator.Emulator, key, version string) {
	t.Helper()
	for _, op := range []emulator.Op{emulator.OpGetVersion, emulator.OpRemoveVersion} {
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: op, Store: coins, Key: key, Version: version,
		})
		require.EqualError(t, err, notValid)
	}
}

// workedExample does the writes of R108 and returns their answers.
func workedExample(t testing.TB, emu *emulator.Emulator, clock *handClock) []emulator.Result {
	t.Helper()
	var wrote []emulator.Result
	for _, write := range []struct {
		minute time.Duration
		value  string
	}{{0, `"A"`}, {15, `"B"`}, {30, `"C"`}, {69, `"D"`}, {70, `"E"`}} {
		clock.now = start.Add(write.minute * time.Minute)
		wrote = append(wrote, do(t, emu, emulator.Request{
			Op: emulator.OpPut, Key: "k", Value: json.RawMessage(write.value), UserIDs: []int64{1},
		}))
	}
	return wrote
}

// R102, R116, R117, R71
func TestVersionsReadAsTheyWereWritten(t *testing.T) {
	emu, clock := newEmulator(t)
	wrote := workedExample(t, emu, clock)
	for i, kept := range []bool{true, false, false, true, true} {
		if version := wrote[i].Info.Version; kept {
			require.Equal(t, wrote[i], getVersion(t, emu, "k", version))
		} else {
			requireNoVersion(t, emu, "k", version)
		}
	}
	id := wrote[0].Info.Version
	for _, version := range []string{
		"", "x", id[:46], id + "1", "1" + id[1:], id[:26] + "2" + id[27:],
		id[:43] + "1" + id[44:], id[:44] + ".02",
	} {
		requireNoVersion(t, emu, "k", version)
	}
	requireNoVersion(t, emu, "other", id)
}

// R111
func TestVersionsCannotBeReadAfterThirtyDays(t *testing.T) {
	emu, clock := newEmulator(t)
	first := put(t, emu, "k", `1`).Info.Version
	clock.now = start.Add(90 * 24 * time.Hour)
	put(t, emu, "k", `2`)
	superseded := clock.now
	clock.now = superseded.Add(emulator.VersionLifetime - time.Nanosecond*100)
	require.Equal(t, `1`, string(getVersion(t, emu, "k", first).Value))
	clock.now = superseded.Add(emulator.VersionLifetime)
	requireNoVersion(t, emu, "k", first)
	require.Len(t, do(t, emu, emulator.Request{Op: emulator.OpListVersions, Key: "k"}).Items, 1)
	at := emulator.Request{
		Op: emulator.OpGetVersionAt, Key: "k", TimeMS: start.Add(time.Hour).UnixMilli(),
	}
	require.Equal(t, emulator.Result{}, do(t, emu, at))
}

// Section 0.2: until July 2024 each write kept the version before, and its thirty days began when
// it was written.
func TestEveryWriteKeptAVersionBeforeJuly2024(t *testing.T) {
	profile, err := emulator.ProfileNamed("pre-2024-07")
	require.NoError(t, err)
	clock := &handClock{now: start}
	emu := emulator.RunT(t, emulator.Options{Clock: clock, Profile: profile})
	wrote := workedExample(t, emu, clock)
	for i, result := range wrote {
		require.Equal(t, result, getVersion(t, emu, "k", wrote[i].Info.Version))
	}
	clock.now = start.Add(emulator.VersionLifetime + 30*time.Minute)
	require.Len(t, do(t, emu, emulator.Request{Op: emulator.OpListVersions, Key: "k"}).Items, 2)
	clock.now = start.Add(10 * emulator.VersionLifetime)
	put(t, emu, "k", `"F"`)
	items := do(t, emu, emulator.Request{Op: emulator.OpListVersions, Key: "k"}).Items
	require.Len(t, items, 1, "E was too old when it was superseded")
}

// R118
func TestATombstonesVersionReadsAsNothing(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `1`)
	clock.now = start.Add(time.Minute)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	tombstone := get(t, emu, "k")
	require.Equal(t, tombstone, getVersion(t, emu, "k", tombstone.Info.Version))
	require.False(t, tombstone.Found)
	clock.now = start.Add(2 * time.Hour)
	put(t, emu, "k", `2`)
	require.Equal(t, tombstone, getVersion(t, emu, "k", tombstone.Info.Version), "superseded")
}

// R119, R120
func TestVersionAtATimeIsTheNewestLeft(t *testing.T) {
	emu, clock := newEmulator(t)
	workedExample(t, emu, clock)
	clock.now = start.Add(200 * time.Minute)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	at := func(ms int64) string {
		t.Helper()
		return string(do(t, emu, emulator.Request{
			Op: emulator.OpGetVersionAt, Key: "k", TimeMS: ms,
		}).Value)
	}
	minute := func(n int) int64 { return start.Add(time.Duration(n) * time.Minute).UnixMilli() }
	require.Equal(t, ``, at(minute(0)-1))
	require.Equal(t, `"A"`, at(minute(0)))
	require.Equal(t, `"A"`, at(minute(69)-1), "B and C are lost")
	require.Equal(t, `"D"`, at(minute(69)))
	require.Equal(t, `"E"`, at(minute(70)))
	require.Equal(t, `"E"`, at(minute(200)-1))
	require.Equal(t, ``, at(minute(200)), "removed")
	require.Equal(t, ``, at(minute(210)), "ten minutes ahead")
	for _, ms := range []int64{0, -1, minute(210) + 1, 1<<63 - 1} {
		_, err := emu.Do(t.Context(), emulator.Request{
			Op: emulator.OpGetVersionAt, Store: coins, Key: "k", TimeMS: ms,
		})
		require.EqualError(t, err,
			"Timestamp must be positive and not more than ten minutes in the future.")
	}
}

// UpdatedMS is cut to milliseconds; asking for it finds the version all the same.
func TestVersionAtItsOwnMillisecondIsFound(t *testing.T) {
	emu, clock := newEmulator(t)
	clock.now = start.Add(1_999_999 * time.Nanosecond)
	updated := put(t, emu, "k", `1`).Info.UpdatedMS
	result := do(t, emu, emulator.Request{Op: emulator.OpGetVersionAt, Key: "k", TimeMS: updated})
	require.Equal(t, `1`, string(result.Value))
	list := emulator.Request{
		Op: emulator.OpListVersions, Key: "k", Page: emulator.Page{FromMS: updated, ToMS: updated},
	}
	require.Len(t, do(t, emu, list).Items, 1)
}

// versionLine shows a version by its minute after start.
func versionLine(item emulator.Item) string {
	line := time.UnixMilli(item.Info.UpdatedMS).UTC().Format("15:04")
	if item.Deleted {
		line += " removed"
	}
	return line
}

// R121, R122, R124
func TestVersionsAreListedByTime(t *testing.T) {
	emu, clock := newEmulator(t)
	wrote := workedExample(t, emu, clock)
	clock.now = start.Add(100 * time.Minute)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "k"})
	list := emulator.Request{Op: emulator.OpListVersions, Key: "k"}
	items := do(t, emu, list).Items
	require.Equal(t, wrote[0].Info.Version, items[0].Info.Version)
	require.Equal(t, wrote[3].Info.Version, items[1].Info.Version)
	require.Equal(t, start.UnixMilli(), items[1].Info.CreatedMS)

	up := []string{"02:50", "03:59", "04:00", "04:30 removed"}
	down := []string{"04:30 removed", "04:00", "03:59", "02:50"}
	require.Equal(t, [][]string{up}, pages(t, emu, list, versionLine))
	list.Page.Size = 3
	require.Equal(t, [][]string{up[:3], up[3:]}, pages(t, emu, list, versionLine))
	list.Page.Descending = true
	require.Equal(t, [][]string{down[:3], down[3:]}, pages(t, emu, list, versionLine))
	list.Page.Size = 1
	require.Len(t, pages(t, emu, list, versionLine), 4)
	list.Page.FromMS = start.Add(69 * time.Minute).UnixMilli()
	list.Page.ToMS = start.Add(70 * time.Minute).UnixMilli()
	require.Equal(t, [][]string{{"04:00"}, {"03:59"}}, pages(t, emu, list, versionLine))
	list.Page.FromMS++
	list.Page.ToMS--
	require.Equal(t, [][]string{{}}, pages(t, emu, list, versionLine))
	list.Key = "unknown"
	require.Equal(t, [][]string{{}}, pages(t, emu, list, versionLine))
}

// R125
func TestRemovedVersionsAreGoneForGood(t *testing.T) {
	emu, clock := newEmulator(t)
	wrote := workedExample(t, emu, clock)
	removeVersion := func(i int) {
		version := wrote[i].Info.Version
		do(t, emu, emulator.Request{Op: emulator.OpRemoveVersion, Key: "k", Version: version})
		requireNoVersion(t, emu, "k", version)
	}
	list := emulator.Request{Op: emulator.OpListVersions, Key: "k"}
	removeVersion(3)
	require.Equal(t, [][]string{{"02:50", "04:00"}}, pages(t, emu, list, versionLine))
	require.Equal(t, `"E"`, string(get(t, emu, "k").Value))
	removeVersion(4)
	require.Equal(t, emulator.Result{}, get(t, emu, "k"), "no tombstone")
	require.Equal(t, [][]string{{"02:50"}}, pages(t, emu, list, versionLine))
	require.Equal(t, `"A"`, string(getVersion(t, emu, "k", wrote[0].Info.Version).Value))
	require.Equal(t, [][]string{{"global/k removed"}},
		pages(t, emu, listKeys("global", emulator.Page{}), keyName))
	empty := ""
	again := do(t, emu, emulator.Request{
		Op: emulator.OpPut, Key: "k", Value: json.RawMessage(`"F"`), IfVersion: &empty,
	})
	require.Greater(t, again.Info.Version, wrote[4].Info.Version)
	require.Equal(t, [][]string{{"02:50", "04:00"}}, pages(t, emu, list, versionLine),
		"what was removed is not kept")
}

func TestAKeyWithoutVersionsIsForgotten(t *testing.T) {
	emu, _ := newEmulator(t)
	version := put(t, emu, "k", `1`).Info.Version
	do(t, emu, emulator.Request{Op: emulator.OpRemoveVersion, Key: "k", Version: version})
	require.Empty(t, do(t, emu, listKeys("global", emulator.Page{})).Items)
	require.Empty(t, do(t, emu, emulator.Request{Op: emulator.OpListStores}).Items)
}

// R110: a snapshot at 03:20 keeps what the write at 03:25 replaces.
func TestTheFirstWriteAfterASnapshotKeepsAVersion(t *testing.T) {
	emu, clock := newEmulator(t)
	snapshot := emulator.Request{Op: emulator.OpSnapshot}
	at := func(minute time.Duration, value string) {
		clock.now = start.Add(minute * time.Minute)
		put(t, emu, "k", value)
	}
	at(10, `"A"`)
	at(20, `"B"`)
	clock.now = start.Add(30 * time.Minute)
	taken := do(t, emu, snapshot)
	require.Equal(t, emulator.Result{
		Found: true, Info: emulator.KeyInfo{CreatedMS: clock.now.UnixMilli()},
	}, taken)
	at(35, `"C"`)
	at(36, `"D"`)
	put(t, emu, "new", `1`)
	put(t, emu, "new", `2`)
	list := emulator.Request{Op: emulator.OpListVersions, Key: "k"}
	require.Equal(t, [][]string{{"03:10", "03:26"}}, pages(t, emu, list, versionLine))

	again := do(t, emu, snapshot)
	require.False(t, again.Found, "once a UTC day (O39)")
	require.Equal(t, taken.Info, again.Info)
	clock.now = start.Add(24 * time.Hour)
	require.True(t, do(t, emu, snapshot).Found)
}

// Found by the model test: under the older rule a version can expire the moment it is superseded,
// and did then keep an entry without versions alive.
func TestExpiredVersionsDoNotKeepAKeyWithoutOthers(t *testing.T) {
	profile, err := emulator.ProfileNamed("pre-2024-07")
	require.NoError(t, err)
	clock := &handClock{now: start}
	emu := emulator.RunT(t, emulator.Options{Clock: clock, Profile: profile})
	put(t, emu, "k", `1`)
	clock.now = start.Add(emulator.VersionLifetime)
	version := put(t, emu, "k", `2`).Info.Version
	do(t, emu, emulator.Request{Op: emulator.OpRemoveVersion, Key: "k", Version: version})
	require.Equal(t, emulator.NewVersion(clock.now, 1, clock.now), put(t, emu, "k", `3`).Info.Version)
}
