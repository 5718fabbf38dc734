package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
)

// refusal is a command of savestone ds that ends with an error.
type refusal struct {
	args []string
	code int
	want string // in the error
}

// refuse runs each command on a database of its own.
func refuse(t *testing.T, refusals []refusal) {
	t.Helper()
	for _, r := range refusals {
		name := strings.Join(r.args, " ")
		t.Run(name[:min(60, len(name))], func(t *testing.T) {
			t.Setenv(dbVariable, fill(t))
			code, out, errs := invoke(t, append([]string{"ds"}, r.args...)...)
			require.Equal(t, r.code, code, errs)
			require.Empty(t, out)
			require.Contains(t, errs, r.want)
		})
	}
}

func TestReadingWhatIsNotThereSaysSo(t *testing.T) {
	refuse(t, []refusal{
		{[]string{"get", "Nope", "k"}, exitFailed, `no standard store "Nope"; savestone ds stores`},
		{[]string{"keys", "Nope"}, exitFailed, `no standard store "Nope"`},
		{[]string{"get", "Player", "k"}, exitFailed, `no standard store "Player"`},
		{[]string{"get", "PlayerData", "x"}, exitFailed,
			`no key "x" in standard store "PlayerData", scope "global"`},
		{[]string{"get", "PlayerData", "Player_2"}, exitFailed,
			`was removed at 2100-01-01T01:00:00.000Z; savestone ds versions lists what is left`},
		{[]string{"get", "PlayerData", "Player_2", "--version", "0", "-o", "value"}, exitFailed,
			"is a tombstone"},
		{[]string{"versions", "PlayerData", "x"}, exitFailed, `no key "x"`},
		{[]string{"get", "PlayerData", "Player_1", "--version", "2"}, exitFailed,
			`got version 2, but the oldest version of key "Player_1" is 1 step back`},
		{[]string{"get", "PlayerData", "Player_1", "--version", "-1"}, exitUsage,
			`got version "-1"; want an id`},
		{[]string{"get", "PlayerData", "Player_1", "--version", "latest"}, exitUsage,
			`got version "latest"; want an id`},
		{[]string{"get", "PlayerData", "Player_1", "--version", v3}, exitFailed,
			`no version "` + v3 + `" of key "Player_1"`},
		{[]string{"revert", "PlayerData", "Player_2", "0"}, exitFailed, "want a version that has one"},
	})
}

func TestSetRefusesWhatCannotBeStored(t *testing.T) {
	long := strings.Repeat("k", 51)
	refuse(t, []refusal{
		{[]string{"set", "PlayerData", "k", `{"a": 1,}`}, exitUsage, "JSON:1:9: invalid character '}'"},
		{[]string{"set", "PlayerData", "k", "{\n  \"ü\": tru\n}"}, exitUsage,
			`JSON:2:11: invalid character '\n' in literal true`},
		{[]string{"set", "PlayerData", "k", "[1"}, exitUsage, "JSON:1:3: unexpected end"},
		{[]string{"set", "PlayerData", "k", ""}, exitUsage, "JSON:1:1: unexpected end"},
		{[]string{"set", "PlayerData", "k", "\"ab\xff\""}, exitUsage, "JSON:1:4: got the byte 0xff"},
		{[]string{"set", "PlayerData", "k", strings.Repeat("[", 1002) + strings.Repeat("]", 1002)},
			exitUsage, "104: Cannot store Array"},
		{[]string{"set", "PlayerData", "k", "1", "--metadata", "[1]"}, exitUsage, "513: Attribute metadata"},
		{[]string{"set", "PlayerData", "k", "1", "--metadata", "{x}"}, exitUsage, "--metadata:1:2: invalid"},
		{[]string{"set", "PlayerData", "k", "1", "--users", "1,2,3,4,5"}, exitUsage, "512: UserID size"},
		{[]string{"set", "PlayerData", "k", "1", "--users", "ann"}, exitUsage, `invalid argument "ann"`},
		{[]string{"set", "PlayerData", long, "1"}, exitUsage, "102: Key name exceeds"},
		{[]string{"set", "PlayerData", "", "1"}, exitUsage, "101: Key name can't be empty."},
		{[]string{"set", long, "k", "1"}, exitUsage, "DataStore name exceeds"},
		{[]string{"get", "PlayerData", "k", "--scope", ""}, exitUsage, "scope can't be an empty string"},
		{[]string{"set", "PlayerData", "Player_1", "1", "--create"}, exitFailed,
			"is there already: got version " + v2 + ", want none"},
		{[]string{"set", "PlayerData", "Player_1", "1", "--if-version", v1}, exitFailed,
			`is at another version: got "` + v2 + `", want "` + v1 + `"`},
		{[]string{"set", "PlayerData", "Player_1", "1", "--if-version", v1, "--create"}, exitUsage,
			"[create if-version]"},
	})
}

func TestWritesRefuseWhatIsNotThereToChange(t *testing.T) {
	refuse(t, []refusal{
		{[]string{"incr", "PlayerData", "Player_1"}, exitFailed, "Key value is not numeric."},
		{[]string{"incr", "PlayerData", "n", "1.5"}, exitUsage, `got "1.5", want a whole number`},
		{[]string{"rm", "PlayerData", "Player_2"}, exitFailed, "was removed at"},
		{[]string{"rm", "PlayerData", "x"}, exitFailed, `no key "x"`},
		{[]string{"keys", "PlayerData", "--limit", "-1"}, exitUsage, "--limit: got -1, want 0 or more"},
		{[]string{"keys", "PlayerData", "--all-scopes", "--scope", "a"}, exitUsage, "got both"},
		{[]string{"keys"}, exitUsage, "accepts 1 arg(s), received 0"},
		{[]string{"get", "PlayerData", "k", "-o", "xml"}, exitUsage, "want one of table, json, value"},
	})
}

func TestOrderedStoresRefuseWhatIsNoWholeNumber(t *testing.T) {
	refuse(t, []refusal{
		{[]string{"ordered", "get", "Top", "x"}, exitFailed,
			`no key "x" in ordered store "Top", scope "global"`},
		{[]string{"ordered", "rm", "Top", "x"}, exitFailed, `no key "x"`},
		{[]string{"ordered", "set", "Top", "x", "1e3"}, exitUsage, `got "1e3", want a whole number`},
		{[]string{"ordered", "list", "Top", "--min", "4", "--max", "3"}, exitUsage, "107: MaxValue"},
		{[]string{"ordered", "list", "Top", "--min", "x"}, exitUsage, `invalid argument "x"`},
		{[]string{"ordered", "sort", "Top"}, exitUsage,
			`savestone ds ordered: unknown command "sort", want one of get, incr, list, rm, set, stores`},
		{[]string{"store"}, exitUsage, `savestone ds: unknown command "store"`},
	})
}

func TestDsNeedsADatabaseThatIsThere(t *testing.T) {
	t.Setenv(dbVariable, "")
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("not a database ", 99)), 0o644))
	missing := filepath.Join(folder, "missing.db")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "got no database; want --db FILE or SAVESTONE_DB"},
		{[]string{"--db", missing}, exitUsage, "want a database of savestone"},
		{[]string{"--db", emulator.InMemory}, exitUsage, ":memory: holds nothing yet"},
		{[]string{"--db", folder}, exitEnvironment, "this is a folder, want a file"},
		{[]string{"--db", text}, exitEnvironment, "not a database"},
	} {
		code, _, errs := invoke(t, append([]string{"ds", "stores"}, c.args...)...)
		require.Equal(t, c.code, code, errs)
		require.Contains(t, errs, c.want)
	}
	require.NoFileExists(t, missing)
}
