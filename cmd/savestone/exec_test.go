package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExecPassesTheExitCodeOn(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--", "sh", "-c", "exit 0"}, 0, ""},
		{[]string{"sh", "-c", "exit 7"}, 7, ""},
		{[]string{"--", "sh", "-c", "exit 125"}, 125, ""},
		{[]string{"--", "sh", "-c", "kill -9 $$"}, 137, ""},
		{[]string{"--", "no-such-command"}, 127, `there is no command "no-such-command"`},
		{[]string{"--", "/etc/passwd"}, 126, "permission denied"},
		{[]string{"--", "/"}, 126, ""},
		{nil, 125, "got no command"}, {[]string{"--nonsense"}, 125, "unknown flag"},
		{[]string{"--profile", "1999", "--", "true"}, 125, `got profile "1999"`},
		{[]string{"--import", "nowhere", "--", "true"}, 125, "nowhere"},
	} {
		code, out, errs := invoke(t, append([]string{"exec"}, c.args...)...)
		require.Equal(t, c.code, code, "%v: %s%s", c.args, out, errs)
		require.Contains(t, errs, c.want)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "savestone-exec-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestExecTellsTheCommandWhereTheServerIs(t *testing.T) {
	t.Setenv("NO_PROXY", "corp.example,*,.roblox.com, apis.roblox.com")
	t.Setenv("ROBLOX_OPEN_CLOUD_API_KEY", "a real one")
	t.Setenv("SSL_CERT_FILE", "")
	t.Setenv("NODE_EXTRA_CA_CERTS", filepath.Join(t.TempDir(), "mine.pem"))
	require.NoError(t, os.WriteFile(os.Getenv("NODE_EXTRA_CA_CERTS"), []byte("MINE"), 0o600))
	code, out, errs := invoke(t, "exec", "--universe-id", "7", "--place-id", "8", "--", "sh", "-c", `
		test "$JEST_ROBLOX_OPEN_CLOUD_BASE_URL" = "$SAVESTONE_URL" || exit 1
		test "$HTTPS_PROXY $https_proxy" = "$SAVESTONE_URL $SAVESTONE_URL" || exit 2
		test -s "$SSL_CERT_FILE" && test -s "$REQUESTS_CA_BUNDLE" && test -s "$CURL_CA_BUNDLE" || exit 3
		grep -q BEGIN "$NODE_EXTRA_CA_CERTS" && grep -q MINE "$NODE_EXTRA_CA_CERTS" || exit 4
		echo $ROBLOX_UNIVERSE_ID $ROBLOX_PLACE_ID $ROBLOX_OPEN_CLOUD_API_KEY $SAVESTONE_API_KEY
		echo $NO_PROXY $no_proxy; cat`)
	require.Zero(t, code, errs)
	direct := strings.Repeat("corp.example,localhost,127.0.0.1,::1 ", 2)
	require.Equal(t, "7 8 savestone savestone\n"+direct, strings.TrimSpace(out)+" ")
	code, out, _ = invoke(t, "exec", "--no-proxy", "--token", "secret", "--", "sh", "-c",
		`echo "$SAVESTONE_API_KEY$HTTPS_PROXY"`)
	require.Zero(t, code)
	require.Equal(t, "secret\n", out)
}

func TestExecKeepsDataInMemoryUnlessToldOtherwise(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl on this machine")
	}
	db := filepath.Join(t.TempDir(), "data.db")
	put := `curl -sSf -X POST "https://apis.roblox.com/cloud/v2/universes/1/data-stores/Coins/entries?id=a" ` +
		`-H "content-type: application/json" -d '{"value":5}'`
	get := `curl -sSf https://apis.roblox.com/cloud/v2/universes/1/data-stores/Coins/entries/a`
	code, out, errs := invoke(t, "exec", "--db", db, "--", "sh", "-c", put)
	require.Zero(t, code, out+errs)
	code, out, errs = invoke(t, "exec", "--db", db, "--", "sh", "-c", get)
	require.Zero(t, code, out+errs)
	require.Contains(t, out, `"value":5`)
	code, _, errs = invoke(t, "exec", "--", "sh", "-c", get)
	require.Equal(t, 22, code, "curl's code for 404: %s", errs)
	require.NoDirExists(t, filepath.Join(root, ".savestone", "ca"))
}

func TestExecPassesSignalsOn(t *testing.T) {
	for signal, name := range map[syscall.Signal]string{
		syscall.SIGTERM: "TERM", syscall.SIGINT: "INT", syscall.SIGHUP: "HUP",
	} {
		cmd := savestone(t, "exec", "--", "sh", "-c",
			`trap "exit 9" `+name+`; echo ready; while :; do sleep 0.02; done`)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "ready\n", line)
		require.NoError(t, cmd.Process.Signal(signal))
		go io.Copy(io.Discard, out)
		cmd.Wait()
		require.Equal(t, 9, cmd.ProcessState.ExitCode(), name)
	}
}
