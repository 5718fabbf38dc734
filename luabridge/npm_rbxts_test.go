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
	for name, cases := range map[string]int{
		"jecs": 5, "charm": 5, "trove": 3, "janitor": 4, "signal": 2, "polyfill": 5,
	} {
		report := runSpecs(t, folder, name+".spec")
		require.Len(t, report.Files, 1)
		for _, c := range report.Files[0].Cases {
			require.Nil(t, c.Problem, "%s: %s", name, c.Path)
		}
		require.Equal(t, cases, report.Count(suite.Passed), name)
	}
}
