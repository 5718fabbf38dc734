package syntax_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// testSources returns the sources under testdata by their paths.
func testSources(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/*.luau")
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	sources := map[string]string{}
	for _, path := range paths {
		source, err := os.ReadFile(path)
		require.NoError(tb, err)
		sources[path] = string(source)
	}
	return sources
}

func TestSourcesOfTestdataParse(t *testing.T) {
	for path, source := range testSources(t) {
		_, err := syntax.Parse(source)
		require.NoError(t, err, path)
	}
}

// Every prefix of a source either parses or fails within the text that it has.
func TestPrefixesFailInsideTheText(t *testing.T) {
	for path, source := range testSources(t) {
		for n := range source {
			checkParse(t, source[:n], path)
		}
	}
}

func checkParse(t *testing.T, source, path string) {
	chunk, err := syntax.Parse(source)
	if err == nil {
		require.NotNil(t, chunk.Body, path)
		return
	}
	require.Nil(t, chunk, path)
	var reported *syntax.Error
	require.ErrorAs(t, err, &reported, path)
	require.NotEmpty(t, reported.Message, path)
	require.Positive(t, reported.Line, path)
	require.Positive(t, reported.Col, path)
	require.LessOrEqual(t, reported.Col, len(source)+1, path)
}

func FuzzParse(f *testing.F) {
	for _, source := range testSources(f) {
		f.Add(source)
	}
	for _, source := range []string{
		"", "\x00", "\xff", "`{`{`{", "`{{", "--[==[", "[=[", "'\\", "0x", "0b_", "1e", "@[", "@",
		"a\n(b)", "f<<", "type X<T...=", "local x: {read [", "repeat continue local x until x",
		"const a = 1 a = 2", "if a then elseif", "\xef\xbb\xbf#!", "x = \"\\u{110000}\"",
		"type function f() return x end", "a.b:c\n()", "...", "}", "`}`", "{`{}`}",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) { checkParse(t, source, "fuzzed") })
}

func BenchmarkParse(b *testing.B) {
	source := testSources(b)["testdata/sessions.luau"]
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := syntax.Parse(source); err != nil {
			b.Fatal(err)
		}
	}
}
