package history

import (
	"fmt"

	"savestone/emulator"
)

// Key names one entry of one store.
type Key struct {
	Store emulator.StoreID
	Name  string
}

// String names the key as messages do.
func (k Key) String() string { return fmt.Sprintf("%q of %s", k.Name, k.Store) }

// KeyID is a place in History.Keys.
type KeyID int32

// VersionID is a place in History.Versions; 0 is no version.
type VersionID int32

// Version is one version of one key. In an ordered store, where entries have none, the text is the
// number, and comes back with it.
type Version struct {
	Key  KeyID
	Text string
}

// names numbers the keys and versions of a history, so that judging it compares no texts.
type names struct {
	Keys     []Key
	Versions []Version // the first stands for none

	keyIDs     map[Key]KeyID
	versionIDs map[Version]VersionID
}

func newNames() names {
	return names{
		Versions:   []Version{{Key: -1}},
		keyIDs:     map[Key]KeyID{},
		versionIDs: map[Version]VersionID{},
	}
}

func (n *names) key(key Key) KeyID {
	id, known := n.keyIDs[key]
	if !known {
		id = KeyID(len(n.Keys))
		n.keyIDs[key] = id
		n.Keys = append(n.Keys, key)
	}
	return id
}

func (n *names) version(key KeyID, text string) VersionID {
	if text == "" {
		return 0
	}
	version := Version{key, text}
	id, known := n.versionIDs[version]
	if !known {
		id = VersionID(len(n.Versions))
		n.versionIDs[version] = id
		n.Versions = append(n.Versions, version)
	}
	return id
}

// ordered reports whether the key is of an ordered store.
func (n *names) ordered(key KeyID) bool { return n.Keys[key].Store.Kind == emulator.Ordered }
