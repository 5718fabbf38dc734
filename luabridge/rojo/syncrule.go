package rojo

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"savestone/faults/suggest"
)

// fileKind says what Instance a file becomes; the names are those that syncRules use.
type fileKind string

const (
	kindServerScript           fileKind = "serverScript"
	kindClientScript           fileKind = "clientScript"
	kindModuleScript           fileKind = "moduleScript"
	kindPluginScript           fileKind = "pluginScript"
	kindLegacyServerScript     fileKind = "legacyServerScript"
	kindLegacyClientScript     fileKind = "legacyClientScript"
	kindRunContextServerScript fileKind = "runContextServerScript"
	kindRunContextClientScript fileKind = "runContextClientScript"
	kindProject                fileKind = "project"
	kindJSONModel              fileKind = "jsonModel"
	kindJSON                   fileKind = "json"
	kindTOML                   fileKind = "toml"
	kindYAML                   fileKind = "yaml"
	kindText                   fileKind = "text"
	kindCSV                    fileKind = "csv"
	kindXMLModel               fileKind = "rbxmx"
	kindBinaryModel            fileKind = "rbxm"
	kindIgnore                 fileKind = "ignore"
)

var fileKinds = []string{
	string(kindServerScript), string(kindClientScript), string(kindModuleScript),
	string(kindPluginScript), string(kindLegacyServerScript), string(kindLegacyClientScript),
	string(kindRunContextServerScript), string(kindRunContextClientScript), string(kindProject),
	string(kindJSONModel), string(kindJSON), string(kindTOML), string(kindYAML),
	string(kindText), string(kindCSV), string(kindXMLModel), string(kindBinaryModel),
	string(kindIgnore),
}

// suffixKinds are Rojo's own rules. The first suffix that fits decides; without it the file's name
// is the Instance's.
var suffixKinds = []struct {
	suffix string
	kind   fileKind
}{
	{".server.lua", kindServerScript}, {".server.luau", kindServerScript},
	{".client.lua", kindClientScript}, {".client.luau", kindClientScript},
	{".plugin.lua", kindPluginScript}, {".plugin.luau", kindPluginScript},
	{".lua", kindModuleScript}, {".luau", kindModuleScript},
	{".project.json", kindProject}, {".project.jsonc", kindProject},
	{".model.json", kindJSONModel}, {".model.jsonc", kindJSONModel},
	{".meta.json", kindIgnore}, {".meta.jsonc", kindIgnore}, // they belong to other files
	{".json", kindJSON}, {".jsonc", kindJSON},
	{".toml", kindTOML},
	{".csv", kindCSV},
	{".txt", kindText},
	{".rbxmx", kindXMLModel},
	{".rbxm", kindBinaryModel},
	{".yml", kindYAML}, {".yaml", kindYAML},
}

// syncRule is one entry of syncRules, which are asked before Rojo's own.
type syncRule struct {
	pattern pathGlob
	exclude *pathGlob
	use     fileKind
	suffix  string
}

// kindOf decides what a file becomes and what the Instance is called.
func kindOf(rules []syncRule, path string) (fileKind, string) {
	base := filepath.Base(path)
	for _, rule := range rules {
		if !rule.pattern.match(path) || rule.exclude != nil && rule.exclude.match(path) {
			continue
		}
		name, found := strings.CutSuffix(base, rule.suffix)
		if rule.suffix == "" || !found {
			name = strings.TrimSuffix(base, filepath.Ext(base))
		}
		return rule.use, name
	}
	for _, known := range suffixKinds {
		if name, found := strings.CutSuffix(base, known.suffix); found {
			return known.kind, name
		}
	}
	return kindIgnore, base
}

func (p *projectFile) syncRules(v hujson.Value) ([]syncRule, error) {
	elements, err := p.elements("syncRules", v)
	if err != nil {
		return nil, err
	}
	var rules []syncRule
	for _, element := range elements {
		rule, err := p.syncRule(element)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func (p *projectFile) syncRule(v hujson.Value) (syncRule, error) {
	members, err := p.members("syncRules", v)
	if err != nil {
		return syncRule{}, err
	}
	fields := map[string]string{}
	rule := syncRule{}
	for _, m := range members {
		text, err := p.text("syncRules: "+m.name, m.value)
		if err != nil {
			return rule, err
		}
		fields[m.name] = text
		switch m.name {
		case "pattern", "exclude":
			compiled, err := compileGlob(filepath.Dir(p.path), text)
			if err != nil {
				return rule, p.errorf(m.value, "syncRules: %w", err)
			}
			if m.name == "pattern" {
				rule.pattern = compiled
			} else {
				rule.exclude = &compiled
			}
		case "use":
			if !slices.Contains(fileKinds, text) {
				return rule, p.errorf(m.value, "syncRules: got the use %q, want one of %s%s",
					text, strings.Join(fileKinds, ", "), suggest.Hint(text, fileKinds))
			}
			rule.use = fileKind(text)
		case "suffix":
			rule.suffix = text
		}
	}
	for _, needed := range []string{"pattern", "use"} {
		if _, ok := fields[needed]; !ok {
			return rule, p.errorf(v, "syncRules: got a rule without %q, want it set", needed)
		}
	}
	return rule, nil
}
