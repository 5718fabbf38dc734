package suite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

const (
	libraryDir = "../../lua"
	mutantsDir = "../../scenarios/library/zoo"
)

// mutant is a mistake that somebody could make in the library under lua/, and the case that must
// catch it. Its file holds lines "field: value", then the text that is found once in the file, then
// the text that takes its place:
//
//	why: A save answers before it has asked.
//	file: src/DataManager/asking.luau
//	spec: Integration/Save
//	case: a save that never gets through says so
//	-- find --
//	…
//	-- replace --
//	…
type mutant struct {
	name             string
	file, spec, test string
	find, replace    string
}

func readMutant(t *testing.T, path string) mutant {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	head, body, found := strings.Cut(string(text), "-- find --\n")
	require.True(t, found, "%s has no find", path)
	find, replace, found := strings.Cut(body, "-- replace --\n")
	require.True(t, found, "%s has no replace", path)
	m := mutant{
		name: strings.TrimSuffix(filepath.Base(path), ".mutant"),
		find: strings.TrimSuffix(find, "\n"), replace: strings.TrimSuffix(replace, "\n"),
	}
	fields := map[string]*string{
		"why": new(string), "file": &m.file, "spec": &m.spec, "case": &m.test,
	}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		field := fields[name]
		require.NotNil(t, field, "%s: got the field %q", path, name)
		*field = value
	}
	for name, value := range fields {
		require.NotEmpty(t, *value, "%s: no %s", path, name)
	}
	return m
}

func readMutants(t *testing.T) []mutant {
	paths, err := filepath.Glob(filepath.Join(mutantsDir, "*.mutant"))
	require.NoError(t, err)
	var all []mutant
	for _, path := range paths {
		all = append(all, readMutant(t, path))
	}
	return all
}

// apply makes the mistake in a copy of the library.
func (m mutant) apply(t *testing.T, dir string) {
	path := filepath.Join(dir, filepath.FromSlash(m.file))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), m.find),
		"%s: the text to be replaced in %s", m.name, m.file)
	changed := strings.Replace(string(text), m.find, m.replace, 1)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
}

// library copies the library, so that a test may spoil it.
func library(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "lua")
	require.NoError(t, os.CopyFS(dir, os.DirFS(libraryDir)))
	return dir
}

// ending runs the case that is named for a mutant, and nothing else, and returns how it ended.
func ending(t *testing.T, dir string, m mutant) suite.Status {
	place, err := luabridge.Open(filepath.Join(dir, "dev.project.json"))
	require.NoError(t, err)
	report, err := suite.Run(t.Context(), place, suite.Options{
		Seed: 1, Clock: emulator.Wall{}, Files: []string{m.spec + ".spec"}, Name: m.test,
	})
	require.NoError(t, err)
	require.Len(t, report.Files, 1, "spec files called %s", m.spec)
	require.Nil(t, report.Files[0].Problem)
	for _, c := range report.Files[0].Cases {
		if strings.Join(c.Path, " ") == m.test {
			return c.Status
		}
	}
	require.Fail(t, "no such case", "%s in %s", m.test, m.spec)
	return ""
}

// The specs of the library are worth what they catch: each mutant must fail the case that is named
// for it, which passes without the mutant.
func TestEveryMutantIsCaughtByTheCaseNamedForIt(t *testing.T) {
	mutants := readMutants(t)
	require.GreaterOrEqual(t, len(mutants), 12)
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			dir := library(t)
			require.Equal(t, suite.Passed, ending(t, dir, m), "without the mutant: %s", m.test)
			m.apply(t, dir)
			require.Equal(t, suite.Failed, ending(t, dir, m), "it survives: %s", m.test)
		})
	}
}
