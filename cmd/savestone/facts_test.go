package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The ledger of facts and what must agree with it: the code that cites facts, the tests that hold
// them, and the README.
const (
	ledgerPath    = "testdata/facts.md"
	factsCount    = 258
	gotchasFolder = "testdata/luau/gotchas/src"
)

// fact is a line of the ledger.
type fact struct {
	id, area, text, certainty string

	tests       []string // Go tests, Luau files and gotchas that hold it
	open        bool     // none of them holds it all
	notEmulated string   // why it is not emulated
}

func (f fact) held() bool { return len(f.tests) > 0 && !f.open }

var (
	factLine  = regexp.MustCompile(`^\| (R\d+) \| (.+) \| (\w+) \| (.+) \|$`)
	citation  = regexp.MustCompile(`\bR[1-9]\d{0,2}\b`)
	goTest    = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	gotcha    = regexp.MustCompile(`^G\d\d$`)
	certainty = []string{"documented", "observed", "assumed"}
)

// ledger reads testdata/facts.md.
func ledger(t *testing.T) []fact {
	var facts []fact
	area := ""
	for i, line := range strings.Split(readText(t, ledgerPath), "\n") {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			area = heading
		}
		if !strings.HasPrefix(line, "| R") {
			continue
		}
		cells := factLine.FindStringSubmatch(line)
		require.NotNil(t, cells, "%s:%d: want | id | fact | certainty | test |", ledgerPath, i+1)
		f := fact{area: area, id: cells[1], text: cells[2], certainty: cells[3]}
		require.Contains(t, certainty, f.certainty, f.id)
		f.readTests(t, cells[4])
		facts = append(facts, f)
	}
	return facts
}

// readTests reads the last cell: tests in backticks, "open", or "not emulated" with its reason.
func (f *fact) readTests(t *testing.T, cell string) {
	if reason, ok := strings.CutPrefix(cell, "not emulated"); ok {
		reason, ok = strings.CutPrefix(reason, ": ")
		require.True(t, ok && reason != "", "%s is not emulated, but for what reason?", f.id)
		f.notEmulated = reason
		return
	}
	for _, name := range strings.Split(cell, ", ") {
		bare := strings.Trim(name, "`")
		switch name {
		case "open":
			f.open = true
		case "`" + bare + "`":
			f.tests = append(f.tests, bare)
		default:
			t.Fatalf("%s: got test %q, want a name in backticks or open", f.id, name)
		}
	}
}

func readText(t *testing.T, path string) string {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	require.NoError(t, err)
	return string(text)
}

func TestLedgerIsCompleteAndSorted(t *testing.T) {
	facts := ledger(t)
	for i, f := range facts {
		require.Equal(t, fmt.Sprintf("R%d", i+1), f.id)
		require.NotEmpty(t, f.area, f.id)
	}
	require.Equal(t, factsCount, len(facts))
}

func TestCitedFactsAreInTheLedger(t *testing.T) {
	known := map[string]bool{}
	for _, f := range ledger(t) {
		known[f.id] = true
	}
	cited := 0
	check := func(place, text string) {
		for _, id := range citation.FindAllString(text, -1) {
			require.True(t, known[id], "%s cites %s, which %s does not list", place, id, ledgerPath)
			cited++
		}
	}
	for _, f := range goFiles(t) {
		if isTest(f) {
			continue
		}
		for _, group := range f.tree.Comments {
			check(f.at(group), group.Text())
		}
	}
	for _, path := range luauFiles(t, "lua") {
		check(path, readText(t, path))
	}
	require.Greater(t, cited, 100, "too few citations were found to mean anything")
}

// luauFiles lists the Luau files below a folder, as paths from the project's root.
func luauFiles(t *testing.T, folder string) []string {
	var paths []string
	walk := func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".luau" {
			paths = append(paths, path)
		}
		return err
	}
	require.NoError(t, filepath.WalkDir(filepath.Join(root, folder), walk))
	for i, path := range paths {
		relative, err := filepath.Rel(root, path)
		require.NoError(t, err)
		paths[i] = filepath.ToSlash(relative)
	}
	return paths
}

// A case of a test (TestX/case) must be named in a file that has the test.
func TestFactsNameTestsThatExist(t *testing.T) {
	files := map[string][]string{} // the texts of the files that have a test of this name
	for _, f := range goFiles(t) {
		if isTest(f) {
			for _, name := range goTest.FindAllStringSubmatch(f.text, -1) {
				files[name[1]] = append(files[name[1]], f.text)
			}
		}
	}
	exists := func(name string) bool {
		if gotcha.MatchString(name) {
			specs, err := filepath.Glob(filepath.Join(root, gotchasFolder, name+"-*.spec.luau"))
			return err == nil && len(specs) == 1
		}
		if strings.HasSuffix(name, ".luau") {
			_, err := os.Stat(filepath.Join(root, name))
			return err == nil
		}
		test, sub, hasSub := strings.Cut(name, "/")
		return slices.ContainsFunc(files[test], func(text string) bool {
			return !hasSub || strings.Contains(text, `"`+sub+`"`)
		})
	}
	var missing []string
	for _, f := range ledger(t) {
		for _, name := range f.tests {
			if !exists(name) {
				missing = append(missing, f.id+": "+name)
			}
		}
	}
	require.Empty(t, missing, "facts name tests that are not there")
}

const (
	fidelityBegin = "<!-- fidelity -->\n"
	fidelityEnd   = "<!-- /fidelity -->"
)

func TestReadmeTellsTheFidelityOfTheLedger(t *testing.T) {
	readme := readText(t, "README.md")
	before, rest, begins := strings.Cut(readme, fidelityBegin)
	table, after, ends := strings.Cut(rest, fidelityEnd)
	require.True(t, begins && ends, "README.md has no %s … %s", fidelityBegin, fidelityEnd)
	want := fidelity(ledger(t))
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		text := before + fidelityBegin + want + fidelityEnd + after
		require.NoError(t, os.WriteFile(filepath.Join(root, "README.md"), []byte(text), 0o644))
		return
	}
	require.Equal(t, want, table, "UPDATE_GOLDEN=1 writes the table anew")
}

// tally counts the facts of an area.
type tally struct{ facts, held, assumed, notEmulated int }

func (c *tally) add(f fact) {
	c.facts++
	if f.held() {
		c.held++
	}
	if f.certainty == "assumed" {
		c.assumed++
	}
	if f.notEmulated != "" {
		c.notEmulated++
	}
}

// fidelity is the README's table: one line per area and one for all.
func fidelity(facts []fact) string {
	var areas []string
	byArea, all := map[string]*tally{}, tally{}
	for _, f := range facts {
		if byArea[f.area] == nil {
			areas, byArea[f.area] = append(areas, f.area), &tally{}
		}
		byArea[f.area].add(f)
		all.add(f)
	}
	var b strings.Builder
	b.WriteString("| area | facts | held by a test | assumed | not emulated |\n")
	b.WriteString("|---|---:|---:|---:|---:|\n")
	row := func(name string, c tally) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n",
			name, c.facts, c.held, c.assumed, c.notEmulated)
	}
	for _, area := range areas {
		row(area, *byArea[area])
	}
	row("[all]("+ledgerPath+")", all)
	return b.String()
}
