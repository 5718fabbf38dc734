package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"savestone/emulator"
)

// importer reads the folder of an export, or one that somebody wrote by hand.
type importer struct {
	folder string
	now    time.Time // when entries without a version were written
	times  map[storeKey][2]time.Time
	put    func(emulator.Record) error
	keys   int
}

func newImporter(folder string) *importer {
	return &importer{
		folder: folder, now: emulator.Wall{}.Now(), times: map[storeKey][2]time.Time{},
	}
}

// storeKey tells stores apart.
type storeKey struct {
	kind emulator.Kind
	name string
}

// errEnough ends the reading of records that nobody wants any more.
var errEnough = errors.New("enough")

// records reads the folder: for each store its own record, so that it replaces the store, and then
// those of its keys.
func (i *importer) records() iter.Seq2[emulator.Record, error] {
	return func(yield func(emulator.Record, error) bool) {
		i.put = func(r emulator.Record) error {
			if !yield(r, nil) {
				return errEnough
			}
			return nil
		}
		if err := i.read(); err != nil && err != errEnough {
			yield(emulator.Record{}, err)
		}
	}
}

func (i *importer) read() error {
	entries, err := i.list(i.folder)
	if err != nil {
		return err
	}
	const want = "want " + manifestFile + " and the folders standard and ordered"
	found := map[string]bool{}
	for _, entry := range entries {
		found[entry.Name()] = true
		isKind := entry.Name() == emulator.Standard.String() ||
			entry.Name() == emulator.Ordered.String()
		if entry.IsDir() != isKind || !isKind && entry.Name() != manifestFile {
			return usage("%s: this does not belong to an export: %s",
				filepath.Join(i.folder, entry.Name()), want)
		}
	}
	if len(found) == 0 {
		return usage("%s: there is no export in this folder: %s", i.folder, want)
	}
	if found[manifestFile] {
		if err := i.readManifest(filepath.Join(i.folder, manifestFile)); err != nil {
			return err
		}
	}
	for _, kind := range []emulator.Kind{emulator.Standard, emulator.Ordered} {
		if found[kind.String()] {
			if err := i.readKind(kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// list lists a folder but for hidden files and texts for people, which are nobody's business.
func (i *importer) list(folder string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, usage("%w; want the folder of an export", err)
	}
	var listed []fs.DirEntry
	for _, entry := range entries {
		hidden := strings.HasPrefix(entry.Name(), ".")
		if !hidden && !strings.HasSuffix(entry.Name(), ".md") {
			listed = append(listed, entry)
		}
	}
	return listed, nil
}

func (i *importer) readManifest(path string) error {
	f, err := openJSON(path)
	if err != nil {
		return err
	}
	return f.object(func(name string, at int) error {
		switch name {
		case "format":
			at := f.next()
			format, err := f.integer()
			if err == nil && format != exportFormat {
				err = f.fail(at, "got format %d, want %d; another savestone made this export",
					format, exportFormat)
			}
			return err
		case "snapshot":
			taken, err := f.time()
			if err != nil {
				return err
			}
			return i.put(emulator.Record{Snapshot: taken})
		case "stores":
			return f.array(func(int) error { return i.readTimes(f) })
		}
		return f.fail(at, "unknown name %q, want format, snapshot or stores", name)
	})
}

// readTimes reads one element of the manifest's stores.
func (i *importer) readTimes(f *jsonFile) error {
	at := f.next()
	var key storeKey
	var times [2]time.Time
	err := f.object(func(name string, at int) (err error) {
		switch name {
		case "kind":
			at := f.next()
			kind, err := f.string()
			switch {
			case err != nil:
				return err
			case kind == emulator.Ordered.String():
				key.kind = emulator.Ordered
			case kind != emulator.Standard.String():
				return f.fail(at, "got kind %q, want standard or ordered", kind)
			}
			return nil
		case "store":
			key.name, err = f.string()
		case "created":
			times[0], err = f.time()
		case "updated":
			times[1], err = f.time()
		default:
			err = f.fail(at, "unknown name %q, want kind, store, created or updated", name)
		}
		return err
	})
	if err == nil && (times[0].IsZero() || times[1].IsZero()) {
		err = f.fail(at, "want kind, store, created and updated")
	}
	i.times[key] = times
	return err
}

func (i *importer) readKind(kind emulator.Kind) error {
	folder := filepath.Join(i.folder, kind.String())
	entries, err := i.list(folder)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if !entry.IsDir() {
			return usage("%s: got a file, want a folder for each store", path)
		}
		name, err := i.name(path, entry.Name(), seen)
		if err != nil {
			return err
		}
		if err := i.readStore(emulator.StoreID{Kind: kind, Name: name}, path); err != nil {
			return err
		}
	}
	return nil
}

// name returns the name that a file's name stands for, which none in seen may do too.
func (i *importer) name(path, file string, seen map[string]bool) (string, error) {
	name, err := nameIn(file)
	if err != nil {
		return "", usage("%s: %w", path, err)
	}
	if seen[name] {
		return "", usage("%s: %q has another file already", path, name)
	}
	seen[name] = true
	return name, nil
}

func (i *importer) readStore(store emulator.StoreID, folder string) error {
	entries, err := i.list(folder)
	if err != nil {
		return err
	}
	own := emulator.Record{Store: store, Created: i.now, Updated: i.now}
	if times, ok := i.times[storeKey{store.Kind, store.Name}]; ok {
		own.Created, own.Updated = times[0], times[1]
	}
	if err := own.Check(); err != nil {
		return usage("%s: %w", folder, err)
	}
	if err := i.put(own); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		file, isJSON := strings.CutSuffix(entry.Name(), fileExtension)
		if entry.IsDir() || !isJSON {
			return usage("%s: want a file %s for each scope", path, "SCOPE"+fileExtension)
		}
		if store.Scope, err = i.name(path, file, seen); err != nil {
			return err
		}
		if err := i.readScope(store, path); err != nil {
			return err
		}
	}
	return nil
}

// readScope reads the keys of one scope.
func (i *importer) readScope(store emulator.StoreID, path string) error {
	f, err := openJSON(path)
	if err != nil {
		return err
	}
	return f.object(func(key string, at int) error {
		r := emulator.Record{Store: store, Key: key}
		if store.Kind == emulator.Ordered {
			r.Number, err = f.integer()
		} else {
			err = i.readEntry(f, &r)
		}
		if err != nil {
			return err
		}
		if err := r.Check(); err != nil {
			return f.fail(at, "key %q: %w", key, err)
		}
		i.keys++
		return i.put(r)
	})
}

// readEntry reads what savedEntryOf made. An entry that does not tell its version is a new one.
func (i *importer) readEntry(f *jsonFile, r *emulator.Record) error {
	at := f.next()
	current := versionReader{jsonFile: f}
	var earlier []emulator.Version
	err := f.object(func(name string, at int) (err error) {
		switch name {
		case "forgotten":
			r.Forgotten, err = f.string()
			return err
		case "earlier":
			return f.array(func(at int) error {
				v := versionReader{jsonFile: f}
				err := f.object(v.member)
				if err == nil {
					err = v.check(at)
				}
				earlier = append(earlier, v.Version)
				return err
			})
		case "expires":
			return f.fail(at, "the current version does not expire; earlier ones do")
		}
		return current.member(name, at)
	})
	switch {
	case err != nil:
		return err
	case r.Forgotten != "" && current.some:
		return f.fail(at, "got both forgotten and a current version, want one of them")
	case r.Forgotten != "":
		r.Versions = earlier
		return nil
	}
	if current.ID == "" && len(earlier) == 0 {
		current.ID = emulator.NewVersion(i.now, 1, i.now)
	}
	r.Versions = append([]emulator.Version{current.Version}, earlier...)
	return current.check(at)
}

// versionReader reads one version of an entry.
type versionReader struct {
	*jsonFile
	emulator.Version
	some    bool // there was a member
	removed bool
	values  int
}

// member reads a member of the object; see savedVersion.
func (v *versionReader) member(name string, at int) (err error) {
	v.some = true
	switch name {
	case "version":
		v.ID, err = v.string()
	case "expires":
		v.Expires, err = v.time()
	case "removed":
		err = v.into(&v.removed, "true or false")
	case "userIds":
		err = v.into(&v.UserIDs, "an array of whole numbers")
	case "metadata":
		v.Metadata, err = v.value()
	case "metadataText":
		v.Metadata, err = v.json()
	case "value":
		v.values++
		v.Value, err = v.value()
	case "valueText":
		v.values++
		v.Value, err = v.json()
	default:
		err = v.fail(at, "unknown name %q, want value, userIds, metadata, removed, version,"+
			" earlier, forgotten, expires, valueText or metadataText", name)
	}
	return err
}

// json reads a string that holds JSON.
func (v *versionReader) json() (json.RawMessage, error) {
	at := v.next()
	text, err := v.string()
	if err != nil {
		return nil, err
	}
	var value json.RawMessage
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, v.fail(at, "the JSON in this string: %w", err)
	}
	return json.RawMessage(text), nil
}

// check tells what is wrong with a version whose object begins at a place.
func (v *versionReader) check(at int) error {
	want := 1
	if v.removed {
		want = 0
	}
	switch {
	case v.values == want:
		return nil
	case v.values == 0:
		return v.fail(at, `got no value; want "value", or "removed": true`)
	case v.removed:
		return v.fail(at, "got a value of what is removed")
	}
	return v.fail(at, "got both value and valueText, want one of them")
}
