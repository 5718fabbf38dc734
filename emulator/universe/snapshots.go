package universe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"savestone/emulator"
)

const (
	stateFolder       = ".savestone"
	snapshotsFolder   = "snapshots"
	snapshotExtension = ".db"
)

// Failures of work on snapshots.
var (
	ErrSnapshotName  = errors.New("want up to 100 letters, digits, and any of - _ .")
	ErrSnapshotTaken = errors.New("there is a snapshot of this name already")
	ErrNoSnapshot    = errors.New("there is no such snapshot")
)

// snapshotName is what a snapshot may be called: what is safe as the name of a file.
var snapshotName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$`)

// Snapshots are copies of a database, each a file in a folder beside it.
type Snapshots struct{ folder string }

// SnapshotsOf returns the snapshots of the database at path.
func SnapshotsOf(path string) Snapshots {
	return Snapshots{
		filepath.Join(filepath.Dir(path), stateFolder, snapshotsFolder, filepath.Base(path)),
	}
}

// file returns where a snapshot is.
func (s Snapshots) file(name string) (string, error) {
	if !snapshotName.MatchString(name) {
		return "", fmt.Errorf("got the name %q, %w", name, ErrSnapshotName)
	}
	return filepath.Join(s.folder, name+snapshotExtension), nil
}

// Take keeps what is stored now under a name; one that is taken only if it may be replaced.
func (s Snapshots) Take(
	ctx context.Context, emu *emulator.Emulator, name string, replace bool,
) error {
	file, err := s.file(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil && !replace {
		return fmt.Errorf("snapshot %q: %w", name, ErrSnapshotTaken)
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return err
	}
	fresh := file + ".new" // which becomes the snapshot only when it is whole
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := emu.Backup(ctx, fresh); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}

// Restore puts back everything as it was in a snapshot.
func (s Snapshots) Restore(ctx context.Context, emu *emulator.Emulator, name string) error {
	file, err := s.existing(name)
	if err != nil {
		return err
	}
	return emu.Restore(ctx, file)
}

// Remove throws a snapshot away.
func (s Snapshots) Remove(name string) error {
	file, err := s.existing(name)
	if err != nil {
		return err
	}
	return os.Remove(file)
}

func (s Snapshots) existing(name string) (string, error) {
	file, err := s.file(name)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(file); err != nil {
		return "", fmt.Errorf("snapshot %q: %w", name, ErrNoSnapshot)
	}
	return file, nil
}

// Snapshot is a snapshot that there is.
type Snapshot struct {
	Name  string
	Taken time.Time
	Bytes int64
}

// List returns all snapshots, by name.
func (s Snapshots) List() ([]Snapshot, error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	var list []Snapshot
	for _, entry := range entries {
		name, isSnapshot := strings.CutSuffix(entry.Name(), snapshotExtension)
		if !isSnapshot {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return nil, fmt.Errorf("list snapshots: %w", err)
		}
		list = append(list, Snapshot{name, info.ModTime(), info.Size()})
	}
	return list, nil
}
