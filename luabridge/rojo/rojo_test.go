package rojo

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// Each file of testdata is one claim about one rule: a folder, and either the tree that it becomes
// or the error. An optional first line "project FILE" says which project to load, "place" that it
// is put into a place. UPDATE_GOLDEN=1 writes what comes out.
func TestProjects(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			absolute, err := filepath.Abs(file)
			require.NoError(t, err)
			archive, err := txtar.ParseFile(file)
			require.NoError(t, err)
			last := len(archive.Files) - 1
			want := archive.Files[last]
			require.Contains(t, []string{"want", "error"}, want.Name)

			folder := filepath.Join(t.TempDir(), "work")
			writeFiles(t, folder, archive.Files[:last])
			t.Chdir(folder)
			got := outcome(string(archive.Comment))
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				archive.Files[last] = got
				require.NoError(t, os.WriteFile(absolute, txtar.Format(archive), 0o644))
				return
			}
			require.Equal(t, want.Name, got.Name, string(got.Data))
			require.Equal(t, string(want.Data), string(got.Data))
		})
	}
}

func writeFiles(t testing.TB, folder string, files []txtar.File) {
	t.Helper()
	for _, file := range files {
		path := filepath.Join(folder, filepath.FromSlash(file.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, file.Data, 0o644))
	}
}

func outcome(comment string) txtar.File {
	file, place := "default.project.json", false
	for line := range strings.Lines(comment) {
		if name, ok := strings.CutPrefix(line, "project "); ok {
			file = strings.TrimSpace(name)
		}
		place = place || strings.TrimSpace(line) == "place"
	}
	project, err := Load(file)
	if err == nil && place {
		project, err = Place(project)
	}
	if err != nil {
		return txtar.File{Name: "error", Data: []byte(err.Error() + "\n")}
	}
	var b strings.Builder
	dump(&b, project.Root, "")
	for _, mount := range project.Mounts {
		fmt.Fprintf(&b, "mount: %s\n", mount)
	}
	for _, warning := range project.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	return txtar.File{Name: "want", Data: []byte(b.String())}
}

// FuzzDataFiles holds that no data file makes the reader panic.
func FuzzDataFiles(f *testing.F) {
	kinds := []fileKind{kindJSON, kindTOML, kindYAML, kindCSV}
	for i, text := range []string{
		`{"a": [1, null, {"b": "c"}]} // x`, "a = 1979-05-27\nb = 07:32:00\nc = [nan, {d = 1}]",
		"a: [1, *x]\n? [k]\n: .nan\n", "Key,Source\n\"a,b\n",
	} {
		f.Add(byte(i), []byte(text))
	}
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		node := &Node{}
		if kind := kinds[int(kind)%len(kinds)]; kind == kindCSV {
			_ = becomeTable(node, "file", data)
		} else if becomeData(node, kind, "file", data) == nil {
			require.True(t, strings.HasPrefix(node.Source.Text, "return "))
		}
		_, _ = parseProject("file", data)
	})
}

// dump writes a tree, one Instance a line.
func dump(b *strings.Builder, n *Node, indent string) {
	fmt.Fprintf(b, "%s%s: %s", indent, n.Name, n.ClassName)
	if n.ID != "" {
		fmt.Fprintf(b, " id=%s", n.ID)
	}
	for _, p := range n.Properties {
		fmt.Fprintf(b, " %s=%#v", p.Name, p.Value)
	}
	for _, p := range n.Attributes {
		fmt.Fprintf(b, " @%s=%#v", p.Name, p.Value)
	}
	if n.Source != nil {
		fmt.Fprintf(b, " source=%q", n.Source.Text)
		if n.Source.Generated {
			b.WriteString(" (generated)")
		}
	}
	fmt.Fprintf(b, " <%s>\n", strings.Join(n.Files, " "))
	for _, child := range n.Children {
		dump(b, child, indent+"  ")
	}
}

func TestProjectTellsItsFields(t *testing.T) {
	folder := t.TempDir()
	writeFiles(t, folder, []txtar.File{
		{Name: "game.project.json", Data: []byte(`{
			"placeId": 123, "gameId": 18446744073709551615, "tree": {"$path": "src"}}`)},
		{Name: "src/b.luau"}, {Name: "src/a.luau"}, {Name: "src/a.meta.json", Data: []byte(`{}`)},
	})
	file := filepath.Join(folder, "game.project.json")
	project, err := Load(file)
	require.NoError(t, err)
	require.Equal(t, "game", project.Name)
	require.Equal(t, file, project.File)
	require.Equal(t, uint64(123), project.PlaceID)
	require.Equal(t, uint64(18446744073709551615), project.GameID)
	require.Equal(t, []string{
		file, folder + "/src/a.luau", folder + "/src/a.meta.json", folder + "/src/b.luau",
	}, project.Files)
}

