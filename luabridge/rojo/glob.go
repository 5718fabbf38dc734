package rojo

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/tailscale/hujson"
)

// pathGlob is a pattern over paths below a folder.
type pathGlob struct {
	base    string
	pattern *glob.Pattern
}

// compileGlob reads a pattern as Rojo's library does: * and ? match slashes too, and **/ also
// matches no folder at all.
func compileGlob(base, pattern string) (pathGlob, error) {
	anyDepth := strings.ReplaceAll("/"+pattern, "/**/", "/{**/,}")[1:]
	compiled, err := glob.Compile(anyDepth)
	if err != nil {
		return pathGlob{}, fmt.Errorf("got the glob %q: %w", pattern, err)
	}
	return pathGlob{base, compiled}, nil
}

func (g pathGlob) match(path string) bool {
	below, err := filepath.Rel(g.base, path)
	return err == nil && g.pattern.Match(filepath.ToSlash(below))
}

// ignoreRule is one entry of globIgnorePaths. Of those that match a path the last one decides.
type ignoreRule struct {
	pathGlob
	negated bool
}

func (p *projectFile) ignoreRules(v hujson.Value) ([]ignoreRule, error) {
	elements, err := p.elements("globIgnorePaths", v)
	if err != nil {
		return nil, err
	}
	var rules []ignoreRule
	for _, element := range elements {
		pattern, err := p.text("globIgnorePaths", element)
		if err != nil {
			return nil, err
		}
		pattern, negated := strings.CutPrefix(pattern, "!")
		compiled, err := compileGlob(filepath.Dir(p.path), pattern)
		if err != nil {
			return nil, p.errorf(element, "globIgnorePaths: %w", err)
		}
		rules = append(rules, ignoreRule{compiled, negated})
	}
	return rules, nil
}

// ignored says whether a folder's listing leaves the path out.
func ignored(rules []ignoreRule, path string) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		if rules[i].match(path) {
			return !rules[i].negated
		}
	}
	return false
}
