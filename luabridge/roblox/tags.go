package roblox

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/machine"
)

// tagIndex is what CollectionService knows: the Instances of the data model by their tags.
type tagIndex struct{ byTag map[string]*tagged }

// tagged is one tag.
type tagged struct {
	instances      []*Instance // in the data model, in the order they came
	added, removed *Signal     // made when a script asks
}

func (t *tagIndex) of(tag string) *tagged {
	entry, ok := t.byTag[tag]
	if !ok {
		if t.byTag == nil {
			t.byTag = map[string]*tagged{}
		}
		entry = &tagged{}
		t.byTag[tag] = entry
	}
	return entry
}

func (t *tagged) add(i *Instance) {
	t.instances = append(t.instances, i)
	if t.added != nil {
		t.added.Fire(i.object)
	}
}

func (t *tagged) remove(i *Instance) {
	t.instances = without(t.instances, i)
	if t.removed != nil {
		t.removed.Fire(i.object)
	}
}

// moved is told of an Instance that came into the data model or left it.
func (t *tagIndex) moved(i *Instance, inGame bool) {
	for _, tag := range i.tags {
		if inGame {
			t.of(tag).add(i)
		} else {
			t.of(tag).remove(i)
		}
	}
}

// HasTag reports whether the Instance has a tag.
func (i *Instance) HasTag(tag string) bool { return slices.Contains(i.tags, tag) }

// AddTag gives the Instance a tag.
func (i *Instance) AddTag(tag string) {
	if i.HasTag(tag) {
		return
	}
	i.tags = append(i.tags, tag)
	if i.InGame() {
		i.server.tagged.of(tag).add(i)
	}
}

// RemoveTag takes a tag away.
func (i *Instance) RemoveTag(tag string) {
	if !i.HasTag(tag) {
		return
	}
	i.tags = without(i.tags, tag)
	if i.InGame() {
		i.server.tagged.of(tag).remove(i)
	}
}

func (i *Instance) tagList() *lua.LTable {
	list := i.server.VM.NewTable(len(i.tags), 0)
	for _, tag := range i.tags {
		machine.Append(list, lua.LString(tag))
	}
	return list
}

func tagMethods() map[string]Method {
	return map[string]Method{
		"AddTag":    func(c Call) int { c.Self.AddTag(c.String(1)); return 0 },
		"GetTags":   func(c Call) int { return c.Return(c.Self.tagList()) },
		"HasTag":    func(c Call) int { return c.Return(lua.LBool(c.Self.HasTag(c.String(1)))) },
		"RemoveTag": func(c Call) int { c.Self.RemoveTag(c.String(1)); return 0 },
	}
}

func collectionServiceClass() *Class {
	signal := func(c Call, kept **Signal, name string) int {
		if *kept == nil {
			*kept = c.Server.NewSignal(name)
		}
		return c.Return((*kept).object)
	}
	return &Class{
		Name: "CollectionService", Super: "Instance", Service: true,
		Methods: map[string]Method{
			"AddTag":  func(c Call) int { c.Instance(1).AddTag(c.String(2)); return 0 },
			"GetTags": func(c Call) int { return c.Return(c.Instance(1).tagList()) },
			"HasTag": func(c Call) int {
				return c.Return(lua.LBool(c.Instance(1).HasTag(c.String(2))))
			},
			"RemoveTag": func(c Call) int { c.Instance(1).RemoveTag(c.String(2)); return 0 },
			"GetTagged": func(c Call) int {
				return c.Return(c.Server.list(c.Server.tagged.of(c.String(1)).instances))
			},
			"GetAllTags": func(c Call) int {
				list := c.Server.VM.NewTable(0, 0)
				for _, tag := range sortedKeys(c.Server.tagged.byTag) {
					if len(c.Server.tagged.byTag[tag].instances) > 0 {
						machine.Append(list, lua.LString(tag))
					}
				}
				return c.Return(list)
			},
			"GetInstanceAddedSignal": func(c Call) int {
				return signal(c, &c.Server.tagged.of(c.String(1)).added, "InstanceAdded")
			},
			"GetInstanceRemovedSignal": func(c Call) int {
				return signal(c, &c.Server.tagged.of(c.String(1)).removed, "InstanceRemoved")
			},
		},
	}
}
