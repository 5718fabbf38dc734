package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// badFile is a file in the folder of an export, with what is said about it after the folder's name.
type badFile struct{ path, text, want string }

// refuseImport imports each bad file beside good ones, which leaves the database as it was.
func refuseImport(t *testing.T, files []badFile) {
	t.Helper()
	db := fill(t)
	before := dumped(t, db)
	for _, f := range files {
		t.Run(f.want[max(0, len(f.want)-40):], func(t *testing.T) {
			folder := write(t, map[string]string{
				f.path:                       f.text,
				"ordered/A/s.json":           `{"good": 1}`,
				"standard/PlayerData/s.json": `{"good": {"value": 1}}`,
				"standard/Z/AA.json":         `{}`,
			})
			code, out, errs := invoke(t, "state", "--db", db, "import", folder)
			require.Equal(t, exitUsage, code, errs)
			require.Empty(t, out)
			require.Contains(t, errs, "error: "+folder+f.want)
			require.Equal(t, before, dumped(t, db))
		})
	}
}

// scopeFiles are bad files of one scope; want begins with line and column.
func scopeFiles(path string, texts [][2]string) (files []badFile) {
	for _, text := range texts {
		files = append(files, badFile{path, text[0], "/" + path + ":" + text[1]})
	}
	return files
}

func TestImportTellsWhereAFileIsWrong(t *testing.T) {
	long := strings.Repeat("k", 51)
	refuseImport(t, scopeFiles("standard/Z/s.json", [][2]string{
		{"{\n  \"a\": {\"value\": 1,}\n}", "2:20: invalid character '}'"},
		{"{\n  \"a\": {\"value\": [1\n", "3:1: unexpected end"},
		{"", "1:1: unexpected end"},
		{"{\"a\": \"\xff\"}", "1:8: got the byte 0xff, want UTF-8"},
		{"[]", "1:1: got an array, want an object"},
		{"{\n  \"a\": 5\n}", "2:8: got a number, want an object"},
		{"{\n  \"a\": {}\n}", `2:8: got no value; want "value", or "removed": true`},
		{"{\"a\":{\"value\":1},\n\"a\":{\"value\":2}}", `2:1: got "a" twice in one object`},
		{`{"a": {"value": 1, "valeu": 2}}`, `1:20: unknown name "valeu", want value, userIds,`},
		{`{"a": {"value": 1, "userIds": [1.5]}}`, "1:31: got [1.5], want an array of whole numbers"},
		{`{"a": {"value": 1, "userIds": [1,2,3,4,5]}}`, `1:2: key "a": version`},
		{`{"a": {"value": 1, "metadata": 7}}`, `1:2: key "a": version`},
		{`{"` + long + `": {"value": 1}}`, `1:2: key "` + long + `": 102: Key name exceeds`},
		{`{"": {"value": 1}}`, `1:2: key "": 101: Key name can't be empty.`},
		{`{"a": {"value": 1, "removed": true}}`, "1:7: got a value of what is removed"},
		{`{"a": {"value": 1, "removed": 1}}`, "1:31: got 1, want true or false"},
		{`{"a": {"valueText": "{"}}`, "1:21: the JSON in this string: unexpected end"},
		{`{"a": {"valueText": "1", "value": 1}}`, "1:7: got both value and valueText"},
	}))
	refuseImport(t, scopeFiles("ordered/Z/s.json", [][2]string{
		{`{"a": 1.5}`, "1:7: got 1.5, want a whole number of 64 bits"},
		{`{"a": 9223372036854775808}`, "1:7: got 9223372036854775808, want"},
		{`{"a": null}`, "1:7: got null, want a whole number"},
		{`{"a": {"value": 1}}`, `1:7: got {"value":1}, want a whole number`},
	}))
}

func TestImportTellsWhichVersionsCannotBe(t *testing.T) {
	endless := `{"version": "` + v1 + `", "value": 1}`
	old := `{"version": "` + v1 + `", "value": 1, "expires": "2100-02-01T00:00:00Z"}`
	refuseImport(t, scopeFiles("standard/Z/s.json", [][2]string{
		{`{"a": {"version": "7", "value": 1}}`, `1:2: key "a": version "7": got this id, want`},
		{`{"a": {"version": 7, "value": 1}}`, "1:19: got 7, want a string"},
		{`{"a": {"expires": "", "value": 1}}`, "1:8: the current version does not expire"},
		{`{"a": {"forgotten": "` + v1 + `", "value": 1}}`,
			"1:7: got both forgotten and a current version"},
		{`{"a": {"version": "` + v1 + `", "value": 1, "earlier": [` + old + `]}}`,
			`1:2: key "a": version`},
		{`{"a": {"version": "` + v2 + `", "value": 1, "earlier": [` + old + `,` + old + `]}}`,
			`1:2: key "a": version`},
		{`{"a": {"version": "` + v2 + `", "value": 1, "earlier": [` + endless + `]}}`,
			`1:2: key "a": version`},
		{`{"a": {"value": 1, "earlier": [` + old + `]}}`, `1:2: key "a": version "": got`},
		{`{"a": {"value": 1, "earlier": [{"value": 1, "expires": "soon"}]}}`,
			`1:56: got "soon", want a time like`},
		{`{"a": {"value": 1, "earlier": [{"version": "` + v1 + `"}]}}`, "1:32: got no value"},
		{`{"a": {"value": 1, "earlier": {}}}`, "1:31: got an object, want an array"},
	}))
}

