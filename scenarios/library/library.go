// Package library has the scenarios that ship with savestone, the adapters that put systems under
// test into them, and the driver that plays players on a server. All of it is Luau.
//
// It is a package of its own because it is data: whoever wants to read a scenario or an adapter
// finds them here in plain files, and copies one to begin with.
package library

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.luau adapters scripts zoo
var files embed.FS

const suffix = ".chaos.luau"

// Scenarios lists the names of the scenarios, sorted.
func Scenarios() []string { return names(".", suffix) }

// Adapters lists the names of the adapters, sorted.
func Adapters() []string { return names("adapters", ".luau") }

func names(dir, suffix string) []string {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		panic("library: " + err.Error()) // it is part of the program
	}
	var found []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), suffix); ok {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// Scenario returns the source of a scenario by name.
func Scenario(name string) (string, bool) {
	return Read(strings.TrimSuffix(name, suffix) + suffix)
}

// Adapter returns the source of an adapter by name.
func Adapter(name string) (string, bool) { return Read(path.Join("adapters", name+".luau")) }

// Driver returns the source of the driver.
func Driver() string {
	text, ok := Read("Driver.luau")
	if !ok {
		panic("library: there is no driver")
	}
	return text
}

// Read returns a file of the library.
func Read(name string) (string, bool) {
	text, err := fs.ReadFile(files, path.Clean(name))
	return string(text), err == nil
}
