package rojo

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func sourcemap(t *testing.T, files map[string]string) (*Project, error) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return LoadSourcemap(filepath.Join(folder, "sourcemap.json"))
}

func TestSourcemapGivesTheTreeAndFilesTheScripts(t *testing.T) {
	project, err := sourcemap(t, map[string]string{
		"sourcemap.json": `{"name": "Game", "className": "DataModel",
			"filePaths": ["default.project.json"], "children": [
			{"name": "ServerScriptService", "className": "ServerScriptService", "children": [
				{"name": "Main", "className": "Script",
					"filePaths": ["src/Main.meta.json", "src/Main.server.luau"]},
				{"name": "Config", "className": "ModuleScript", "filePaths": ["src/Config.json"]}
			]}]}`,
		"default.project.json": `{}`,
		"src/Main.server.luau": "print(1)\r\n",
		"src/Main.meta.json":   `{}`,
		"src/Config.json":      `{"a": 1}`,
	})
	require.NoError(t, err)
	require.Equal(t, "DataModel", project.Root.ClassName)
	service := project.Root.Child("ServerScriptService")
	main := service.Child("Main")
	require.Equal(t, "print(1)\n", main.Source.Text)
	require.Equal(t, "Legacy", main.Property("RunContext"))
	require.Equal(t, "Main.server.luau", filepath.Base(main.Files[0]))
	require.Contains(t, service.Child("Config").Source.Text, "return")
}

func TestBadSourcemapsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		`{"name": "x", `: "sourcemap.json:1:", `{"name": 3, "className": "Folder"}`: "want a string",
		`{"name": "x"}`: "got no className at the root",
		`{"name": "x", "className": "Folder", "filePaths": ["gone.luau"]}`: "gone.luau",
	} {
		_, err := sourcemap(t, map[string]string{"sourcemap.json": text})
		require.ErrorContains(t, err, want)
	}
	_, err := LoadSourcemap(filepath.Join(t.TempDir(), "sourcemap.json"))
	require.ErrorContains(t, err, "read sourcemap")
}
