package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// everything fills an Emulator with all that can be stored.
func everything(t testing.TB, emu *emulator.Emulator, clock *handClock) {
	t.Helper()
	workedExample(t, emu, clock)
	do(t, emu, emulator.Request{Op: emulator.OpSnapshot})
	do(t, emu, emulator.Request{
		Op: emulator.OpPut, Key: "tagged", Value: json.RawMessage(`{"a":[1,null]}`),
		UserIDs: []int64{1, -2}, Metadata: json.RawMessage(`{"m":1}`),
	})
	put(t, emu, "gone", `1`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "gone"})
	put(t, emu, "forgotten", `1`)
	clock.now = clock.now.Add(time.Hour)
	version := put(t, emu, "forgotten", `2`).Info.Version
	do(t, emu, emulator.Request{Op: emulator.OpRemoveVersion, Key: "forgotten", Version: version})
	seed(t, emu, emulator.StoreID{Name: "Coins", Scope: "a/b"}, "k", "\x00é")
	seed(t, emu, emulator.StoreID{Name: "Bank", Scope: "s"}, "k")
	seed(t, emu, emulator.GlobalStore(), "k")
	rank(t, emu, "a", -1<<63)
	rank(t, emu, "b", 1<<63-1)
}

func export(t testing.TB, emu *emulator.Emulator) []emulator.Record {
	t.Helper()
	var all []emulator.Record
	require.NoError(t, emu.Export(context.Background(), func(r emulator.Record) error {
		all = append(all, r)
		return nil
	}))
	return all
}

