package luabridge_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/roblox"
	"savestone/luabridge/sched"
)

// output runs the server scripts of a project of the given files and returns what they printed.
func output(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		writeText(t, folder, name, text)
	}
	return projectOutput(t, folder)
}

func writeText(t *testing.T, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// projectOutput runs the server scripts of the project of a folder.
func projectOutput(t *testing.T, folder string) string {
	t.Helper()
	place, err := luabridge.Open(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	sim := sched.New(luabridge.Epoch)
	var lines []string
	game, err := place.Start(luabridge.Options{
		Sim: sim, Service: emulator.RunT(t, emulator.Options{Clock: sim}),
		Output: func(m roblox.Message) {
			lines = append(lines, strings.ReplaceAll(m.Text, folder, "DIR"))
		},
	})
	require.NoError(t, err)
	defer game.Close()
	game.RunScripts()
	game.Drain(t.Context(), sim.Now())
	return strings.Join(lines, "\n")
}

const twoServices = `{
	"name": "place",
	"tree": {
		"$className": "DataModel",
		"ServerScriptService": { "$path": "server" },
		"ReplicatedStorage": { "Shared": { "$path": "shared" } }
	}
}`

func TestAliasesLeadToMountedFilesBelowAFolderThatIsNot(t *testing.T) {
	require.Equal(t, "a inner", output(t, map[string]string{
		"default.project.json": twoServices,
		".luaurc":              `{ "aliases": { "root": "." } }`,
		"shared/a.luau":        `return "a"`,
		"shared/b/init.luau":   `return "b"`,
		"shared/b/inner.luau":  `return "inner"`,
		"server/Main.server.luau": `local a = require("@root/shared/a")
			print(a, require("@root/shared/b/inner"))
			assert(a == require(game.ReplicatedStorage.Shared.a))`,
	}))
}

func TestAliasesOfLuaurcNameFilesAndFoldersOfTheTree(t *testing.T) {
	out := output(t, map[string]string{
		"default.project.json": twoServices,
		".luaurc": `{
			// comments and trailing commas are fine
			"aliases": { "Shared": "shared", "deep": "@shared/deep", "one": "./shared/one", },
		}`,
		"server/.luaurc":     `{ "aliases": { "one": "../shared/two" } }`,
		"shared/init.luau":   `return "shared"`,
		"shared/one.luau":    `return "one"`,
		"shared/two.luau":    `return "two, by way of " .. require("@one")`,
		"shared/deep/x.luau": `return "deep " .. script:GetFullName()`,
		"server/main.server.luau": `
			print(require("@shared"))
			print(require("@SHARED/one"))
			print(require("@one"))
			print(require("@deep/x"))`,
	})
	require.Equal(t, "shared\none\ntwo, by way of one\ndeep ReplicatedStorage.Shared.deep.x", out)
}

func TestConfigInLuauDefinesAliases(t *testing.T) {
	out := output(t, map[string]string{
		"default.project.json":    twoServices,
		".config.luau":            `return { luau = { aliases = { lib = "./" .. "shared" } } }`,
		"shared/a.luau":           `return "a"`,
		"server/main.server.luau": `print(require("@lib/a"))`,
	})
	require.Equal(t, "a", out)
}

func TestAliasOutsideOfTheTreeIsLoadedBesideIt(t *testing.T) {
	out := output(t, map[string]string{
		"default.project.json": twoServices,
		".luaurc":              `{ "aliases": { "vendor": "vendor" } }`,
		"shared/a.luau":        `return "a"`,
		"vendor/init.luau":     `return "vendor with " .. require("@self/part")`,
		"vendor/part.luau":     `return "part"`,
		"server/main.server.luau": `
			print(require("@vendor"), require("@vendor/part"), require("@vendor") == require("@vendor"))`,
	})
	require.Equal(t, "savestone: @vendor stands for DIR/vendor, which the project does not mount; "+
		"loaded beside the tree\nvendor with part part true", out)
}

func TestBadAliasesSayWhatIsWrong(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "@x is not a valid alias: no .luaurc here or above defines it",
		`{ "aliases": { "x": "@y", "y": "@x" } }`: "the aliases @x → @y → @x lead in a circle",
		`{ "aliases": { "x": "nowhere" } }`:       "@x stands for DIR/nowhere",
		`{ "aliases": { "x y": "z" } }`:           `got the alias "x y", want letters`,
		`{ "aliases": `:                           "DIR/.luaurc: ",
	} {
		out := output(t, map[string]string{
			"default.project.json":    twoServices,
			".luaurc":                 config,
			"shared/a.luau":           `return "a"`,
			"server/main.server.luau": `local _, message = pcall(require, "@x") print(message)`,
		})
		require.Contains(t, out, want, config)
	}
	out := output(t, map[string]string{
		"default.project.json": twoServices, ".luaurc": "{}", ".config.luau": "return {}",
		"shared/a.luau":           `return "a"`,
		"server/main.server.luau": `local _, message = pcall(require, "@x") print(message)`,
	})
	require.Contains(t, out, "DIR has both .luaurc and .config.luau, want one")
}
