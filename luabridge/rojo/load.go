package rojo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Load reads a project file and everything that it refers to.
func Load(file string) (*Project, error) {
	l := newLoader()
	file = filepath.Clean(file)
	parsed, root, err := l.project(scope{legacy: true}, file, "")
	if err != nil {
		return nil, err
	}
	project := &Project{
		Name: parsed.name, File: file, Root: root,
		PlaceID: parsed.placeID, GameID: parsed.gameID,
	}
	l.finish(project)
	return project, nil
}

// LoadPath reads a file or a folder that no project mounts, as Rojo would by its own rules: a
// package from a registry, for one. The project is called after the file or folder.
func LoadPath(path string) (*Project, error) {
	l := newLoader()
	path = filepath.Clean(path)
	root, err := l.path(scope{legacy: true}, path, "")
	if err != nil {
		return nil, err
	}
	if root == nil {
		return nil, fmt.Errorf("load %q: got nothing that becomes an Instance, want a folder, "+
			"a script, a model or data", path)
	}
	project := &Project{Name: root.Name, File: path, Root: root}
	l.finish(project)
	return project, nil
}

// loader keeps what a whole reading shares.
type loader struct {
	files    map[string]bool
	warnings []string
}

func newLoader() *loader { return &loader{files: map[string]bool{}} }

// finish hands over what was noted on the way.
func (l *loader) finish(p *Project) {
	for file := range l.files {
		p.Files = append(p.Files, file)
	}
	slices.Sort(p.Files)
	p.Files = slices.Compact(p.Files)
	p.Warnings = append(p.Warnings, l.warnings...)
}

func (l *loader) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

func (l *loader) read(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	l.files[filepath.ToSlash(file)] = true
	return data, nil
}

// scope is what a project file sets for everything below it.
type scope struct {
	legacy   bool         // emitLegacyScripts
	ignore   []ignoreRule // inherited: the outer project's come first
	sync     []syncRule   // not inherited
	projects []string     // files that are being read, outermost first
}

// enter is the scope inside a nested project.
func (sc scope) enter(p *projectFile) scope {
	inner := scope{
		legacy:   sc.legacy,
		ignore:   slices.Concat(sc.ignore, p.ignore),
		sync:     p.sync,
		projects: append(slices.Clone(sc.projects), p.path),
	}
	if p.legacy != nil {
		inner.legacy = *p.legacy
	}
	return inner
}

// project reads a project file. Its root is called name, or after the project if name is empty.
func (l *loader) project(sc scope, path, name string) (*projectFile, *Node, error) {
	if slices.Contains(sc.projects, path) {
		return nil, nil, fmt.Errorf("%s: the project contains itself (%s), want its own file "+
			"outside of its $path or in globIgnorePaths",
			path, strings.Join(append(sc.projects, path), " → "))
	}
	data, err := l.read(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read project: %w", err)
	}
	parsed, err := parseProject(path, data)
	if err != nil {
		return nil, nil, err
	}
	if name == "" {
		name = parsed.name
	}
	tree := &treeReader{loader: l, projectFile: parsed, scope: sc.enter(parsed)}
	root, err := tree.node(name, parsed.tree, "")
	if err == nil && root == nil {
		err = parsed.errorf(parsed.tree, "got a root whose optional path is missing, want a tree")
	}
	return parsed, root, err
}

// path reads what is at a path, if anything that becomes an Instance. An empty name means that the
// file system or the nested project decides the name.
func (l *loader) path(sc scope, path, name string) (*Node, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return l.folder(sc, path, name)
	}
	return l.file(sc, path, name)
}
