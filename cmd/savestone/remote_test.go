package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
)

// here starts a server in a folder of its own, where other commands find it.
func here(t *testing.T, args ...string) *served {
	t.Chdir(t.TempDir())
	return start(t, append([]string{"--instance", instanceFile}, args...)...)
}

// inFolder runs a command where the test is; invoke would go to the project first.
func inFolder(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// told runs a command that must succeed, and returns what it printed.
func told(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := inFolder(args...)
	require.Equal(t, exitOK, code, "%v: %s%s", args, out, errs)
	return out
}

// read runs a command with -o json, and reads what it printed.
func read[T any](t *testing.T, args ...string) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(told(t, append(args, "-o", "json")...)), &value))
	return value
}

// words are the fields of the last line of a table.
func words(table string) []string {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	return strings.Fields(lines[len(lines)-1])
}

func TestOtherCommandsFindTheServerOfTheirFolder(t *testing.T) {
	s := here(t, "--memory")
	info, err := os.Stat(instanceFile)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	below := filepath.Join("a", "b")
	require.NoError(t, os.MkdirAll(below, 0o755))
	t.Chdir(below)
	require.Equal(t, "ready at "+s.url+control.Base+"\n", told(t, "ready", "--timeout", "5s"))
	status := told(t, "status")
	require.Contains(t, status, "savestone "+version+" at "+s.url)
	require.Equal(t, []string{"1", ":memory:", "-", "-", "500", "0", "0", "real"}, words(status))
	require.Equal(t, 0, read[control.Status](t, "status", "--usage").Universes[0].Usage.Keys)

	require.Equal(t, exitInterrupted, s.stop())
	_, err = os.Stat(filepath.Join("..", "..", instanceFile))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestCommandsSayThatNothingRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"status"}, {"fault", "list"}, {"clock", "show"}, {"budget", "show"}, {"logs"}, {"clock", "freeze"},
	} {
		code, _, errs := inFolder(args...)
		require.Equal(t, exitEnvironment, code, args)
		require.Contains(t, errs, "no savestone is running here: there is no .savestone/instance.json in this "+
			"folder or above; start savestone serve, or name one with --url or SAVESTONE_URL")
	}
	code, _, errs := inFolder("ds", "stores")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "got no database; want --db FILE or SAVESTONE_DB, or a running server")

	code, _, errs = inFolder("status", "--url", "127.0.0.1:1")
	require.Equal(t, exitEnvironment, code)
	require.Contains(t, errs, "no savestone answers at http://127.0.0.1:1/_savestone (--url)")
	require.NoError(t, os.Mkdir(stateFolder, 0o755))
	require.NoError(t, os.WriteFile(instanceFile, []byte(`{"pid":1,"url":"http://127.0.0.1:1"}`), 0o600))
	code, _, errs = inFolder("status")
	require.Equal(t, exitEnvironment, code)
	require.Contains(t, errs, "the savestone of .savestone/instance.json is not there any more")
	require.Contains(t, errs, "start savestone serve again")
	code, _, errs = inFolder("ready", "--timeout", "80ms")
	require.Equal(t, exitDeadline, code)
	require.Contains(t, errs, "not ready after 80ms: the savestone of")

	require.NoError(t, os.WriteFile(instanceFile, []byte(`{}`), 0o600))
	code, _, errs = inFolder("status")
	require.Equal(t, exitEnvironment, code)
	require.Contains(t, errs, "want what savestone serve writes there")
	for _, url := range []string{"ftp://a", "http://", "://"} {
		code, _, errs = inFolder("status", "--url", url)
		require.Equal(t, exitUsage, code, errs)
		require.Contains(t, errs, "want an address such as http://127.0.0.1:34890")
	}
}

func TestCommandsNeedTheTokenOfTheServer(t *testing.T) {
	s := here(t, "--memory", "--token", "secret")
	told(t, "status") // the file has it
	t.Chdir(t.TempDir())
	code, _, errs := inFolder("status", "--url", s.url)
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "got no token, want Authorization: Bearer TOKEN or x-api-key: TOKEN; want --token or")
	told(t, "status", "--url", s.url, "--token", "secret")
	t.Setenv(tokenVariable, "secret")
	t.Setenv(urlVariable, s.url)
	told(t, "status")
	told(t, "ds", "stores")
	t.Setenv(tokenVariable, "wrong")
	code, _, _ = inFolder("ready")
	require.Equal(t, exitOK, code, "who waits for a server needs no token")
	code, _, _ = inFolder("ds", "stores")
	require.Equal(t, exitUsage, code)
}

func TestAServerWithKeysAloneMakesAToken(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, os.WriteFile(keys, []byte(`[{"secret": "lister", "scopes": ["*"]}]`), 0o600))
	here(t, "--memory", "--auth", "keys", "--keys", keys)
	told(t, "clock", "show")
	code, _, errs := inFolder("clock", "show", "--token", "lister")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "got a token, want the one of this server")
}

