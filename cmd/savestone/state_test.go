package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"savestone/emulator"
)

// tree returns the texts of all files in a folder, by path.
func tree(t require.TestingT, folder string) map[string]string {
	texts := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		texts[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return texts
}

// state runs a command of savestone state that must succeed.
func state(t *testing.T, db string, args ...string) (stdout string) {
	t.Helper()
	code, out, errs := invoke(t, append([]string{"state", "--db", db}, args...)...)
	require.Equal(t, exitOK, code, "%q: %s", args, errs)
	return out
}

// dumped is what a database holds, as text.
func dumped(t *testing.T, db string) string {
	emu, err := emulator.Open(t.Context(), db, emulator.Options{})
	require.NoError(t, err)
	var text strings.Builder
	require.NoError(t, emu.Dump(&text))
	require.NoError(t, emu.Close())
	return text.String()
}

func TestExportHoldsWhatReadersFind(t *testing.T) {
	db, folder := fill(t), filepath.Join(t.TempDir(), "new", "export")
	require.Equal(t, "exported 6 keys to "+folder+"\n", state(t, db, "export", folder))
	require.Equal(t, map[string]string{
		"savestone.json": "{\n  \"format\": 1\n}\n",
		"standard/%/u.json": `{
  "motd": {
    "value": "<hi>"
  }
}
`,
		"standard/PlayerData/global.json": `{
  "Player_1": {
    "value": {
      "bag": [
        "a",
        "b",
        "c"
      ],
      "coins": 7
    }
  }
}
`,
		"standard/PlayerData/other.json": "{\n  \"k\": {\n    \"value\": 1.50\n  }\n}\n",
		"ordered/Top/global.json": `{
  "ann": 3,
  "bob": -9,
  "cy": 9000000000000000000
}
`,
	}, tree(t, folder))
}

const allOfPlayerData = `{
  "Player_1": {
    "version": "` + v2 + `",
    "value": {
      "bag": [
        "a",
        "b",
        "c"
      ],
      "coins": 7
    },
    "earlier": [
      {
        "version": "` + v1 + `",
        "expires": "2100-01-31T01:00:00Z",
        "userIds": [
          1,
          2
        ],
        "metadata": {
          "tag": "x"
        },
        "value": {
          "coins": 5,
          "bag": [
            "a",
            "b"
          ]
        }
      }
    ]
  },
  "Player_2": {
    "version": "` + v2 + `",
    "removed": true,
    "earlier": [
      {
        "version": "` + v1 + `",
        "expires": "2100-01-31T01:00:00Z",
        "value": true
      }
    ]
  }
}
`

func TestExportWithVersionsHoldsEverything(t *testing.T) {
	db, folder := fill(t), t.TempDir()
	require.Equal(t, "exported 7 keys to "+folder+"\n",
		state(t, db, "export", folder, "--versions"))
	texts := tree(t, folder)
	require.Equal(t, allOfPlayerData, texts["standard/PlayerData/global.json"])
	require.Contains(t, texts["savestone.json"], `  "stores": [
    {
      "kind": "standard",
      "store": "",
      "created": "2100-01-01T00:00:00Z",
      "updated": "2100-01-01T00:00:00Z"
    },
    {
      "kind": "standard",
      "store": "PlayerData",
      "created": "2100-01-01T00:00:00Z",
      "updated": "2100-01-01T01:00:00Z"
    },
`)
}

func TestExportImportExportGivesTheSameBytes(t *testing.T) {
	db := fill(t)
	for _, flags := range [][]string{nil, {"--versions"}} {
		folder := t.TempDir()
		first, second := filepath.Join(folder, "first"), filepath.Join(folder, "second")
		other := filepath.Join(folder, "other.db")
		state(t, db, append([]string{"export", first}, flags...)...)
		state(t, other, "import", first)
		state(t, other, append([]string{"export", second}, flags...)...)
		require.Equal(t, tree(t, first), tree(t, second))
		if flags != nil {
			require.Equal(t, dumped(t, db), dumped(t, other))
		}
	}
}

// drawName draws a name that is trouble for some file system.
var drawName = rapid.OneOf(
	rapid.SampledFrom([]string{
		"Coins", "coins", "COINS", "con", "Con", "nul", "aux.x", ".", "..", ".git", "a/b", `a\b`,
		"%", "%41", "a ", " a", "x.json", "é", "e\u0301", "\x00", "*?:|<>\"", "a\nb", "global",
	}),
	rapid.StringN(1, 8, 50),
	rapid.StringMatching(`[aAbB%]{1,4}`),
)

// drawValue draws what can be stored, white space within it too.
var drawValue = rapid.SampledFrom([]string{
	`null`, `true`, `-0`, `1.50`, `1e400`, `"<&>\u2028\n"`, "\"\u2028é\"", `""`, `[]`, `{}`, `[ ]`,
	` 1`, `{"a": 1}`, `{"b":[1,{"c":null}],"a":"\/"}`, `{"a":1,"a":2}`, "[1,\n2]", `[[[]]]`,
})

// Whatever is stored, an export with versions holds it all: another database that imports it dumps
// the same text and exports the same bytes.
func TestAnyStateSurvivesExportAndImport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		folder, err := os.MkdirTemp("", "savestone")
		require.NoError(t, err)
		defer os.RemoveAll(folder)
		clock := &setClock{now: future}
		one, err := emulator.Open(t.Context(), emulator.InMemory, emulator.Options{Clock: clock})
		require.NoError(t, err)
		defer one.Close()
		for range rapid.IntRange(0, 30).Draw(t, "operations") {
			clock.now = clock.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
			_, err := one.Do(t.Context(), drawRequest(t))
			var refused *emulator.Error
			if err != nil {
				require.ErrorAs(t, err, &refused)
			}
		}
		other, err := emulator.Open(t.Context(), emulator.InMemory, emulator.Options{Clock: clock})
		require.NoError(t, err)
		defer other.Close()
		first, second := filepath.Join(folder, "1"), filepath.Join(folder, "2")
		_, err = export(t.Context(), one, first, true)
		require.NoError(t, err)
		i := newImporter(first)
		require.NoError(t, other.Import(t.Context(), i.records()))
		_, err = export(t.Context(), other, second, true)
		require.NoError(t, err)
		require.Equal(t, tree(t, first), tree(t, second))
		var want, got strings.Builder
		require.NoError(t, one.Dump(&want))
		require.NoError(t, other.Dump(&got))
		require.Equal(t, want.String(), got.String())
	})
}

