package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const libraryFolder = "../../lua"

// What lua/README.md shows of an example is what it prints.
func TestExamplesPrintWhatTheReadmeShows(t *testing.T) {
	folder, err := filepath.Abs(libraryFolder) // invoke changes directories
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(folder, "README.md"))
	require.NoError(t, err)
	examples, err := filepath.Glob(filepath.Join(folder, "examples", "*.project.json"))
	require.NoError(t, err)
	require.Len(t, examples, 6)
	for _, example := range examples {
		name := filepath.Base(example)
		code, out, errs := invoke(t, "run", example)
		require.Equal(t, exitOK, code, "%s: %s", name, errs)
		require.Empty(t, errs, name)
		_, shown, found := strings.Cut(string(readme),
			"$ savestone run lua/examples/"+name+"\n")
		require.True(t, found, "the README does not show %s", name)
		shown, _, _ = strings.Cut(shown, "```\n")
		require.Equal(t, shown, out, name)
	}
}
