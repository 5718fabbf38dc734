package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const testedPlace = `{
	"name": "place",
	"tree": {
		"$className": "DataModel",
		"ReplicatedStorage": { "$path": "shared" },
		"TestService": { "$path": "tests" }
	}
}`

func TestHeaderNamesWhoRunsTheCases(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": testedPlace,
		"shared/a.spec.luau":   `return function() it("passes", function() end) end`,
		"tests/b.server.luau":  `error("boom")`,
	})
	code, out, errs := invoke(t, "test", folder)
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "(2 scripts)   savestone's runner   ")

	code, out, _ = invoke(t, "test", folder, "--framework", "script")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "(2 scripts)   scripts   ")
	require.Contains(t, out, "❯ TestService/b (1 test | 1 failed)")
	require.Contains(t, out, "b.server.luau:1\n")

	code, out, _ = invoke(t, "test", folder, "--framework", "script", "--list")
	require.Equal(t, exitOK, code)
	require.Equal(t, "TestService/b\n", out)
}

func TestFrameworkThatIsNotThereIsRefused(t *testing.T) {
	folder := write(t, map[string]string{
		"default.project.json": testedPlace, "tests/a.txt": "",
		"shared/a.spec.luau": `return function() end`,
	})
	for _, list := range [][]string{{}, {"--list"}} {
		code, _, errs := invoke(t, append([]string{"test", folder, "--framework", "jest"}, list...)...)
		require.Equal(t, exitUsage, code)
		require.Contains(t, errs, "the framework is jest, but the place has no ModuleScript named Jest")
	}
	code, _, errs := invoke(t, "test", folder, "--framework", "mocha")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, `got "mocha", want one of auto, own, testez, jest, midori, script`)
}