func TestFaultCommands(t *testing.T) {
	s := here(t, "--memory", "--fault", `{"id":"first","kind":"lostRequest"}`)
	status, _ := s.ask("GET", storesPath, "")
	require.Equal(t, 500, status)
	require.Equal(t, []string{"first", "on", "1", "-", `{"kind":"lostRequest"}`}, words(told(t, "fault", "list")))
	require.Equal(t, []string{"first", "off"}, words(told(t, "fault", "toggle", "first"))[:2])
	status, _ = s.ask("GET", storesPath, "")
	require.Equal(t, 200, status)
	require.Equal(t, "on", words(told(t, "fault", "toggle", "first", "on"))[1])
	require.Equal(t, "removed 1 rule\n", told(t, "fault", "rm", "first"))

	require.Equal(t, []string{"lostReply#1", "on", "0", "1",
		`{"kind":"lostReply","ops":["put"],"store":"Player*","chance":0.05}`},
		words(told(t, "fault", "add", "lostReply", "--ops", "put", "--store", "Player*", "--chance", "5%", "--once")))
	added := read[[]control.Fault](t, "fault", "add", "calm@v1", "--store", "Coins")
	require.NotEmpty(t, added)
	require.Equal(t, "Coins", added[0].Rule.Store)
	require.Contains(t, told(t, "fault", "presets"), "calm@v1")
	told(t, "fault", "add", `[{"kind":"lostRequest","id":"x"},{"kind":"lostRequest","id":"y"}]`)
	require.Len(t, read[[]control.Fault](t, "fault", "list"), len(added)+3)
	require.Contains(t, told(t, "fault", "clear"), "removed ")
	require.Empty(t, read[[]control.Fault](t, "fault", "list"))

	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"add odd", exitUsage, `got the kind "odd", want one of`}, {"add {", exitUsage, "got no JSON"},
		{`add {"kind":"lostReply"} --once`, exitUsage, "got rules and flags about one"},
		{"add lostReply --once --limit 2", exitUsage, "got both --once and --limit"},
		{"rm odd", exitFailed, `rule "odd": there is no such rule`}, {"toggle odd", exitFailed, "no such rule"},
		{"toggle odd of", exitUsage, `got "of", want on or off`}, {"odd", exitUsage, "want one of add, clear"},
		{"list --universe-id 7", exitFailed, "universe 7: there is no such universe"},
		{"list --universe-id -7", exitUsage, "--universe-id: got -7"},
	} {
		code, out, errs := inFolder(append([]string{"fault"}, strings.Fields(c.args)...)...)
		require.Equal(t, c.code, code, c.args+out+errs)
		require.Contains(t, errs, c.want)
	}
}

