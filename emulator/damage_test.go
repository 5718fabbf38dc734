package emulator_test

import (
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

var (
	//go:embed testdata/schema_1.sql
	schema1 string
	//go:embed testdata/schema_2.sql
	schema2 string
)

// What older schemas held is there after Open, with the versions' time left, and laid out as in a
// new file.
func TestAnOlderFileIsBroughtUpToDate(t *testing.T) {
	t.Run("1", func(t *testing.T) { upToDate(t, schema1) })
	t.Run("2", func(t *testing.T) { upToDate(t, schema2) })
}

// What only schema 2 can hold: a removed store, and that a snapshot was taken.
func TestAFileOfSchema2KeepsRemovedStoresAndItsSnapshot(t *testing.T) {
	emu := open(t, sqliteFile(t, schema2+`
		INSERT INTO stores (id, kind, name, created, updated)
			VALUES (4, 128, 'Hidden', 639028326000000004, 639028326000000004);
		INSERT INTO entries (id, store, scope, key, created, sequence, written, removed, value)
			VALUES (11, 4, 'global', 'k', 639028326000000004, 1, 639028326000000004, 0, x'31')`))
	shown := emulator.Request{Op: emulator.OpListStores, Page: emulator.Page{ShowDeleted: true}}
	require.Len(t, do(t, emu, shown).Items, 2)
	do(t, emu, emulator.Request{
		Op: emulator.OpRestoreStore, Store: emulator.StoreID{Name: "Hidden"},
	})
	stored, err := emu.Peek(emulator.StoreID{Name: "Hidden", Scope: "global"}, "k")
	require.NoError(t, err)
	require.Equal(t, `1`, string(stored.Value))
	taken := do(t, emu, emulator.Request{Op: emulator.OpSnapshot})
	require.False(t, taken.Found, "there is one of the day")
}

func upToDate(t *testing.T, schema string) {
	path := sqliteFile(t, schema)
	emu := open(t, path)
	require.Equal(t, `standard store "", scope "u"
  "k" 08DE48E074A47C03.0000000001.08DE48E074A47C03.01 null
standard store "Coins", scope "a/b"
  "k" 08DE48E074A47C01.0000000001.08DE48E074A47C01.01 "scoped"
standard store "Coins", scope "global"
  "gone" 08DE48E074A47C00.0000000002.08DE48E8D668E400.01 removed
    was 2026-01-01T02:50:00.000Z "was"
  "k" 08DE48E074A47C00.0000000003.08DE48F1382D4C00.01 {"coins":5} users [1 -2] metadata {"a":1}
    was 2026-01-01T03:50:00.000Z 2 metadata {"b":2}
    was 2026-01-01T02:50:00.000Z 1 users [1]
ordered store "Coins", scope "global"
  "k" -5
  "l" 9223372036854775807
`, dump(t, emu))
	items := do(t, emu, emulator.Request{Op: emulator.OpListStores}).Items
	require.Equal(t, []emulator.Item{{Store: "Coins", Info: emulator.KeyInfo{
		CreatedMS: start.UnixMilli(), UpdatedMS: start.Add(2 * time.Hour).UnixMilli(),
	}}}, items)
	require.NoError(t, emu.Close())

	clock := &handClock{now: start.Add(time.Hour + emulator.VersionLifetime - 1)}
	emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
	require.NoError(t, err)
	list := emulator.Request{Op: emulator.OpListVersions, Key: "k"}
	require.Len(t, do(t, emu, list).Items, 3)
	clock.now = clock.now.Add(1)
	require.Len(t, do(t, emu, list).Items, 2, "superseded thirty days ago")
	put(t, emu, "k", `6`)
	require.NoError(t, emu.Close())

	requireWhole(t, path)
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	require.NoError(t, open(t, fresh).Close())
	require.Equal(t, layout(t, fresh), layout(t, path))
}

// layout lists a file's tables, columns and indexes.
func layout(t *testing.T, path string) [][]string {
	t.Helper()
	conn := sqliteConn(t, path)
	rows, err := conn.Query(`SELECT s.type, s.name, s.tbl_name, c.name, c.type, c."notnull", c.pk
		FROM sqlite_schema AS s LEFT JOIN pragma_table_info(s.name) AS c
		UNION ALL SELECT 'pragma', user_version, application_id, '', '', '', ''
		FROM pragma_user_version, pragma_application_id
		ORDER BY 1, 2, 4`, nil)
	require.NoError(t, err)
	texts := rowTexts(t, rows)
	require.NoError(t, conn.Close())
	require.Greater(t, len(texts), 30)
	return texts
}

func TestALockedFileIsNamedSoAndComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "locked.db")
	options := emulator.Options{Clock: &handClock{now: start}, LockWait: time.Millisecond}
	emu, err := emulator.Open(t.Context(), path, options)
	require.NoError(t, err)
	put(t, emu, "k", `1`)
	other := sqliteConn(t, path)
	_, err = other.Exec(`BEGIN IMMEDIATE`, nil)
	require.NoError(t, err)
	_, err = emu.Seed(coins, "k", json.RawMessage(`2`))
	require.ErrorContains(t, err, "another process keeps the database locked")
	require.Equal(t, `1`, string(get(t, emu, "k").Value), "readers go on")
	_, err = emulator.Open(t.Context(), path, options)
	require.ErrorContains(t, err, "another process keeps the database locked")
	require.NoError(t, other.Close())
	require.Equal(t, `3`, string(put(t, emu, "k", `3`).Value))
	require.NoError(t, emu.Close())
	requireWhole(t, path)
}

// Wherever a page was overwritten: what is read is right or refused, and nothing makes it worse.
func TestADamagedFileIsNamedSoAndLeftAlone(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	emu := open(t, whole)
	value := json.RawMessage(`"` + strings.Repeat("x", 500) + `"`)
	for i := range 100 {
		_, err := emu.Seed(coins, string(rune('a'+i)), value)
		require.NoError(t, err)
	}
	require.NoError(t, emu.Close())
	contents, err := os.ReadFile(whole)
	require.NoError(t, err)
	const pageBytes = 4096
	refused := 0
	for page := range len(contents) / pageBytes {
		damaged := append([]byte{}, contents...)
		copy(damaged[page*pageBytes:], strings.Repeat("damage ", pageBytes/7))
		path := filepath.Join(t.TempDir(), "damaged.db")
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		if err := readEverything(t, path, value); err != nil {
			require.ErrorContains(t, err, "the file is damaged or no database; use a backup")
			refused++
		}
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, damaged, after)
	}
	require.Greater(t, refused, len(contents)/pageBytes/2)
}

func readEverything(t *testing.T, path string, want json.RawMessage) error {
	emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: &handClock{now: start}})
	if err != nil {
		return err
	}
	defer func() { require.NoError(t, emu.Close()) }()
	for i := range 100 {
		result, err := emu.Peek(coins, string(rune('a'+i)))
		if err != nil {
			return err
		}
		if result.Found {
			require.Equal(t, want, result.Value)
		}
	}
	return nil
}

func TestAFolderWithoutPermissionIsNamedSo(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "old.db")
	emu := open(t, path)
	put(t, emu, "k", `1`)
	require.NoError(t, emu.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o444))
	require.NoError(t, os.Chmod(folder, 0o555))
	defer func() { require.NoError(t, os.Chmod(folder, 0o755)) }()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	restore := withoutRoot(t)
	for _, file := range []string{path, filepath.Join(folder, "new.db")} {
		_, err := emulator.Open(t.Context(), file, emulator.Options{})
		require.ErrorContains(t, err, "no permission to write to the file or its folder")
	}
	restore()
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing was left beside it")
}
