package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// Far ahead of the machine's clock nothing expires, and what the program writes there is dated
// right after what was there: so its output is known to the last digit.
var future = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// setClock is a clock that is set.
type setClock struct {
	emulator.Wall
	now time.Time
}

func (c *setClock) Now() time.Time { return c.now }

var (
	playerData = emulator.StoreID{Name: "PlayerData", Scope: "global"}
	top        = emulator.StoreID{Kind: emulator.Ordered, Name: "Top", Scope: "global"}
)

// fill makes a database with an entry that has two versions, a removed one, one of another scope,
// one of the global store and three numbers.
func fill(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data.db")
	clock := &setClock{now: future}
	emu, err := emulator.Open(t.Context(), path, emulator.Options{Clock: clock})
	require.NoError(t, err)
	do := func(req emulator.Request) {
		if req.Store == (emulator.StoreID{}) {
			req.Store = playerData
		}
		_, err := emu.Do(t.Context(), req)
		require.NoError(t, err)
	}
	put := func(store emulator.StoreID, key, value string) {
		do(emulator.Request{
			Op: emulator.OpPut, Store: store, Key: key, Value: json.RawMessage(value),
		})
	}
	do(emulator.Request{
		Op: emulator.OpPut, Key: "Player_1", Value: json.RawMessage(`{"coins":5,"bag":["a","b"]}`),
		UserIDs: []int64{1, 2}, Metadata: json.RawMessage(`{"tag":"x"}`),
	})
	put(playerData, "Player_2", `true`)
	put(emulator.StoreID{Name: "PlayerData", Scope: "other"}, "k", `1.50`)
	put(emulator.GlobalStore(), "motd", `"<hi>"`)
	clock.now = future.Add(time.Hour)
	put(playerData, "Player_1", `{"bag":["a","b","c"],"coins":7}`)
	do(emulator.Request{Op: emulator.OpRemove, Key: "Player_2"})
	put(top, "ann", `3`)
	put(top, "bob", `-9`)
	put(top, "cy", `9000000000000000000`)
	require.NoError(t, emu.Close())
	return path
}

const (
	v1 = "09313F7A99DB0000.0000000001.09313F7A99DB0000.01"
	v2 = "09313F7A99DB0000.0000000002.09313F82FB9F6800.01"
	v3 = "09313F7A99DB0000.0000000003.09313F82FB9F6801.01"
)

// exchange is a command and what it prints on standard output.
type exchange struct {
	args []string
	want string
}

// session runs commands of savestone ds one after the other on one database.
func session(t *testing.T, path string, exchanges []exchange) {
	t.Helper()
	t.Setenv(dbVariable, path)
	for _, x := range exchanges {
		code, out, errs := invoke(t, append([]string{"ds"}, x.args...)...)
		require.Equal(t, exitOK, code, "%q: %s", x.args, errs)
		require.Equal(t, x.want, out, "%q", x.args)
	}
}

func TestListingsOfADatabase(t *testing.T) {
	session(t, fill(t), []exchange{
		{[]string{"stores"}, "" +
			"STORE       CREATED                   UPDATED\n" +
			"PlayerData  2100-01-01T00:00:00.000Z  2100-01-01T01:00:00.000Z\n"},
		{[]string{"stores", "--prefix", "Q", "-o", "json"}, "[]\n"},
		{[]string{"keys", "PlayerData"}, "" +
			"SCOPE   KEY       STATE\n" +
			"global  Player_1  live\n"},
		{[]string{"keys", "PlayerData", "--deleted", "--all-scopes"}, "" +
			"SCOPE   KEY       STATE\n" +
			"global  Player_1  live\n" +
			"global  Player_2  removed\n" +
			"other   k         live\n"},
		{[]string{"keys", "PlayerData", "--deleted", "--prefix", "Player_2", "-o", "json"}, `[
  {
    "scope": "global",
    "key": "Player_2",
    "removed": true
  }
]
`},
		{[]string{"keys", ""}, "SCOPE  KEY   STATE\nu      motd  live\n"},
		{[]string{"versions", "PlayerData", "Player_1"}, "" +
			"BACK  VERSION                                          UPDATED                   STATE\n" +
			"0     " + v2 + "  2100-01-01T01:00:00.000Z  live\n" +
			"1     " + v1 + "  2100-01-01T00:00:00.000Z  live\n"},
	})
}