func TestClockCommands(t *testing.T) {
	here(t, "--memory", "--clock", "frozen")
	require.Equal(t, "frozen", words(told(t, "clock", "show"))[1])
	require.Equal(t, "2030-01-01T00:00:00Z", words(told(t, "clock", "set", "2030-01-01T00:00:00Z"))[0])
	require.Equal(t, "2030-01-31T01:00:00Z", words(told(t, "clock", "advance", "30d1h"))[0])
	require.Equal(t, "60", words(told(t, "clock", "rate", "60"))[2])
	require.Equal(t, "running", words(told(t, "clock", "resume"))[1])
	require.Equal(t, "frozen", words(told(t, "clock", "freeze"))[1])
	require.Equal(t, "real", read[control.Clock](t, "clock", "resume", "--real").Mode)
	for args, want := range map[string]string{
		"advance soon": `got the duration "soon"`, "set noon": `got the time "noon"`,
		"rate fast": `got the rate "fast"`, "rate 0": "got the rate 0", "advance": "accepts 1 arg",
	} {
		code, _, errs := inFolder(append([]string{"clock"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, code, args)
		require.Contains(t, errs, want)
	}
}

func TestServeRefusesControlFlagsThatCannotBe(t *testing.T) {
	for args, want := range map[string]string{
		"--clock soon": `--clock: got "soon", want real, frozen`, "--clock 0": "--clock: got the rate 0",
		"--clock 1850-01-01T00:00:00Z": "want one from 1970", "--fault odd": `--fault: fault 1: got the preset "odd"`,
		"--request-log 0": "want 1 to 1000000", "--fault {": "--fault: ",
	} {
		code, _, errs := inFolder(append([]string{"serve", "--memory", "--port", "0"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, code, args+errs)
		require.Contains(t, errs, want)
	}
}

func TestBudgetShowsWhatIsUsed(t *testing.T) {
	s := here(t, "--memory", "--ccu", "0")
	s.ask("POST", storesPath+"/Coins/entries?id=k", `{"value":1}`)
	s.ask("POST", control.Base+"/servers", `{"server":"job-1","players":8}`)
	out := told(t, "budget", "show")
	require.Contains(t, out, "limits 2026, 8 users")
	require.Regexp(t, `StandardWrite +1 +\d+\n`, out)
	require.Regexp(t, `job-1 +8 +StandardRead +100\n`, out)
	require.Regexp(t, `Coins +global +k +0 B of 26\.2 MB +1\.0 kB of 4\.2 MB\n`, out)
	require.Len(t, read[control.Budgets](t, "budget", "show", "--keys", "0").Keys, 0)
}

func TestLogsShowRequestsAndFollow(t *testing.T) {
	s := here(t, "--memory")
	s.ask("POST", storesPath+"/Coins/entries?id=k", `{"value":1}`)
	s.ask("GET", storesPath+"/Coins/entries/missing", "")
	out := told(t, "logs")
	require.Regexp(t, `^\S+ open-cloud POST   200 +\S+ms  Coins/k\n`+
		`\S+ open-cloud GET    404 .* Coins/missing  Entry not found`, out)
	require.NotContains(t, told(t, "logs", "--filter", "status=failed,op=get"), "POST")
	require.Equal(t, "", told(t, "logs", "-n", "0"))
	require.Contains(t, told(t, "logs", "-n", "1", "-o", "json"), `{"id":2,"time":"`)
	for _, filter := range []string{"status", "colour=red", "status=odd"} {
		code, _, errs := inFolder("logs", "--filter", filter)
		require.Equal(t, exitUsage, code)
		require.Contains(t, errs, "want")
	}

	ctx, cancel := context.WithCancel(t.Context())
	out2, in := io.Pipe()
	code := make(chan int)
	go func() { code <- run(ctx, []string{"logs", "-f", "-n", "1"}, in, io.Discard) }()
	lines := bufio.NewScanner(out2)
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "Coins/missing")
	s.ask("GET", storesPath+"/Coins/entries/k", "")
	require.True(t, lines.Scan())
	require.Contains(t, lines.Text(), "Coins/k")
	cancel()
	require.Equal(t, exitInterrupted, <-code)
}

func TestDataOfARunningServerCanBeWorkedOn(t *testing.T) {
	s := here(t, "--memory")
	told(t, "ds", "set", "Coins", "k", `{"html":"<&>"}`)
	_, body := s.ask("GET", storesPath+"/Coins/entries/k", "")
	require.Contains(t, body, `"value":{"html":"<&>"}`)
	require.Equal(t, "{\"html\":\"<&>\"}\n", told(t, "ds", "get", "Coins", "k", "-o", "value"))
	require.Contains(t, told(t, "ds", "keys", "Coins", "--all-scopes"), "global")
	require.Contains(t, told(t, "ds", "versions", "Coins", "k"), ".0000000001.")
	told(t, "ds", "ordered", "set", "Points", "k", "5")
	require.Contains(t, told(t, "ds", "ordered", "list", "Points"), "5")
	code, _, errs := inFolder("ds", "get", "Coins", "odd")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, `no key "odd"`)

	told(t, "state", "snapshot", "full")
	code, _, errs = inFolder("state", "snapshot", "full")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, `snapshot "full": there is a snapshot of this name already`)
	exported := t.TempDir()
	require.Contains(t, told(t, "state", "export", exported, "--versions"), "exported 2 keys")
	told(t, "state", "reset")
	require.Equal(t, []string{"STORE", "CREATED", "UPDATED"}, words(told(t, "ds", "stores")))
	require.Contains(t, told(t, "state", "import", exported), "imported 2 keys")
	require.Contains(t, told(t, "ds", "stores"), "Coins")
	told(t, "state", "reset")
	told(t, "state", "restore", "full")
	require.Contains(t, told(t, "ds", "stores"), "Coins")
	require.Equal(t, "full", words(told(t, "state", "list"))[0])
	code, _, errs = inFolder("state", "restore", "odd")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errs, `snapshot "odd": there is no such snapshot`)
	code, _, errs = inFolder("ds", "stores", "--db", "x", "--url", s.url)
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "got both --db and --url")
}

// A server that begins to shut down ends streams at once.
func TestAFollowedServerShutsDownAtOnce(t *testing.T) {
	s := here(t, "--memory")
	out, in := io.Pipe()
	go func() {
		run(t.Context(), []string{"logs", "-f", "-n", "1"}, in, io.Discard)
		in.Close()
	}()
	s.ask("GET", storesPath, "")
	_, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	go io.Copy(io.Discard, out)
	began := time.Now()
	require.Equal(t, exitInterrupted, s.stop())
	require.Less(t, time.Since(began), shutdownTimeout/2)
}

func TestACommandOfExecCanSteerItsServer(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("keys.json", []byte(`[{"secret": "k", "scopes": ["*"]}]`), 0o600))
	code, _, errs := inFolder("exec", "--auth", "keys", "--keys", "keys.json", "--", "sh", "-c",
		`test -n "$SAVESTONE_TOKEN" && test "$SAVESTONE_TOKEN" != k && test -n "$SAVESTONE_URL"`)
	require.Equal(t, exitOK, code, errs)
	code, _, errs = inFolder("exec", "--", "sh", "-c", `test -z "$SAVESTONE_TOKEN"`)
	require.Equal(t, exitOK, code, errs)
}