// each yields records as Import takes them.
func each(records []emulator.Record) iter.Seq2[emulator.Record, error] {
	return func(yield func(emulator.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestImportRestoresWhatExportGave(t *testing.T) {
	emu, clock := newEmulator(t)
	everything(t, emu, clock)
	records := export(t, emu)
	for _, path := range []string{emulator.InMemory, filepath.Join(t.TempDir(), "copy.db")} {
		other, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
		require.NoError(t, err)
		_, err = other.Seed(coins, "k", json.RawMessage(`"in the way"`))
		require.NoError(t, err)
		_, err = other.Seed(coins, "stray", json.RawMessage(`"in the way"`))
		require.NoError(t, err)
		for range 2 {
			require.NoError(t, other.Import(t.Context(), each(records)))
			require.Equal(t, records, export(t, other))
			require.Equal(t, dump(t, emu), dump(t, other))
		}
		// What comes after is the same too.
		snapshot := filepath.Join(t.TempDir(), "before.db")
		require.NoError(t, emu.Backup(t.Context(), snapshot))
		for _, req := range []emulator.Request{
			{Op: emulator.OpPut, Key: "k", Value: json.RawMessage(`"F"`)},
			{Op: emulator.OpPut, Key: "forgotten", Value: json.RawMessage(`3`)},
			{Op: emulator.OpPut, Key: "tagged", Value: json.RawMessage(`4`)},
			{Op: emulator.OpSnapshot},
			{Op: emulator.OpListStores},
			{Op: emulator.OpListVersions, Key: "forgotten"},
		} {
			require.Equal(t, do(t, emu, req), do(t, other, req))
		}
		require.NoError(t, emu.Restore(t.Context(), snapshot))
		require.Equal(t, records, export(t, emu))
		require.NoError(t, other.Close())
	}
}

func TestExportIsInStableOrder(t *testing.T) {
	emu, clock := newEmulator(t)
	everything(t, emu, clock)
	var lines []string
	for _, r := range export(t, emu) {
		line := r.Store.Kind.String() + " " + r.Store.Name + "/" + r.Store.Scope + "/" + r.Key
		if !r.Snapshot.IsZero() {
			line = "snapshot " + r.Snapshot.Format(time.RFC3339)
		}
		if r.Forgotten != "" {
			line += " forgotten"
		}
		for _, v := range r.Versions {
			line += " " + string(v.Value)
		}
		lines = append(lines, line)
	}
	require.Equal(t, []string{
		"snapshot 2026-01-01T04:00:00Z",
		"standard //", "standard /u/k 1",
		"standard Bank//", "standard Bank/s/k 1",
		"standard Coins//", "standard Coins/a/b/\x00é 1", "standard Coins/a/b/k 1",
		"standard Coins/global/forgotten forgotten 1", "standard Coins/global/gone  1",
		`standard Coins/global/k "E" "D" "A"`, `standard Coins/global/tagged {"a":[1,null]}`,
		"ordered Ranks//", "ordered Ranks/global/a", "ordered Ranks/global/b",
	}, lines)
}

func TestImportIsAllOrNothing(t *testing.T) {
	for _, path := range []string{emulator.InMemory, filepath.Join(t.TempDir(), "x.db")} {
		clock := &handClock{now: start}
		emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
		require.NoError(t, err)
		everything(t, emu, clock)
		before := export(t, emu)
		id := emulator.NewVersion(start, 1, start)
		good := emulator.Record{Store: coins, Key: "new", Versions: []emulator.Version{
			{ID: id, Value: json.RawMessage(`1`)},
		}}
		refuse := func(want string, bad emulator.Record) {
			t.Helper()
			err := emu.Import(t.Context(), each([]emulator.Record{good, bad}))
			require.ErrorContains(t, err, want)
			require.Equal(t, before, export(t, emu))
		}
		version := func(v emulator.Version) emulator.Record {
			return emulator.Record{Store: coins, Key: "k", Versions: []emulator.Version{v}}
		}
		refuse("got no version, want at least one", emulator.Record{Store: coins, Key: "k"})
		refuse("102: Key name", emulator.Record{Store: coins, Key: strings.Repeat("k", 51)})
		refuse("101: Key name", emulator.Record{Store: coins})
		refuse(`version "x": got this id`, version(emulator.Version{ID: "x"}))
		refuse(`got version "x"`, emulator.Record{Store: coins, Key: "k", Forgotten: "x"})
		refuse("104: Cannot store Dictionary",
			version(emulator.Version{ID: id, Value: json.RawMessage(`{`)}))
		refuse("want one unless it is current", version(emulator.Version{ID: id, Expires: start}))
		late := version(emulator.Version{ID: id})
		late.Versions = append(late.Versions, emulator.Version{ID: id, Expires: start})
		refuse("want an older one of the same object", late)

		broken := errors.New("the file ends here")
		err = emu.Import(t.Context(), func(yield func(emulator.Record, error) bool) {
			_ = yield(good, nil) && yield(emulator.Record{}, broken)
		})
		require.ErrorIs(t, err, broken)
		require.Equal(t, before, export(t, emu))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, emu.Import(ctx, each(nil)), context.Canceled)
		require.NoError(t, emu.Import(t.Context(), each([]emulator.Record{good})))
		require.Equal(t, `1`, string(get(t, emu, "new").Value))
		require.NoError(t, emu.Close())
	}
}

func TestResetForgetsEverything(t *testing.T) {
	emu, clock := newEmulator(t)
	everything(t, emu, clock)
	require.NoError(t, emu.Reset(t.Context()))
	require.Empty(t, export(t, emu))
	require.Equal(t, emulator.NewVersion(clock.now, 1, clock.now), put(t, emu, "k", `1`).Info.Version)
}

func TestBackupsAreWholeAndNeverOverwritten(t *testing.T) {
	emu, clock := newEmulator(t)
	everything(t, emu, clock)
	path := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, emu.Backup(t.Context(), path))
	err := emu.Backup(t.Context(), path)
	require.EqualError(t, err,
		`back up to "`+path+`": there is such a file already, want a new one`)
	requireWhole(t, path)
	copied, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
	require.NoError(t, err)
	require.Equal(t, export(t, emu), export(t, copied))
	put(t, copied, "k", `"only here"`)
	require.NoError(t, copied.Close())

	put(t, emu, "k", `"lost"`)
	require.NoError(t, emu.Restore(t.Context(), path))
	require.Equal(t, `"only here"`, string(get(t, emu, "k").Value))
	put(t, emu, "k", `"goes on"`)
}

func TestRestoreTakesOlderSchemasAndRefusesOtherFiles(t *testing.T) {
	for _, path := range []string{emulator.InMemory, filepath.Join(t.TempDir(), "x.db")} {
		clock := &handClock{now: start.Add(2 * time.Hour)}
		emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
		require.NoError(t, err)
		put(t, emu, "k", `1`)
		before := export(t, emu)
		for want, file := range map[string]string{
			"no such file":         filepath.Join(t.TempDir(), "none.db"),
			"but not savestone's":  sqliteFile(t, `CREATE TABLE cats (name)`),
			"got schema version 9": sqliteFile(t, `PRAGMA application_id = 0x73767374; PRAGMA user_version = 9`),
			"this is a folder":     t.TempDir(),
		} {
			err := emu.Restore(t.Context(), file)
			require.ErrorContains(t, err, want)
			require.Equal(t, before, export(t, emu))
		}
		require.NoError(t, emu.Restore(t.Context(), sqliteFile(t, schema1)))
		require.Equal(t, `{"coins":5}`, string(get(t, emu, "k").Value))
		put(t, emu, "k", `6`)
		require.NoError(t, emu.Close())
	}
}

// R185
func TestUsageCountsLatestValuesOnly(t *testing.T) {
	emu, clock := newEmulator(t)
	put(t, emu, "k", `"`+strings.Repeat("x", 9998)+`"`)
	clock.now = clock.now.Add(time.Hour)
	put(t, emu, "k", `"`+strings.Repeat("y", 4998)+`"`)
	put(t, emu, "gone", `1`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "gone"})
	rank(t, emu, "a", 12345)
	usage, err := emu.Usage(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, usage.Keys)
	require.EqualValues(t, 5005, usage.JSONBytes)
	require.Positive(t, usage.CompressedBytes)
	require.Less(t, usage.CompressedBytes, int64(100))
	require.EqualValues(t, 503<<20, emulator.DefaultProfile().StorageMax(3))
}