func TestLoadPathNeedsNoProject(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pack@1.0")
	writeFiles(t, folder, []txtar.File{{Name: "src/init.luau"}, {Name: "readme.md"}})
	pack, err := LoadPath(folder)
	require.NoError(t, err)
	require.Equal(t, "pack@1.0", pack.Name)
	require.Equal(t, "ModuleScript", pack.Root.Child("src").ClassName)

	place, err := Place(pack)
	require.NoError(t, err)
	require.Same(t, pack.Root.Children[0],
		place.Root.Child("ReplicatedStorage").Child("pack@1.0").Children[0])

	_, err = LoadPath(filepath.Join(folder, "readme.md"))
	require.ErrorContains(t, err, "got nothing that becomes an Instance")
}

func TestFindTakesTheBestProjectOfAFolder(t *testing.T) {
	folder := t.TempDir()
	_, err := Find(folder)
	require.EqualError(t, err, "find project: "+folder+": got no project file, want one of "+
		"test.project.json, tests.project.json, test/default.project.json, "+
		"test-place.project.json, place.project.json, dev.project.json, default.project.json "+
		"(.jsonc too)")
	for _, name := range slices.Backward(candidates) {
		writeFiles(t, folder, []txtar.File{{Name: name + "c"}})
		found, err := Find(folder)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(folder, name+"c"), found)

		writeFiles(t, folder, []txtar.File{{Name: name}})
		found, err = Find(folder)
		require.NoError(t, err)
		require.Equal(t, filepath.Join(folder, name), found)
	}
	file := filepath.Join(folder, "default.project.json")
	found, err := Find(file)
	require.NoError(t, err)
	require.Equal(t, file, found, "a file is its own project")
	_, err = Find(filepath.Join(folder, "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestNodeAnswersByName(t *testing.T) {
	node := &Node{Children: []*Node{{Name: "a"}, {Name: "b"}, {Name: "b", ClassName: "second"}}}
	node.Properties = set(set(set(nil, "b", 1.0), "a", 2.0), "b", 3.0)
	require.Equal(t, []Property{{"a", 2.0}, {"b", 3.0}}, node.Properties)
	require.Equal(t, 3.0, node.Property("b"))
	require.Nil(t, node.Property("c"))
	require.Same(t, node.Children[1], node.Child("b"))
	require.Nil(t, node.Child("c"))
}

func TestPlaceLeavesTheLibraryAsItWas(t *testing.T) {
	folder := t.TempDir()
	writeFiles(t, folder, []txtar.File{
		{Name: "default.project.json", Data: []byte(`{"name": "lib", "tree": {"$path": "src"}}`)},
		{Name: "src/init.luau"}, {Name: "Packages/a.luau"},
	})
	library, err := Load(filepath.Join(folder, "default.project.json"))
	require.NoError(t, err)
	place, err := Place(library)
	require.NoError(t, err)
	require.Equal(t, "ModuleScript", library.Root.ClassName)
	require.Empty(t, library.Mounts)
	require.Len(t, library.Files, 2)
	require.Len(t, place.Files, 3)
	again, err := Place(place)
	require.NoError(t, err)
	require.Same(t, place, again)
}

func BenchmarkLoadFiveHundredFiles(b *testing.B) {
	folder := b.TempDir()
	files := []txtar.File{{
		Name: "default.project.json",
		Data: []byte(`{"globIgnorePaths": ["**/*.spec.luau"], "tree": {"$path": "src"}}`),
	}}
	text := []byte(strings.Repeat("local x = 1 -- a line of code\n", 100))
	for i := range 500 {
		files = append(files, txtar.File{
			Name: fmt.Sprintf("src/folder%d/module%d.luau", i%25, i), Data: text,
		})
	}
	writeFiles(b, folder, files)
	for b.Loop() {
		project, err := Load(filepath.Join(folder, "default.project.json"))
		require.NoError(b, err)
		require.Len(b, project.Files, 501)
	}
}
