package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// invoke runs the program in the project's root, as a user would there.
func invoke(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(root)
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestRefusalsSayWhereAndWhatWasWanted(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		want []string // in order, on either stream
	}{
		{"run testdata/refusals/syntax-error/main.luau", exitFailed, []string{
			"testdata/refusals/syntax-error/main.luau:7:3: " +
				"Expected 'then' when parsing if statement, got 'coins'"}},
		{"test testdata/refusals/missing-module", exitFailed, []string{
			"testdata/refusals/missing-module/src/Saves.spec.luau:4",
			`>    4 |     local Wallets = require("./Wallets")`, `"Wallets"`}},
		{"test testdata/refusals/unknown-key", exitUsage, []string{
			`testdata/refusals/unknown-key/default.project.json:4:2: unknown key "treee"`,
			`did you mean "tree"?`}},
		{"test testdata/refusals/no-tests", exitNothing, []string{
			"no tests ran", "*.spec.luau"}},
		{"run --deadline 300ms testdata/refusals/endless-loop/main.luau", exitDeadline, []string{
			"ServerScriptService.main:", "the deadline of 300ms", "function spin"}},
		{"test testdata/refusals/nowhere", exitUsage, []string{"no such file or folder", "want"}},
		{"run testdata/refusals/nothing.luau", exitUsage, []string{"no such file", "want a .luau"}},
		{"run lua", exitUsage, []string{"lua is a folder", "want a .luau file"}},
		{"run README.md", exitUsage, []string{"README.md: want a .luau file"}},
		{"tset lua", exitUsage, []string{`unknown command "tset"`}},
		{"test --sed 3", exitUsage, []string{"unknown flag: --sed"}},
		{"test --seed x", exitUsage, []string{`invalid argument "x"`}},
		{"run", exitUsage, []string{"accepts 1 arg(s), received 0"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, out, errs := invoke(t, strings.Fields(c.args)...)
			require.Equal(t, c.code, code, out+errs)
			text := out + errs
			for _, want := range c.want {
				at := strings.Index(text, want)
				require.GreaterOrEqual(t, at, 0, "%q is not in (the rest of)\n%s", want, out+errs)
				text = text[at+len(want):]
			}
		})
	}
}

// write makes a project of the given files in a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return folder
}

const ownLibrary = `{"name": "lib", "tree": {"$path": "src"}}`

func TestFailureShowsFileLineFrameAndReplay(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	describe("coins", function()
		it("add up", function()
			expect(1 + 1).to.equal(3)
		end)
		it("stay", function() end)
	end)
end`,
	})
	code, out, _ := invoke(t, "test", folder, "--seed", "7")
	require.Equal(t, exitFailed, code)
	for _, want := range []string{
		"a.spec.luau:4\n",
		">    4 |             expect(1 + 1).to.equal(3)\n",
		"        |                              ^ expected 3, got 2\n",
		`-t "coins add up" --seed 7`,
		"1 failed | 1 passed (2)",
	} {
		require.Contains(t, out, want)
	}
}

func TestSameSeedSameHashAndAnotherSeedAnother(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": ownLibrary,
		"src/a.spec.luau": `return function()
	it("draws", function()
		print(math.random(), game.JobId)
		task.wait(math.random(1, 100))
	end)
end`,
	})
	hash := func(seed string) string {
		code, out, errs := invoke(t, "test", folder, "--seed", seed)
		require.Equal(t, exitOK, code, out+errs)
		_, after, found := strings.Cut(out, "Event hash  ")
		require.True(t, found, out)
		return after[:16]
	}
	first := hash("1")
	require.Equal(t, first, hash("1"))
	require.NotEqual(t, first, hash("2"))
}
