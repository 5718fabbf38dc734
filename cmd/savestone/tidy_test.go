package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// layers orders the packages: each may import only packages of lower layers.
var layers = map[string]int{
	"emulator":                      0,
	"luabridge/sched":               0,
	"faults/suggest":                0,
	"emulator/gameserver":           1,
	"emulator/memorystore":          1,
	"faults":                        1,
	"luabridge/syntax":              1,
	"luabridge/rojo":                1,
	"luabridge/machine":             1,
	"scenarios/history":             1,
	"scenarios/stats":               1,
	"scenarios/history/historytest": 2,
	"scenarios/verdict":             2,
	"scenarios/report":              3,
	"emulator/opencloud":            2,
	"emulator/universe":             2,
	"emulator/control":              3,
	"luabridge/bytecode":            2,
	"luabridge/vm":                  3,
	"luabridge/stdlib":              4,
	"luabridge/roblox":              5,
	"luabridge":                     6,
	"luabridge/suite":               7,
	"lua":                           0,
	"scenarios/library":             1,
	"scenarios":                     8,
	"cmd/savestone":                 9,
}

const (
	functionLinesMax = 70
	fileLinesMax     = 800
	lineColumnsMax   = 100
	testColumnsMax   = 120 // tables of sources and texts read better on wide lines
	tabColumns       = 4
)

// goFile is one parsed source of the project.
type goFile struct {
	path string // from the project's root, with slashes
	pkg  string // its folder
	tree *ast.File
	set  *token.FileSet
	text string
}

func (f goFile) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(n.Pos()).Line)
}

func goFiles(t *testing.T) []goFile {
	var files []goFile
	walk := func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		hidden := strings.HasPrefix(name, ".") && strings.Trim(name, ".") != ""
		if entry.IsDir() && (hidden || name == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		files = append(files, goFile{
			path: relative, pkg: strings.TrimSuffix(relative, "/"+name),
			tree: tree, set: set, text: string(text),
		})
		return nil
	}
	require.NoError(t, filepath.WalkDir(root, walk))
	require.Greater(t, len(files), 20, "the walk found too few files to mean anything")
	return files
}

func isTest(f goFile) bool { return strings.HasSuffix(f.path, "_test.go") }

func TestImportsPointDownTheLayers(t *testing.T) {
	for _, f := range goFiles(t) {
		layer, known := layers[f.pkg]
		require.True(t, known, "%s: package %s has no place in the layer table", f.path, f.pkg)
		if isTest(f) {
			continue
		}
		for _, spec := range f.tree.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			imported, ours := strings.CutPrefix(path, "savestone/")
			if !ours {
				continue
			}
			require.Less(t, layers[imported], layer,
				"%s: %s (layer %d) imports %s (layer %d)",
				f.at(spec), f.pkg, layer, imported, layers[imported])
		}
	}
}

// only lists what a few files may import or call and no others.
func TestReservedImportsStayInTheirPlace(t *testing.T) {
	reserved := map[string][]string{
		"database/sql":                {"emulator/db.go"},
		"github.com/mattn/go-sqlite3": {"emulator/db.go"},
		"github.com/yuin/gopher-lua":  {"luabridge/", "scenarios/"},
		"math/rand":                   {},
		"net/http": {
			"emulator/control/", "emulator/opencloud/", "cmd/savestone/",
		},
		"unsafe": {"luabridge/machine/"},
	}
	for _, f := range goFiles(t) {
		if isTest(f) {
			continue
		}
		for _, spec := range f.tree.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			places, isReserved := reserved[path]
			inPlace := slices.ContainsFunc(places, func(p string) bool {
				return strings.HasPrefix(f.path, p)
			})
			require.True(t, !isReserved || inPlace, "%s imports %s, which belongs to %q",
				f.at(spec), path, places)
		}
	}
}

func TestTimeAndChanceComeFromOnePlace(t *testing.T) {
	banned := map[string][]string{
		"time": {
			"Now", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "Since", "Until", "AfterFunc",
		},
		"rand": {
			"Int", "IntN", "Int64", "Int64N", "Uint32", "Uint64", "Float64", "Perm", "Shuffle", "N",
		},
	}
	for _, f := range goFiles(t) {
		if f.path == "emulator/clock.go" || isTest(f) {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := selector.X.(*ast.Ident)
			if ok && pkg.Obj == nil {
				require.NotContains(t, banned[pkg.Name], selector.Sel.Name,
					"%s: %s.%s belongs to emulator/clock.go", f.at(n), pkg.Name, selector.Sel.Name)
			}
			return true
		})
	}
}

func TestNoPackageHasAnInitFunction(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, decl := range f.tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
				require.NotEqual(t, "init", fn.Name.Name, f.at(fn))
			}
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range goFiles(t) {
		documented[f.pkg] = documented[f.pkg] || f.tree.Doc != nil && !isTest(f)
	}
	for pkg := range layers {
		require.True(t, documented[pkg], "package %s has no doc comment", pkg)
	}
}

func TestEveryExportedNameHasAComment(t *testing.T) {
	for _, f := range goFiles(t) {
		if isTest(f) || f.tree.Name.Name == "main" {
			continue
		}
		for _, decl := range f.tree.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				exported := decl.Name.IsExported() && exportedReceiver(decl)
				require.True(t, !exported || decl.Doc != nil, "%s: %s", f.at(decl), decl.Name)
			case *ast.GenDecl:
				checkSpecs(t, f, decl)
			}
		}
	}
}

func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	receiver := fn.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	name, ok := receiver.(*ast.Ident)
	return ok && name.IsExported()
}

func checkSpecs(t *testing.T, f goFile, decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			documented := decl.Doc != nil || spec.Doc != nil || spec.Comment != nil
			require.True(t, !spec.Name.IsExported() || documented, "%s: %s", f.at(spec), spec.Name)
		case *ast.ValueSpec:
			documented := decl.Doc != nil || spec.Doc != nil || spec.Comment != nil
			for _, name := range spec.Names {
				require.True(t, !name.IsExported() || documented, "%s: %s", f.at(spec), name)
			}
		}
	}
}

func TestFunctionsFilesAndLinesAreShort(t *testing.T) {
	var long []string
	check := func(size, sizeMax int, where string, args ...any) {
		if size > sizeMax {
			long = append(long, fmt.Sprintf(where, args...)+fmt.Sprintf(": %d > %d", size, sizeMax))
		}
	}
	for _, f := range goFiles(t) {
		lines, columnsMax := strings.Split(f.text, "\n"), lineColumnsMax
		if isTest(f) {
			columnsMax = testColumnsMax
		}
		check(len(lines), fileLinesMax, "%s", f.path)
		for i, line := range lines {
			columns := len([]rune(line)) + (tabColumns-1)*strings.Count(line, "\t")
			check(columns, columnsMax, "%s:%d", f.path, i+1)
		}
		for _, decl := range f.tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				length := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
				check(length, functionLinesMax, "%s: %s", f.at(fn), fn.Name)
			}
		}
	}
	require.Empty(t, long)
}

func TestLuauFilesAreStrictAndTabbed(t *testing.T) {
	count := 0
	walk := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".luau" {
			return err
		}
		count++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines := strings.Split(string(text), "\n")
		require.Equal(t, "--!strict", lines[0], path)
		for i, line := range lines {
			require.False(t, strings.HasPrefix(line, "  "), "%s:%d: spaces, want tabs", path, i+1)
			require.Equal(t, strings.TrimRight(line, " \t\r"), line, "%s:%d: end", path, i+1)
		}
		return nil
	}
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "lua"), walk))
	require.Positive(t, count)
}