func TestGetShowsAnEntryInThreeForms(t *testing.T) {
	session(t, fill(t), []exchange{
		{[]string{"get", "PlayerData", "Player_1", "--version", v1},
			`"Player_1" of standard store "PlayerData", scope "global"
version   ` + v1 + `
created   2100-01-01T00:00:00.000Z
updated   2100-01-01T00:00:00.000Z
users     1, 2
metadata  {"tag":"x"}
value     {
  "coins": 5,
  "bag": [
    "a",
    "b"
  ]
}
`},
		{[]string{"get", "PlayerData", "k", "--scope", "other", "-o", "json"}, `{
  "store": "PlayerData",
  "scope": "other",
  "key": "k",
  "version": "09313F7A99DB0000.0000000001.09313F7A99DB0000.01",
  "created": "2100-01-01T00:00:00.000Z",
  "updated": "2100-01-01T00:00:00.000Z",
  "value": 1.50
}
`},
		{[]string{"get", "PlayerData", "Player_1", "-o", "value"},
			`{"bag":["a","b","c"],"coins":7}` + "\n"},
		{[]string{"get", "PlayerData", "Player_1", "-o", "value", "--version", "1"},
			`{"coins":5,"bag":["a","b"]}` + "\n"},
		{[]string{"get", "", "motd", "-o", "value"}, `"<hi>"` + "\n"},
	})
}

func TestDiffShowsWhatChangedBetweenVersions(t *testing.T) {
	session(t, fill(t), []exchange{
		{[]string{"diff", "PlayerData", "Player_1", v1}, "" +
			"--- " + v1 + "\t2100-01-01T00:00:00.000Z\n" +
			"+++ " + v2 + "\t2100-01-01T01:00:00.000Z\n" +
			`@@ -1,9 +1,8 @@
-users     1, 2
-metadata  {"tag":"x"}
 {
   "bag": [
     "a",
-    "b"
+    "b",
+    "c"
   ],
-  "coins": 5
+  "coins": 7
 }
`},
		{[]string{"diff", "PlayerData", "Player_1", "0", v2}, ""},
		{[]string{"diff", "PlayerData", "Player_2", "1", "0"}, "" +
			"--- " + v1 + "\t2100-01-01T00:00:00.000Z\n" +
			"+++ " + v2 + "\t2100-01-01T01:00:00.000Z\n" +
			"@@ -1 +1 @@\n-true\n+removed\n"},
	})
}

func TestRevertStoresAnEarlierVersionAsANewOne(t *testing.T) {
	name := `"Player_1" of standard store "PlayerData", scope "global"`
	session(t, fill(t), []exchange{
		{[]string{"revert", "PlayerData", "Player_1", "1"}, name + " is now version " + v3 + "\n"},
		{[]string{"get", "PlayerData", "Player_1"}, name + `
version   ` + v3 + `
created   2100-01-01T00:00:00.000Z
updated   2100-01-01T01:00:00.000Z
users     1, 2
metadata  {"tag":"x"}
value     {
  "coins": 5,
  "bag": [
    "a",
    "b"
  ]
}
`},
		{[]string{"revert", "PlayerData", "Player_2", "1"},
			strings.Replace(name, "1", "2", 1) + " is now version " + v3 + "\n"},
		{[]string{"get", "PlayerData", "Player_2", "-o", "value"}, "true\n"},
	})
}

func TestWritesFollowTheRulesOfTheStore(t *testing.T) {
	path := fill(t)
	session(t, path, []exchange{
		{[]string{"set", "PlayerData", "Player_1", ` { "a" : [ 1.0 , "b c" ] } `, "--users", "7,8",
			"--metadata", `{"why": "gift"}`, "--if-version", v2},
			`"Player_1" of standard store "PlayerData", scope "global" is now version ` + v3 + "\n"},
		{[]string{"get", "PlayerData", "Player_1", "-o", "json"}, `{
  "store": "PlayerData",
  "scope": "global",
  "key": "Player_1",
  "version": "` + v3 + `",
  "created": "2100-01-01T00:00:00.000Z",
  "updated": "2100-01-01T01:00:00.000Z",
  "userIds": [
    7,
    8
  ],
  "metadata": {
    "why": "gift"
  },
  "value": {
    "a": [
      1.0,
      "b c"
    ]
  }
}
`},
		{[]string{"get", "PlayerData", "Player_1", "-o", "value"}, `{"a":[1.0,"b c"]}` + "\n"},
		{[]string{"incr", "PlayerData", "n"}, "1\n"},
		{[]string{"incr", "PlayerData", "n", "--", "-5"}, "-4\n"},
		{[]string{"rm", "PlayerData", "Player_1"}, `removed "Player_1" of standard store ` +
			`"PlayerData", scope "global", which was version ` + v3 + "\n"},
	})
	code, _, errs := invoke(t, "ds", "set", "New", "k", "null", "--create", "--scope", "s")
	require.Equal(t, exitOK, code, errs)
	session(t, path, []exchange{
		{[]string{"get", "New", "k", "--scope", "s", "-o", "value"}, "null\n"},
	})
}

