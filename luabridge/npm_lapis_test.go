package luabridge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Lapis refuses callbacks that yield by calling them from an iterator, which Luau let yield from
// release 722 on. So its two cases about that fail there and here.
func TestNpmLapisPassesItsOwnTests(t *testing.T) {
	folder := npmProject(t, "lapis", "@rbxts/lapis@0.3.8", "@rbxts/lapis-mockdatastore@0.3.7",
		"roblox-ts@3.0.0")
	universe := newUniverse(t, folder)
	universe.start("one").RunScripts()
	require.True(t, universe.runUntilExit(10*time.Minute), "the tests did not end")

	var passed, failed []string
	for _, line := range universe.lines {
		if name, ok := strings.CutPrefix(line.text, "pass "); ok {
			passed = append(passed, name)
		}
		if name, ok := strings.CutPrefix(line.text, "FAIL "); ok {
			failed = append(failed, name)
		}
	}
	require.Equal(t, []string{
		"Document.test > Document:beforeSave > throws when yielding",
		"Document.test > Document:beforeClose > throws when yielding",
	}, failed)
	require.Len(t, passed, 82)
}
