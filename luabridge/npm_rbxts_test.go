package luabridge_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/suite"
)

// The libraries that games are made of, each used as its documentation shows.
func TestNpmLibrariesOfGamesWork(t *testing.T) {
	folder := npmProject(t, "rbxts", "roblox-ts@3.0.0", "@rbxts/jecs@0.11.0",
		"@rbxts/charm@0.11.0", "@rbxts/trove@1.3.0", "@rbxts/janitor@1.1.2", "@rbxts/signal@1.1.1")
	polyfill := npmInstall(t, "@rbxts-js/luau-polyfill@1.2.3-ts.1")
	require.NoError(t, os.CopyFS(filepath.Join(folder, "node_modules/@rbxts-js"),
		os.DirFS(filepath.Join(polyfill, "node_modules/@rbxts-js"))))
	require.Equal(t, `charm.spec: 5 passed
janitor.spec: 4 passed
jecs.spec: 5 passed
polyfill.spec: 5 passed
signal.spec: 2 passed
trove.spec: 3 passed
`, verdicts(runSuite(t, folder, suite.Options{})))
}
