package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A client from npm's registry, used as its users do. It needs the network, node and npm.
func TestNpmOpenbloxWorksUnmodified(t *testing.T) {
	if os.Getenv("SAVESTONE_NET") == "" {
		t.Skip("set SAVESTONE_NET=1 to try a client from npm's registry")
	}
	script, err := os.ReadFile(filepath.Join(root, "testdata/npm/openblox/main.js"))
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "main.js"), script, 0o600))
	npm := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund",
		"--prefix", folder, "openblox@1.0.62")
	output, err := npm.CombinedOutput()
	require.NoError(t, err, "%s", output)

	server := start(t, "--memory")
	node := exec.CommandContext(t.Context(), "node", "main.js", server.url)
	node.Dir = folder
	output, err = node.CombinedOutput()
	require.NoError(t, err, "%s", output)
	want, err := os.ReadFile(filepath.Join(root, "testdata/npm/openblox/output.txt"))
	require.NoError(t, err)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(filepath.Join(root, "testdata/npm/openblox/output.txt"), output, 0o644))
	}
	require.Equal(t, strings.TrimSpace(string(want)), strings.TrimSpace(string(output)))
}
