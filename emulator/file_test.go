package emulator_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

func open(t *testing.T, path string) *emulator.Emulator {
	t.Helper()
	emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: &handClock{now: start}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	return emu
}

func TestReopenedFileHoldsEverything(t *testing.T) {
	// Characters that mean something in a URI are plain ones in a path.
	path := filepath.Join(t.TempDir(), "100% of #1?.db")
	emu := open(t, path)
	put(t, emu, "k", `{"coins":5}`)
	put(t, emu, "gone", `1`)
	do(t, emu, emulator.Request{Op: emulator.OpRemove, Key: "gone"})
	_, err := emu.Seed(ranks, "k", json.RawMessage(`5`))
	require.NoError(t, err)
	before := dump(t, emu)
	require.NoError(t, emu.Close())
	require.FileExists(t, path)

	again := open(t, path)
	require.Equal(t, before, dump(t, again))
	require.Equal(t, `{"coins":5}`, string(get(t, again, "k").Value))
	require.False(t, get(t, again, "gone").Found)
}

func TestTwoEmulatorsOnOneFileSeeEachOthersWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "two.db")
	one, two := open(t, path), open(t, path)
	first := put(t, one, "k", `1`)
	require.Equal(t, first, get(t, two, "k"))
	put(t, two, "k", `2`)
	_, err := one.Do(t.Context(), emulator.Request{
		Op: emulator.OpPut, Store: coins, Key: "k",
		Value: json.RawMessage(`3`), IfVersion: &first.Info.Version,
	})
	require.ErrorIs(t, err, emulator.ErrVersionConflict)
	require.Equal(t, `2`, string(get(t, one, "k").Value))
}

// What one process knows by heart is not older than what another wrote.
func TestTwoEmulatorsOnOneFileCountTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "two.db")
	one, two := open(t, path), open(t, path)
	increment := emulator.Request{Op: emulator.OpIncrement, Key: "k", Delta: 1}
	for i := range 10 {
		for j, emu := range []*emulator.Emulator{one, two} {
			require.Equal(t, fmt.Sprint(2*i+j+1), string(do(t, emu, increment).Value))
		}
	}
	put(t, one, "snapped", `1`)
	do(t, two, emulator.Request{Op: emulator.OpSnapshot})
	put(t, one, "snapped", `2`)
	versions := do(t, one, emulator.Request{Op: emulator.OpListVersions, Key: "snapped"}).Items
	require.Len(t, versions, 2, "the snapshot that the other took")
}

func TestDatabasesInMemoryAreApart(t *testing.T) {
	one, _ := newEmulator(t)
	two, _ := newEmulator(t)
	put(t, one, "k", `1`)
	require.False(t, get(t, two, "k").Found)
}

// sqliteConn opens a file without the emulator.
func sqliteConn(t *testing.T, path string) *sqlite3.SQLiteConn {
	t.Helper()
	conn, err := (&sqlite3.SQLiteDriver{}).Open(path)
	require.NoError(t, err)
	return conn.(*sqlite3.SQLiteConn)
}

// rowTexts reads all rows of an answer.
func rowTexts(t *testing.T, rows driver.Rows) [][]string {
	t.Helper()
	var all [][]string
	row := make([]driver.Value, len(rows.Columns()))
	for {
		err := rows.Next(row)
		if err == io.EOF {
			require.NoError(t, rows.Close())
			return all
		}
		require.NoError(t, err)
		var texts []string
		for _, value := range row {
			texts = append(texts, fmt.Sprint(value))
		}
		all = append(all, texts)
	}
}

// sqliteFile makes a database that somebody else might have made.
func sqliteFile(t *testing.T, sql string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	conn := sqliteConn(t, path)
	_, err := conn.Exec(sql, nil)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	return path
}

func TestOpenSaysWhatIsWrongWithAFileAndLeavesIt(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte("no database, whatever it says"), 0o600))
	folder := t.TempDir()
	missing := filepath.Join(folder, "none")
	for _, c := range []struct{ path, want string }{
		{"", "got no path, want a file or :memory:"},
		{folder, "this is a folder, want a file"},
		{filepath.Join(missing, "x.db"), `there is no folder "` + missing + `"; create it first`},
		{garbage, "file is not a database"},
		{sqliteFile(t, `CREATE TABLE cats (name)`), "this is an SQLite database but not " +
			"savestone's: got application_id 0x0, want 0x73767374"},
		{sqliteFile(t, `PRAGMA application_id = 7`), "this is an SQLite database but not " +
			"savestone's: got application_id 0x7, want 0x73767374"},
		{sqliteFile(t, `PRAGMA application_id = 0x73767374; PRAGMA user_version = 9`),
			"got schema version 9, want at most 3; a newer savestone made this file, use that one"},
	} {
		before, _ := os.ReadFile(c.path)
		_, err := emulator.Open(t.Context(), c.path, emulator.Options{})
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, `open database "`+c.path+`"`)
		after, _ := os.ReadFile(c.path)
		require.Equal(t, before, after)
	}
}
