package luabridge_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/stdlib"
)

func TestNpmEveryFileOfRealPackagesCompiles(t *testing.T) {
	folders := []string{
		npmInstall(t, "@rbxts-js/jest@3.13.3-ts.3"),
		npmModules(t, "@rbxts/lapis@0.3.8", "@rbxts/lapis-mockdatastore@0.3.7",
			"@rbxts/profile-store@1.0.3", "@rbxts/t@3.2.1", "@rbxts/sift@0.0.9",
			"@rbxts-js/roblox-lua-promise@3.5.0-ts.2", "roblox-ts@3.0.0"),
	}
	var files, size int
	for _, folder := range folders {
		folder = filepath.Join(folder, "node_modules")
		visit := func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".luau" && filepath.Ext(path) != ".lua" {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(folder, path)
			if err != nil {
				return err
			}
			_, err = stdlib.Library().Compile(string(source), name)
			require.NoError(t, err, name)
			files, size = files+1, size+len(source)
			return nil
		}
		require.NoError(t, filepath.WalkDir(folder, visit))
	}
	require.Greater(t, files, 450, "fewer files than the packages had when this test was written")
	t.Logf("%d files, %.1f MB, parsed and compiled", files, float64(size)/1e6)
}
