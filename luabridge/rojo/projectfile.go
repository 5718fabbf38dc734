package rojo

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"savestone/faults/suggest"
)

// projectKeys are the keys that Rojo knows at the top of a project file; it refuses all others.
var projectKeys = []string{
	"$schema", "name", "tree", "servePort", "servePlaceIds", "blockedPlaceIds", "placeId",
	"gameId", "serveAddress", "serveAllowedHosts", "emitLegacyScripts", "globIgnorePaths",
	"syncbackRules", "syncRules",
}

// projectFile is what a project file says, its tree still unread.
type projectFile struct {
	*jsonFile
	name    string
	placeID uint64
	gameID  uint64
	tree    hujson.Value
	legacy  *bool // emitLegacyScripts
	ignore  []ignoreRule
	sync    []syncRule
}

func parseProject(path string, data []byte) (*projectFile, error) {
	file, err := parseJSON(path, data)
	if err != nil {
		return nil, err
	}
	members, err := file.members("project", file.root)
	if err != nil {
		return nil, err
	}
	p := &projectFile{jsonFile: file, name: defaultName(path)}
	hasTree := false
	for _, m := range members {
		if err := p.take(m); err != nil {
			return nil, err
		}
		hasTree = hasTree || m.name == "tree"
	}
	if !hasTree {
		return nil, file.errorf(file.root, `got no "tree", want the Instance that the project is`)
	}
	return p, nil
}

func (p *projectFile) take(m member) (err error) {
	switch m.name {
	case "name":
		p.name, err = p.text("name", m.value)
	case "tree":
		p.tree = m.value
	case "placeId":
		p.placeID, err = p.id("placeId", m.value)
	case "gameId":
		p.gameID, err = p.id("gameId", m.value)
	case "emitLegacyScripts":
		var legacy bool
		legacy, err = p.flag("emitLegacyScripts", m.value)
		p.legacy = &legacy
	case "globIgnorePaths":
		p.ignore, err = p.ignoreRules(m.value)
	case "syncRules":
		p.sync, err = p.syncRules(m.value)
	default:
		if !slices.Contains(projectKeys, m.name) {
			return p.errorf(m.key, "unknown key %q%s", m.name, p.keyHint(m.name))
		}
	}
	return err
}

// keyHint helps with a key that Rojo would refuse. Those of the tree are often one level too high.
func (p *projectFile) keyHint(name string) string {
	if slices.Contains(treeKeys, name) {
		return fmt.Sprintf("; did you mean it to stand inside %q?", "tree")
	}
	return suggest.Hint(name, projectKeys)
}

// defaultName is what a project without a name is called.
func defaultName(path string) string {
	base := filepath.Base(path)
	for _, suffix := range []string{".project.json", ".project.jsonc"} {
		stem, found := strings.CutSuffix(base, suffix)
		if !found {
			continue
		}
		if stem != "default" {
			return stem
		}
		if folder, err := filepath.Abs(filepath.Dir(path)); err == nil {
			return filepath.Base(folder)
		}
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}
