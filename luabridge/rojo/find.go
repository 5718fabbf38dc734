package rojo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// candidates are the project files of a folder from the most to the least fit for tests.
var candidates = []string{
	"test.project.json", "tests.project.json", "test/default.project.json",
	"test-place.project.json", "place.project.json", "dev.project.json", "default.project.json",
}

// Find is the project file to test for a path: the path itself if it is a file, else the folder's
// best project file.
func Find(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("find project: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, name := range candidates {
		for _, suffix := range []string{"", "c"} {
			file := filepath.Join(path, filepath.FromSlash(name+suffix))
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				return file, nil
			}
		}
	}
	return "", fmt.Errorf("find project: %s: got no project file, want one of %s (.jsonc too)",
		path, strings.Join(candidates, ", "))
}
