package syntax_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// TestCorpusParses parses every Lua and Luau file below the folder that SAVESTONE_CORPUS names.
// Point it at a folder of installed packages.
func TestCorpusParses(t *testing.T) {
	root := os.Getenv("SAVESTONE_CORPUS")
	if root == "" {
		t.Skip("SAVESTONE_CORPUS names no folder")
	}
	files, size := 0, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !strings.HasSuffix(path, ".lua") && !strings.HasSuffix(path, ".luau") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		size += len(source)
		if _, err := syntax.Parse(string(source)); err != nil {
			t.Errorf("%s:%v", path, err)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotZero(t, files, "no .lua or .luau file below %s", root)
	t.Logf("%d files, %d bytes", files, size)
}
