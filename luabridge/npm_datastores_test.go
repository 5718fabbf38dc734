package luabridge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/suite"
)

// The save libraries that only their own documentation tells of: each suite is a driver of one.
func TestNpmSaveLibrariesDoWhatTheyPromise(t *testing.T) {
	folder := npmProject(t, "datastores", "@rbxts/datastore2@1.4.0-ts.0",
		"@rbxts/suphi-datastore@1.0.0")
	for _, name := range []string{"datastore2.spec", "suphi.spec"} {
		report := runSpecs(t, folder, name)
		require.Len(t, report.Files, 1)
		for _, c := range report.Files[0].Cases {
			require.Nil(t, c.Problem, "%s\n%s", c.Path, strings.Join(c.Output, "\n"))
		}
		require.Equal(t, 4, report.Count(suite.Passed))
		require.Equal(t, report.Hash, runSpecs(t, folder, name).Hash)
	}
}
