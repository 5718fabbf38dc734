package luabridge_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/emulator"
	"savestone/luabridge"
	"savestone/luabridge/suite"
)

func npmLibraries(t *testing.T) string {
	return npmProject(t, "libraries", "@rbxts/t@3.2.1", "@rbxts/sift@0.0.9",
		"@rbxts-js/roblox-lua-promise@3.5.0-ts.2")
}

// runSpecs runs the spec files of a project whose path contains a text.
func runSpecs(t *testing.T, folder, files string) *suite.Report {
	place, err := luabridge.Open(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	report, err := suite.Run(t.Context(), place, suite.Options{
		Seed: 1, Files: []string{files}, Clock: emulator.Wall{},
	})
	require.NoError(t, err)
	for _, file := range report.Files {
		require.Nil(t, file.Problem)
		require.Zero(t, file.Uncaught, file.Output)
	}
	return report
}

func TestNpmLibrariesDoWhatTheirDocumentationTells(t *testing.T) {
	folder := npmLibraries(t)
	for name, cases := range map[string]int{"t.spec": 10, "promise.spec": 12} {
		report := runSpecs(t, folder, name)
		require.Len(t, report.Files, 1)
		for _, c := range report.Files[0].Cases {
			require.Nil(t, c.Problem, "%s: %s", name, c.Path)
		}
		require.Equal(t, cases, report.Count(suite.Passed))
	}
}

// siftMistakes are examples in Sift's source that show what its code does not do, on Roblox as
// little as here, and what it does.
var siftMistakes = map[string]string{
	"Array.set":         "{ [1] = 1, [2] = 4, [3] = 3 }", // -1 counts from the last but one
	"Array.splice":      "{ [1] = 1, [2] = 2, [3] = 6, [4] = 7, [5] = 5 }",
	"Array.update":      "{ [1] = 1, [2] = 3, [3] = 3 }",
	"Dictionary.count":  "2",
	"Dictionary.update": `{ ["cats"] = 2, ["dogs"] = 1 }`, // the first update changed a copy
	"Util.equalObjects": "false",                          // it compares identities
}

// Sift's source shows each function in an example, whose comments tell what comes out.
func TestNpmSiftDoesWhatItsExamplesShow(t *testing.T) {
	folder := npmLibraries(t)
	spec := siftSpec(t, filepath.Join(folder, "node_modules/@rbxts/sift/out"))
	file := filepath.Join(folder, "tests/sift.spec.luau")
	require.NoError(t, os.WriteFile(file, []byte(spec), 0o644))
	report := runSpecs(t, folder, "sift")

	mistakes := map[string]string{}
	for _, c := range report.Files[0].Cases {
		if c.Status == suite.Failed {
			_, got, _ := strings.Cut(c.Problem.Message, ", got ")
			mistakes[c.Path[0]] = got
		}
	}
	require.Equal(t, siftMistakes, mistakes)
	require.Equal(t, 86, report.Count(suite.Passed))
}

// siftSpec writes a spec whose cases are the examples.
func siftSpec(t *testing.T, folder string) string {
	files, err := filepath.Glob(filepath.Join(folder, "*/*.lua"))
	require.NoError(t, err)
	var spec strings.Builder
	spec.WriteString(`local check = require(script.Parent.check)
		local Sift = require(game.ReplicatedStorage.Packages.Sift)
		local Array, None, isEmpty = Sift.Array, Sift.None, Sift.isEmpty
		return function()
	`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		module := filepath.Base(filepath.Dir(file))
		name := strings.TrimSuffix(filepath.Base(file), ".lua")
		block := luaBlock.FindStringSubmatch(string(source))
		if block == nil || name == "init" || name == "shuffle" { // whose outcome is random
			continue
		}
		fmt.Fprintf(&spec, "it(%q, function()\nlocal %s = require(%s)\n%s\nend)\n",
			module+"."+name, strings.ToUpper(name[:1])+name[1:],
			"game.ReplicatedStorage.Packages.Sift."+module+"."+name, example(block[1]))
	}
	spec.WriteString("end\n")
	return spec.String()
}

var (
	luaBlock = regexp.MustCompile("(?s)```lua\n(.*?)```")
	declared = regexp.MustCompile(`^local (\w+) =`)
	promised = regexp.MustCompile(`^(.*\S) -- (.+)$`)
	shown    = regexp.MustCompile(`^print\((.*)\)$`)
)

// example turns an example of Sift's into one that checks itself: "local x = f(y) -- z" goes on to
// check that x is z.
func example(source string) string {
	var lines []string
	name := ""
	for _, line := range strings.Split(source, "\n") {
		line = strings.TrimPrefix(strings.TrimPrefix(line, "\t"), "  ")
		if match := declared.FindStringSubmatch(line); match != nil {
			name = match[1]
		}
		if match := promised.FindStringSubmatch(line); match != nil {
			line = checked(match[1], match[2], name)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// checked is the code of a line followed by the check of what its comment says.
func checked(code, comment, name string) string {
	print := shown.FindStringSubmatch(code)
	switch {
	case comment == "error!":
		return fmt.Sprintf("expect(function() %s end).to.throw()", code)
	case comment == "still works!":
		return code
	case print != nil:
		return fmt.Sprintf("check(%s, %s)", print[1], comment)
	case strings.HasPrefix(code, "Array.is"):
		return fmt.Sprintf("check(%s, %s)", code, comment)
	}
	return fmt.Sprintf("%s\ncheck(%s, %s)", code, name, comment)
}
