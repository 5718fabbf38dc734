package luabridge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"savestone/luabridge/bytecode"
	"savestone/luabridge/rojo"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/syntax"
	"savestone/luabridge/vm"
)

// Place is a project that can be run: its tree, and the programs compiled from it.
type Place struct {
	Project   *rojo.Project
	Synthetic bool // the project is a library; the place around it was made up

	mu       sync.Mutex
	programs map[programKey]*bytecode.Program

	configMu sync.Mutex // not mu: a configuration may take its time
	configs  luauConfigs
}

type programKey struct {
	source  *rojo.Source
	chunk   string // the name it runs under, which is part of the program
	dynamic bool
}

// Open reads a project file.
func Open(file string) (*Place, error) {
	return opened(rojo.Load(file))
}

// OpenSourcemap reads a project's tree from a sourcemap instead.
func OpenSourcemap(file string) (*Place, error) {
	return opened(rojo.LoadSourcemap(file))
}

func opened(project *rojo.Project, err error) (*Place, error) {
	if err != nil {
		return nil, err
	}
	place, err := rojo.Place(project)
	if err != nil {
		return nil, err
	}
	return newPlace(place, place != project), nil
}

// OpenScript makes a place around one file: as a Script in ServerScriptService, whatever its name.
func OpenScript(file string) (*Place, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("open script: %w", err)
	}
	name := filepath.Base(file)
	for _, suffix := range []string{".luau", ".lua", ".server"} {
		name = strings.TrimSuffix(name, suffix)
	}
	source := &rojo.Source{Text: strings.ReplaceAll(string(text), "\r\n", "\n"), File: file}
	script := &rojo.Node{
		Name: name, ClassName: "Script", Source: source, Files: []string{file},
	}
	root := &rojo.Node{Name: "Game", ClassName: "DataModel", Children: []*rojo.Node{{
		Name: "ServerScriptService", ClassName: "ServerScriptService",
		Children: []*rojo.Node{script},
	}}}
	return newPlace(&rojo.Project{Name: name, File: file, Root: root}, true), nil
}

// NewPlace makes a place of a project that was put together rather than read.
func NewPlace(project *rojo.Project) *Place { return newPlace(project, true) }

func newPlace(project *rojo.Project, synthetic bool) *Place {
	return &Place{
		Project: project, Synthetic: synthetic,
		programs: map[programKey]*bytecode.Program{}, configs: luauConfigs{},
	}
}

// Scripts counts the scripts of the place, modules included.
func (p *Place) Scripts() int {
	n := 0
	walk(p.Project.Root, func(node *rojo.Node) {
		if node.Source != nil {
			n++
		}
	})
	return n
}

func walk(node *rojo.Node, visit func(*rojo.Node)) {
	visit(node)
	for _, child := range node.Children {
		walk(child, visit)
	}
}

// SourceError is a script that does not compile.
type SourceError struct {
	File      string
	Line, Col int // Col is 0 when only the line is known
	Message   string
}

// Error implements error: where, and what was got and wanted.
func (e *SourceError) Error() string {
	if e.Col == 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message)
}

// program compiles a script, once for all servers of the place; with dynamic for globals that are
// replaced.
func (p *Place) program(
	source *rojo.Source, chunk string, dynamic bool,
) (*bytecode.Program, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := programKey{source, chunk, dynamic}
	if program, ok := p.programs[key]; ok {
		return program, nil
	}
	program, err := library(dynamic).Compile(source.Text, chunk)
	if err != nil {
		return nil, sourceError(source.File, err)
	}
	p.programs[key] = program
	return program, nil
}

func library(dynamic bool) vm.Library {
	if dynamic {
		return stdlib.Library().Dynamic()
	}
	return stdlib.Library()
}

func sourceError(file string, err error) error {
	var parse *syntax.Error
	var compile *bytecode.Error
	switch {
	case errors.As(err, &parse):
		return &SourceError{File: file, Line: parse.Line, Col: parse.Col, Message: parse.Message}
	case errors.As(err, &compile):
		return &SourceError{File: file, Line: compile.Line, Message: compile.Message}
	}
	return fmt.Errorf("compile %s: %w", file, err)
}