func TestImportRefusesWhatIsNoExport(t *testing.T) {
	long := strings.Repeat("k", 51)
	refuseImport(t, []badFile{
		{"savestone.json", `{"format": 2}`, "/savestone.json:1:12: got format 2, want 1"},
		{"savestone.json", `{"fromat": 1}`, `/savestone.json:1:2: unknown name "fromat"`},
		{"savestone.json", `{"stores": [{"kind": "odd"}]}`, `/savestone.json:1:22: got kind "odd"`},
		{"savestone.json", `{"stores": [{"kind": "ordered"}]}`,
			"/savestone.json:1:13: want kind, store, created and updated"},
		{"savestone.json", `{"stores": [{"name": "x"}]}`, `/savestone.json:1:14: unknown name "name"`},
		{"savestone.json", `{"snapshot": 5}`, "/savestone.json:1:14: got 5, want a string"},
		{"standard/Z/s.jsn", "{}", "/standard/Z/s.jsn: want a file SCOPE.json for each scope"},
		{"standard/Z.json", "{}", "/standard/Z.json: got a file, want a folder for each store"},
		{"standard/Z/a%2.json", "{}", `/standard/Z/a%2.json: "%2" in a file name: want %`},
		{"standard/Z/%41%41.json", "{}", `/standard/Z/AA.json: "AA" has another file already`},
		{"standard/%/s.json", `{"a": {"value": 1}}`,
			`/standard/%/s.json:1:2: key "a": DataStore name can't be an empty string`},
		{"standard/" + long + "/s.json", "{}", "/standard/" + long + ": DataStore name exceeds"},
		{"stndard/Z/s.json", "{}", "/stndard: this does not belong to an export: want savestone.json"},
	})
}

func TestStateRefusalsSayWhatIsWrong(t *testing.T) {
	db, folder := fill(t), write(t, map[string]string{"mine.txt": "mine", "file": ""})
	empty, missing := t.TempDir(), filepath.Join(folder, "missing")
	state(t, db, "snapshot", "one")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"export", folder}, exitUsage, "is not empty and holds no export; want a new folder"},
		{[]string{"export", filepath.Join(folder, "file")}, exitUsage, "want a folder for the export"},
		{[]string{"import", missing}, exitUsage, "want the folder of an export"},
		{[]string{"import", empty}, exitUsage, "there is no export in this folder"},
		{[]string{"import", folder}, exitUsage, "this does not belong to an export"},
		{[]string{"import", filepath.Join(folder, "file")}, exitUsage, "want the folder of an export"},
		{[]string{"snapshot", "../x"}, exitUsage, `got the name "../x", want up to 100 letters`},
		{[]string{"snapshot", ""}, exitUsage, `got the name ""`},
		{[]string{"snapshot", "one"}, exitFailed,
			`snapshot "one": there is a snapshot of this name already; --replace`},
		{[]string{"restore", "two"}, exitFailed, `snapshot "two": there is no such snapshot of`},
		{[]string{"restore", ".."}, exitUsage, `got the name ".."`},
		{[]string{"bogus"}, exitUsage, "want one of export, import, list, reset, restore, snapshot"},
	} {
		code, out, errs := invoke(t, append([]string{"state", "--db", db}, c.args...)...)
		require.Equal(t, c.code, code, "%q %s", c.args, errs)
		require.Empty(t, out)
		require.Contains(t, errs, c.want)
	}
	require.Equal(t, map[string]string{"mine.txt": "mine", "file": ""}, tree(t, folder))
	for _, deed := range [][]string{{"export", empty}, {"reset"}, {"list"}, {"snapshot", "a"}} {
		code, _, errs := invoke(t, append([]string{"state", "--db", missing}, deed...)...)
		require.Equal(t, exitUsage, code)
		require.Contains(t, errs, "want a database of savestone")
	}
}

func TestImportThatFailsMakesNoDatabase(t *testing.T) {
	folder := t.TempDir()
	code, _, _ := invoke(t, "state", "--db", filepath.Join(folder, "new.db"), "import",
		write(t, map[string]string{"standard/A/s.json": "{"}))
	require.Equal(t, exitUsage, code)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestSnapshotsKeepWhatWasStored(t *testing.T) {
	db := fill(t)
	full := dumped(t, db)
	require.Equal(t, "snapshot full of "+db+"\n", state(t, db, "snapshot", "full"))
	require.Equal(t, db+" is empty now\n", state(t, db, "reset"))
	require.Empty(t, dumped(t, db))
	state(t, db, "snapshot", "empty.1")
	require.Equal(t, db+" is as in snapshot full\n", state(t, db, "restore", "full"))
	require.Equal(t, full, dumped(t, db))
	state(t, db, "restore", "empty.1")
	require.Empty(t, dumped(t, db))
	state(t, db, "snapshot", "full", "--replace")
	state(t, db, "restore", "full")
	require.Empty(t, dumped(t, db))

	out := state(t, db, "list")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	require.Regexp(t, `^NAME +TAKEN +BYTES$`, lines[0])
	require.Regexp(t, `^empty\.1 +20\d\d-\S+Z +\d+$`, lines[1])
	require.Regexp(t, `^full +20\d\d-\S+Z +\d+$`, lines[2])
	entries, err := os.ReadDir(filepath.Join(filepath.Dir(db), stateFolder, "snapshots", filepath.Base(db)))
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing else is left beside the snapshots")
	require.Equal(t, "[]\n", state(t, fill(t), "list", "-o", "json"))
}