func drawRequest(t *rapid.T) emulator.Request {
	req := emulator.Request{
		Op: rapid.SampledFrom([]emulator.Op{
			emulator.OpPut, emulator.OpPut, emulator.OpRemove, emulator.OpSnapshot,
		}).Draw(t, "op"),
		Store: emulator.StoreID{
			Kind:  rapid.SampledFrom([]emulator.Kind{emulator.Standard, emulator.Ordered}).Draw(t, "kind"),
			Name:  drawName.Draw(t, "store"),
			Scope: drawName.Draw(t, "scope"),
		},
		Key: drawName.Draw(t, "key"),
	}
	if req.Store.Kind == emulator.Ordered {
		req.Value = json.RawMessage(rapid.SampledFrom([]string{
			"0", "-1", "9223372036854775807", "-9223372036854775808",
		}).Draw(t, "number"))
		return req
	}
	req.Value = json.RawMessage(drawValue.Draw(t, "value"))
	req.UserIDs = rapid.SliceOfN(rapid.Int64(), 0, 4).Draw(t, "users")
	req.Metadata = json.RawMessage(rapid.SampledFrom([]string{
		"", `{"a":1}`, `{ "a" : "<é>" }`,
	}).Draw(t, "metadata"))
	return req
}

func TestFileNamesAreReversibleAndDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files, names := fileNames{}, map[string]string{}
		for _, name := range rapid.SliceOfDistinct(drawName, rapid.ID).Draw(t, "names") {
			file := files.file(name)
			back, err := nameIn(file)
			require.NoError(t, err)
			require.Equal(t, name, back)
			require.Empty(t, names[strings.ToLower(file)], "%q and %q share a file", names[strings.ToLower(file)], name)
			names[strings.ToLower(file)] = name
			require.NotContains(t, file, "/")
			require.NotContains(t, file, ".")
		}
	})
}

