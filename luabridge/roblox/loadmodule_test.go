package roblox

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoadmoduleCompilesAModuleAnewEachTime(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "count = (count or 0) + 1 return script.Name .. count")
	require.Equal(t, "M1 M2 M1\nnil\nfunction\nReplicatedStorage.M", w.run(`
		local one, failure, cleanUp = debug.loadmodule(game.ReplicatedStorage.M)
		local two = debug.loadmodule(game.ReplicatedStorage.M)
		print(one(), one(), two())
		print(failure) print(type(cleanUp)) print(debug.info(one, "s"))
		cleanUp()`))
}

func TestLoadmoduleTellsWhatIsWrongWithTheSource(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "local x = = 1")
	said := w.run(`print(debug.loadmodule(game.ReplicatedStorage.M))`)
	require.Contains(t, said, "nil 1:11: Expected identifier when parsing expression, got '='")
	require.Equal(t, "false invalid argument #1 to 'loadmodule' "+
		"(ModuleScript expected, got Instance)", w.run(`print(pcall(debug.loadmodule, game))`))
}

func TestScriptsOfAGameCannotReachFiles(t *testing.T) {
	w := newWorld(t, Options{})
	for _, name := range []string{"FileSystemService", "CoreScriptSyncService"} {
		require.Equal(t, "false The current thread cannot access '"+name+
			"' (lacking capability RobloxScript)",
			w.run(`print(pcall(game.GetService, game, "`+name+`"))`))
	}
}

// memoryDisk is a Disk of files and their texts.
type memoryDisk map[string]string

func (memoryDisk) ScriptFile(script *Instance) string { return "src/" + script.Name() + ".luau" }

func (d memoryDisk) Exists(path string) bool { return d.IsFile(path) || path == "src" }

func (d memoryDisk) IsFile(path string) bool { _, ok := d[path]; return ok }

func (d memoryDisk) ReadFile(path string) (string, error) {
	if !d.IsFile(path) {
		return "", errors.New("read " + path + ": no such file")
	}
	return d[path], nil
}

func (d memoryDisk) WriteFile(path, text string) error { d[path] = text; return nil }

func (d memoryDisk) Remove(path string) error { delete(d, path); return nil }

func (memoryDisk) MakeFolders(string) error { return errors.New("the disk is full") }

func TestFrameworksReachTheFilesTheyAreGiven(t *testing.T) {
	w := newWorld(t, Options{Disk: memoryDisk{}})
	w.module("M", "")
	require.Equal(t, "src/M.luau\ntrue false\ntrue text\nfalse\nfalse read b: no such file\n"+
		"false the disk is full", w.run(`
		local files = game:GetService("FileSystemService")
		local sync = game:GetService("CoreScriptSyncService")
		print(sync:GetScriptFilePath(game.ReplicatedStorage.M))
		print(files:Exists("src"), files:IsRegularFile("src"))
		files:WriteFile("a", "text")
		print(files:IsRegularFile("a"), files:ReadFile("a"))
		files:Remove("a")
		print(files:Exists("a"))
		print(pcall(files.ReadFile, files, "b"))
		print(pcall(files.CreateDirectories, files, "c"))`))
}

func TestLoadmoduleFindsReplacedLibraryFunctions(t *testing.T) {
	w := newWorld(t, Options{})
	w.module("M", "return math.max(1, 2), os.time()")
	require.Equal(t, "fake 7\nfake", w.run(`
		local globals = { math = { max = function() return "fake" end },
			os = { time = function() return 7 end } }
		print(setfenv(debug.loadmodule(game.ReplicatedStorage.M), globals)())
		print(setfenv(loadstring("return math.max(1, 2)"), globals)())`))
}
