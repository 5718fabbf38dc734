package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"savestone/luabridge"
)

// companionFile is what the TestEZ Companion plugin reads: where in the tree a project's cases are.
const companionFile = "testez-companion.toml"

// companionRoots returns the roots that a project gives the TestEZ Companion, or nothing.
func companionRoots(place *luabridge.Place) ([]string, error) {
	file := filepath.Join(filepath.Dir(place.Project.File), companionFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var companion struct {
		Roots []string `toml:"roots"`
	}
	if err == nil {
		err = toml.Unmarshal(data, &companion)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for i, root := range companion.Roots {
		companion.Roots[i] = strings.Trim(strings.TrimPrefix(root, "game/"), "/")
	}
	return companion.Roots, nil
}
