package suite

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"savestone/luabridge"
	"savestone/luabridge/roblox"
)

// disk is the project's folder as a framework sees it. What the framework writes stays in memory
// until flush.
type disk struct {
	game    *luabridge.Game
	folder  string             // of the project, absolute
	written map[string]*string // by path; nil for what was removed
	folders map[string]bool    // made, but not on disk yet
}

func newDisk(place *luabridge.Place) *disk {
	folder, err := filepath.Abs(filepath.Dir(place.Project.File))
	if err != nil {
		folder = filepath.Dir(place.Project.File)
	}
	return &disk{
		folder: folder, written: map[string]*string{}, folders: map[string]bool{},
	}
}

// ScriptFile implements roblox.Disk. A script that was made of no file goes by its full name.
func (d *disk) ScriptFile(script *roblox.Instance) string {
	if file := d.game.FileOf(script); file != "" {
		return file
	}
	return strings.ReplaceAll(script.FullName(), ".", "/")
}

// Exists implements roblox.Disk.
func (d *disk) Exists(path string) bool {
	_, err := os.Stat(path)
	return d.IsFile(path) || d.folders[path] || d.written[path] == nil && err == nil
}

// IsFile implements roblox.Disk.
func (d *disk) IsFile(path string) bool {
	if text, known := d.written[path]; known {
		return text != nil
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// ReadFile implements roblox.Disk.
func (d *disk) ReadFile(path string) (string, error) {
	text, known := d.written[path]
	switch {
	case known && text == nil:
		return "", fmt.Errorf("read %s: %w", path, fs.ErrNotExist)
	case known:
		return *text, nil
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// WriteFile implements roblox.Disk.
func (d *disk) WriteFile(path, text string) error {
	if err := d.inside(path); err != nil {
		return err
	}
	d.written[path] = &text
	return nil
}

// Remove implements roblox.Disk.
func (d *disk) Remove(path string) error {
	if err := d.inside(path); err != nil {
		return err
	}
	d.written[path] = nil
	return nil
}

// MakeFolders implements roblox.Disk. A folder comes to be with the files in it.
func (d *disk) MakeFolders(path string) error {
	if err := d.inside(path); err != nil {
		return err
	}
	d.folders[path] = true
	return nil
}

// inside refuses what is not in the project's folder.
func (d *disk) inside(path string) error {
	relative, err := filepath.Rel(d.folder, filepath.FromSlash(path))
	if err != nil || !filepath.IsLocal(relative) {
		return fmt.Errorf("write %s: it is outside of the project's folder %s", path, d.folder)
	}
	return nil
}

// name is how a file of no known spec is called.
func (d *disk) name(path string) string {
	relative, err := filepath.Rel(d.folder, filepath.FromSlash(path))
	if err != nil {
		return path
	}
	return filepath.ToSlash(relative)
}

// unstored lists what was written, sorted, if it is not flushed.
func (d *disk) unstored(flushed bool) []string {
	if flushed {
		return nil
	}
	var names []string
	for _, path := range slices.Sorted(maps.Keys(d.written)) {
		names = append(names, d.name(path))
	}
	return names
}

// flush does on the real disk what was done in memory.
func (d *disk) flush() error {
	for _, path := range slices.Sorted(maps.Keys(d.written)) {
		text, file := d.written[path], filepath.FromSlash(path)
		if text == nil {
			if err := os.Remove(file); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(*text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