func TestSetReadsStandardInput(t *testing.T) {
	path := fill(t)
	text := write(t, map[string]string{"value.json": "[\n\t1\n]\n"})
	file, err := os.Open(filepath.Join(text, "value.json"))
	require.NoError(t, err)
	terminal := os.Stdin
	t.Cleanup(func() { os.Stdin = terminal })
	os.Stdin = file
	session(t, path, []exchange{
		{[]string{"set", "PlayerData", "Player_1", "-"},
			`"Player_1" of standard store "PlayerData", scope "global" is now version ` + v3 + "\n"},
		{[]string{"get", "PlayerData", "Player_1", "-o", "value"}, "[1]\n"},
	})
}

func TestOrderedStoresAreListedByValue(t *testing.T) {
	session(t, fill(t), []exchange{
		{[]string{"ordered", "stores"}, "STORE  SCOPE   KEYS\nTop    global  3\n"},
		{[]string{"ordered", "list", "Top"}, "" +
			"KEY  VALUE\nbob  -9\nann  3\ncy   9000000000000000000\n"},
		{[]string{"ordered", "list", "Top", "--desc", "--limit", "1"}, "" +
			"KEY  VALUE\ncy   9000000000000000000\n"},
		{[]string{"ordered", "list", "Top", "--min", "-9", "--max", "3", "-o", "json"}, `[
  {
    "key": "bob",
    "value": -9
  },
  {
    "key": "ann",
    "value": 3
  }
]
`},
		{[]string{"ordered", "set", "Top", "dee", "--", "-1"}, "-1\n"},
		{[]string{"ordered", "incr", "Top", "dee", "11"}, "10\n"},
		{[]string{"ordered", "incr", "Top", "new"}, "1\n"},
		{[]string{"ordered", "get", "Top", "dee"}, "10\n"},
		{[]string{"ordered", "rm", "Top", "dee"},
			`removed "dee" of ordered store "Top", scope "global", which was 10` + "\n"},
	})
}

// A listing is fetched by pages; whoever reads it does not see them.
func TestListingsGoOverAllPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	emu, err := emulator.Open(t.Context(), path, emulator.Options{})
	require.NoError(t, err)
	const many = 2*emulator.KeysPageMax + 1
	for n := range many {
		key := strings.Repeat("k", 1+n%40) + string(rune('a'+n/40))
		_, err := emu.Seed(playerData, key, json.RawMessage(`1`))
		require.NoError(t, err)
		_, err = emu.Seed(top, key, json.RawMessage(`1`))
		require.NoError(t, err)
	}
	require.NoError(t, emu.Close())
	for _, c := range []struct {
		args string
		want int
		note string
	}{
		{"keys PlayerData", many, ""},
		{"keys PlayerData --limit 201", many, ""},
		{"keys PlayerData --limit 200", 200, "there are more than 200; --limit 0 shows all\n"},
		{"ordered list Top", many, ""},
		{"ordered list Top --limit 7", 7, "there are more than 7; --limit 0 shows all\n"},
	} {
		args := append([]string{"ds", "--db", path, "-o", "json"}, strings.Fields(c.args)...)
		code, out, errs := invoke(t, args...)
		require.Equal(t, exitOK, code, errs)
		require.Equal(t, c.note, errs, c.args)
		var records []map[string]any
		require.NoError(t, json.Unmarshal([]byte(out), &records))
		require.Len(t, records, c.want, c.args)
	}
}
