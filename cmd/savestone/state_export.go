package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"savestone/emulator"
)

// The layout of an export.
const (
	manifestFile  = "savestone.json"
	exportHalf    = ".savestone-export" // what is not done yet
	exportFormat  = 1
	fileExtension = ".json"
)

// manifest tells of an export what does not belong to one scope. Its presence marks a folder as an
// export.
type manifest struct {
	Format   int          `json:"format"`
	Snapshot string       `json:"snapshot,omitempty"`
	Stores   []storeTimes `json:"stores,omitempty"`
}

// storeTimes are when a store was made and last written to.
type storeTimes struct {
	Kind    string `json:"kind"`
	Store   string `json:"store"`
	Created string `json:"created"`
	Updated string `json:"updated"`
}

// savedVersion is a version of an entry in an export.
type savedVersion struct {
	Version string `json:"version,omitempty"`
	Expires string `json:"expires,omitempty"`
	Removed bool   `json:"removed,omitempty"`

	UserIDs []int64 `json:"userIds,omitempty"`

	// JSON with white space in it, which the file's own layout would hide, stands in a string.
	Metadata     json.RawMessage `json:"metadata,omitempty"`
	MetadataText string          `json:"metadataText,omitempty"`
	Value        json.RawMessage `json:"value,omitempty"`
	ValueText    string          `json:"valueText,omitempty"`
}

// savedEntry is an entry in an export: its current version, unless that was removed for good, and
// the earlier ones, the newest first.
type savedEntry struct {
	Forgotten string `json:"forgotten,omitempty"`
	*savedVersion
	Earlier []savedVersion `json:"earlier,omitempty"`
}

// exporter writes an export into a folder, one file after the other.
type exporter struct {
	folder   string
	versions bool // write earlier versions, version ids and tombstones too
	manifest manifest
	stores   map[emulator.Kind]fileNames
	keys     int

	store  emulator.StoreID // whose file is open
	file   *os.File
	writer *bufio.Writer
	folders
}

// folders are those of the store that is being written.
type folders struct {
	path   string
	scopes fileNames
}

// exportable is what can visit all that is stored.
type exportable interface {
	Export(ctx context.Context, visit func(emulator.Record) error) error
}

// export writes what is stored into a folder, in place of what an earlier export left there.
func export(
	ctx context.Context, emu exportable, folder string, versions bool,
) (*exporter, error) {
	half := filepath.Join(folder, exportHalf)
	x := &exporter{
		folder: half, versions: versions, manifest: manifest{Format: exportFormat},
		stores: map[emulator.Kind]fileNames{emulator.Standard: {}, emulator.Ordered: {}},
	}
	err := os.RemoveAll(half) // a run that was cut short may have left it
	if err == nil {
		err = os.MkdirAll(half, 0o755)
	}
	if err == nil {
		err = emu.Export(ctx, x.record)
	}
	if err = errors.Join(err, x.end()); err == nil {
		err = x.writeManifest()
	}
	if err == nil {
		err = x.replace(folder)
	}
	return x, errors.Join(err, os.RemoveAll(half))
}

// replace puts the finished export where it belongs.
func (x *exporter) replace(folder string) error {
	for _, name := range []string{
		emulator.Standard.String(), emulator.Ordered.String(), manifestFile,
	} {
		path := filepath.Join(folder, name)
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		err := os.Rename(filepath.Join(x.folder, name), path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (x *exporter) record(r emulator.Record) error {
	switch {
	case !r.Snapshot.IsZero():
		if x.versions {
			x.manifest.Snapshot = timeExact(r.Snapshot)
		}
		return nil
	case r.Key == "":
		if x.versions {
			x.manifest.Stores = append(x.manifest.Stores, storeTimes{
				r.Store.Kind.String(), r.Store.Name, timeExact(r.Created), timeExact(r.Updated),
			})
		}
		return nil
	case r.Store.Kind == emulator.Ordered:
		return x.write(&r, r.Number)
	case !x.versions:
		if r.Forgotten != "" || r.Versions[0].Value == nil {
			return nil
		}
		only := r.Versions[0]
		only.ID = ""
		r.Versions = []emulator.Version{only}
	}
	return x.write(&r, savedEntryOf(&r))
}

// write adds a key to the file of its scope.
func (x *exporter) write(r *emulator.Record, content any) error {
	separator := ",\n"
	if x.file == nil || r.Store != x.store {
		separator = "{\n"
		if err := x.begin(r.Store); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	b.WriteString(separator + "  ")
	if err := writeJSON(&b, r.Key, ""); err != nil {
		return err
	}
	b.WriteString(": ")
	if err := writeJSON(&b, content, "  "); err != nil {
		return fmt.Errorf("key %q of %s: %w", r.Key, r.Store, err)
	}
	x.keys++
	_, err := x.writer.Write(b.Bytes())
	return err
}

// begin opens the file of another scope.
func (x *exporter) begin(store emulator.StoreID) error {
	if err := x.end(); err != nil {
		return err
	}
	if x.path == "" || store.Kind != x.store.Kind || store.Name != x.store.Name {
		name := x.stores[store.Kind].file(store.Name)
		x.folders = folders{filepath.Join(x.folder, store.Kind.String(), name), fileNames{}}
		if err := os.MkdirAll(x.path, 0o755); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(x.path, x.scopes.file(store.Scope)+fileExtension))
	if err != nil {
		return err
	}
	x.store, x.file, x.writer = store, file, bufio.NewWriter(file)
	return nil
}

// end closes the file that is open, if one is.
func (x *exporter) end() error {
	if x.file == nil {
		return nil
	}
	_, err := x.writer.WriteString("\n}\n")
	err = errors.Join(err, x.writer.Flush(), x.file.Close())
	x.file = nil
	return err
}

func (x *exporter) writeManifest() error {
	var b bytes.Buffer
	if err := writeJSON(&b, x.manifest, ""); err != nil {
		return err
	}
	b.WriteByte('\n')
	return os.WriteFile(filepath.Join(x.folder, manifestFile), b.Bytes(), 0o644)
}

func savedEntryOf(r *emulator.Record) savedEntry {
	saved := savedEntry{Forgotten: r.Forgotten}
	for i := range r.Versions {
		v := savedVersionOf(&r.Versions[i])
		if i == 0 && r.Forgotten == "" {
			saved.savedVersion = &v
		} else {
			saved.Earlier = append(saved.Earlier, v)
		}
	}
	return saved
}

func savedVersionOf(v *emulator.Version) savedVersion {
	saved := savedVersion{Version: v.ID, Removed: v.Value == nil, UserIDs: v.UserIDs}
	if !v.Expires.IsZero() {
		saved.Expires = timeExact(v.Expires)
	}
	saved.Metadata, saved.MetadataText = savedJSON(v.Metadata)
	saved.Value, saved.ValueText = savedJSON(v.Value)
	return saved
}

// savedJSON returns a JSON text as a value if it comes back from one, else as a string.
func savedJSON(text json.RawMessage) (value json.RawMessage, whole string) {
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil || !bytes.Equal(b.Bytes(), text) {
		return nil, string(text)
	}
	return text, ""
}