func TestFileNamesLookLikeTheNames(t *testing.T) {
	files := fileNames{}
	for _, c := range []struct{ name, want string }{
		{"PlayerData", "PlayerData"}, {"Player Data_2-a", "Player Data_2-a"}, {"", "%"},
		{"playerdata", "%70%6C%61%79%65%72%64%61%74%61"}, {"v1.2", "v1%2E2"}, {"a/b", "a%2Fb"},
		{"nul", "%6Eul"}, {"50%", "50%25"}, {" a ", "%20a%20"}, {"é", "%C3%A9"},
	} {
		require.Equal(t, c.want, files.file(c.name))
	}
}

func TestImportReadsFilesWrittenByHand(t *testing.T) {
	folder := write(t, map[string]string{
		"README.md":               "Fixtures.",
		".gitignore":              "*.db",
		"standard/Coins/s.json":   `{"ann":{"value":5},"bob":{"userIds":[7],"metadata":{"a":1},"value":{}}}`,
		"ordered/Top/global.json": "{\"ann\": -3}",
	})
	db := filepath.Join(t.TempDir(), "data.db")
	require.Equal(t, "imported 3 keys from "+folder+"\n", state(t, db, "import", folder))
	session(t, db, []exchange{
		{[]string{"get", "Coins", "ann", "--scope", "s", "-o", "value"}, "5\n"},
		{[]string{"get", "Coins", "bob", "--scope", "s", "-o", "value"}, "{}\n"},
		{[]string{"ordered", "get", "Top", "ann"}, "-3\n"},
	})
	code, out, _ := invoke(t, "ds", "get", "Coins", "bob", "--scope", "s")
	require.Equal(t, exitOK, code)
	require.Contains(t, out, "users     7\nmetadata  {\"a\":1}\n")
}

func TestImportReplacesTheStoresInTheFolderAndNoOthers(t *testing.T) {
	db := fill(t)
	state(t, db, "import", write(t, map[string]string{
		"standard/PlayerData/global.json": `{"new":{"value":1}}`,
	}))
	folder := t.TempDir()
	state(t, db, "export", folder)
	texts := tree(t, folder)
	require.Equal(t, "{\n  \"new\": {\n    \"value\": 1\n  }\n}\n",
		texts["standard/PlayerData/global.json"])
	require.NotContains(t, texts, "standard/PlayerData/other.json")
	require.Contains(t, texts, "ordered/Top/global.json")
}

func TestExportReplacesAnEarlierOneAndNothingElse(t *testing.T) {
	db, folder := fill(t), t.TempDir()
	state(t, db, "export", folder)
	notes := filepath.Join(folder, "notes.md")
	require.NoError(t, os.WriteFile(notes, []byte("mine"), 0o644))
	session(t, db, []exchange{{[]string{"ordered", "rm", "Top", "ann"},
		`removed "ann" of ordered store "Top", scope "global", which was 3` + "\n"}})
	state(t, db, "import", write(t, map[string]string{"standard/PlayerData/s.json": "{}"}))
	state(t, db, "export", folder)
	require.Equal(t, map[string]string{
		"notes.md":                "mine",
		"savestone.json":          "{\n  \"format\": 1\n}\n",
		"standard/%/u.json":       "{\n  \"motd\": {\n    \"value\": \"<hi>\"\n  }\n}\n",
		"ordered/Top/global.json": "{\n  \"bob\": -9,\n  \"cy\": 9000000000000000000\n}\n",
	}, tree(t, folder))
}
