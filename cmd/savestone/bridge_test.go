package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// playBridged runs the script of testdata/bridge against a server at url, or without the bridge if that is
// empty, and returns what it printed.
func playBridged(t *testing.T, url, token string, args ...string) (code int, out, errs string) {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(folder, "bridge"), os.DirFS(filepath.Join(root, "lua/bridge"))))
	for file, fill := range map[string]*strings.Replacer{
		"Play.server.luau":     strings.NewReplacer("$URL", url, "$TOKEN", token),
		"default.project.json": strings.NewReplacer("../../lua/bridge", "bridge"),
	} {
		text, err := os.ReadFile(filepath.Join(root, "testdata/bridge", file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(fill.Replace(string(text))), 0o600))
	}
	all := append([]string{"run", filepath.Join(folder, "default.project.json")}, args...)
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), all, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// A game server on the bridge sees what one on the emulator sees: values, errors, versions, pages.
func TestBridgeIsDataStoreService(t *testing.T) {
	s := startProcess(t, "--memory", "--token", "secret")
	code, bridged, errs := playBridged(t, s.url, "secret", "--allow-net", strings.TrimPrefix(s.url, "http://"))
	require.Zero(t, code, errs)
	code, direct, errs := playBridged(t, "", "")
	require.Zero(t, code, errs)
	require.Greater(t, strings.Count(direct, "\n"), 45)
	require.Equal(t, direct, bridged)
}

func TestBridgeSaysWhatIsWrongWithItself(t *testing.T) {
	s := startProcess(t, "--memory", "--token", "secret")
	host := strings.TrimPrefix(s.url, "http://")
	for _, c := range []struct {
		url, token string
		args       []string
		want       []string
	}{
		{s.url, "secret", nil, []string{"Http requests are not enabled", "is savestone serve running there"}},
		{s.url, "wrong", []string{"--allow-net", host}, []string{"401", "want the one of this server"}},
		{"http://127.0.0.1:1", "", []string{"--allow-net", "127.0.0.1"}, []string{"HttpError: ConnectFail"}},
	} {
		code, out, errs := playBridged(t, c.url, c.token, c.args...)
		require.Equal(t, exitFailed, code, out+errs)
		for _, want := range c.want {
			require.Contains(t, errs, want)
		}
	}
}
