package bytecode_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/syntax"
)

// corpus returns all Lua and Luau files below the folder that SAVESTONE_CORPUS names, and their
// size. Point it at a folder of installed packages.
func corpus(t testing.TB) (sources map[string]string, size int) {
	root := os.Getenv("SAVESTONE_CORPUS")
	if root == "" {
		t.Skip("SAVESTONE_CORPUS names no folder")
	}
	sources = map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".lua") || strings.HasSuffix(path, ".luau") {
			source, err := os.ReadFile(path)
			sources[path] = string(source)
			size += len(source)
			return err
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, sources, "no .lua or .luau file below %s", root)
	return sources, size
}

func TestCorpusCompiles(t *testing.T) {
	sources, size := corpus(t)
	for path, source := range sources {
		chunk, err := syntax.Parse(source)
		if err != nil {
			continue // the parser's own test tells
		}
		program, err := bytecode.Compile(chunk, options)
		if err != nil {
			t.Errorf("%s:%v", path, err)
			continue
		}
		verify(program.Main)
	}
	t.Logf("%d files, %d bytes", len(sources), size)
}

func BenchmarkCorpus(b *testing.B) {
	sources, size := corpus(b)
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, source := range sources {
			if chunk, err := syntax.Parse(source); err == nil {
				_, err = bytecode.Compile(chunk, options)
				require.NoError(b, err)
			}
		}
	}
}
