package luabridge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMessagesAndTracesNameTheFilesTheySpeakOf(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"default.project.json": `{"name": "place", "tree": {"$className": "DataModel",
			"ServerScriptService": {"Data store": {"$path": "src"}}}}`,
		"src/init.server.luau": "require(script.Saves)\nrequire(script.Saves.Saves)\n",
		"src/Saves/init.luau":  "return nil",
		"src/Saves/Saves.luau": "return nil",
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	game := newUniverse(t, folder).start("one")
	game.RunScripts()
	for text, want := range map[string]string{
		"":                                  "",
		"no position: 12":                   "no position: 12",
		"ServerScriptService.No:1":          "ServerScriptService.No:1",
		"XServerScriptService.Data store:1": "XServerScriptService.Data store:1",
		"ServerScriptService.Data store:3: boom": "ServerScriptService.Data store:3 " +
			"(src/init.server.luau:3): boom",
		"ServerScriptService.Data store:x: boom": "ServerScriptService.Data store:x: boom",
		"ServerScriptService.Data store.Saves:1 function f\n" +
			"ServerScriptService.Data store.Saves.Saves:2\n": "" +
			"ServerScriptService.Data store.Saves:1 (src/Saves/init.luau:1) function f\n" +
			"ServerScriptService.Data store.Saves.Saves:2 (src/Saves/Saves.luau:2)\n",
	} {
		got := strings.ReplaceAll(game.WithFiles(text), folder+string(filepath.Separator), "")
		require.Equal(t, want, filepath.ToSlash(got), text)
	}
}
