package emulator

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed schema.sql
var schemaSQL string

const (
	// schemaVersion is the layout that schema.sql makes; it stands in PRAGMA user_version.
	schemaVersion = 3
	// applicationID marks a file as ours, in PRAGMA application_id: "svst".
	applicationID = 0x73767374
)

// migration leads from an older schema to the one of schema.sql: its tables stand aside while that
// runs.
type migration struct{ aside, fill string }

var migrations = map[int64]migration{
	1: { // had a row of stores for each scope, and told when a version was superseded
		aside: `
		ALTER TABLE stores RENAME TO old_stores;
		ALTER TABLE entries RENAME TO old_entries;
		ALTER TABLE versions RENAME TO old_versions;
		ALTER TABLE ordered RENAME TO old_ordered;
		DROP INDEX ordered_by_value;`,
		fill: `
		INSERT INTO stores (kind, name, created, updated)
			SELECT kind, name, min(created), min(created) FROM old_stores GROUP BY kind, name;
		INSERT INTO entries
			SELECT old.id, stores.id, scope, key, old.created, sequence, written,
				CASE WHEN value IS NULL THEN written ELSE 0 END,
				user_ids, metadata, value
			FROM old_entries AS old JOIN old_stores ON old_stores.id = old.store
				JOIN stores USING (kind, name);
		INSERT INTO versions
			SELECT entry, written, sequence, superseded + 30 * 864000000000,
				user_ids, metadata, value
			FROM old_versions;
		INSERT INTO ordered
			SELECT stores.id, scope, key, value
			FROM old_ordered AS old JOIN old_stores ON old_stores.id = old.store
				JOIN stores USING (kind, name);
		UPDATE stores SET updated =
			max(updated, (SELECT max(written) FROM entries WHERE store = stores.id))
			WHERE id IN (SELECT store FROM entries);
		DROP TABLE old_versions;
		DROP TABLE old_entries;
		DROP TABLE old_ordered;
		DROP TABLE old_stores;`,
	},
	2: { // had an index of its own for the keys to be unique, and read entries to list them
		aside: `
		ALTER TABLE universe RENAME TO old_universe;
		ALTER TABLE stores RENAME TO old_stores;
		ALTER TABLE entries RENAME TO old_entries;
		ALTER TABLE versions RENAME TO old_versions;
		ALTER TABLE ordered RENAME TO old_ordered;
		DROP INDEX entries_by_path;
		DROP INDEX entries_removed;
		DROP INDEX versions_by_expiry;
		DROP INDEX ordered_ascending;
		DROP INDEX ordered_descending;`,
		fill: `
		UPDATE universe SET snapshot = (SELECT snapshot FROM old_universe);
		INSERT INTO stores SELECT * FROM old_stores;
		INSERT INTO entries SELECT * FROM old_entries;
		INSERT INTO versions SELECT * FROM old_versions;
		INSERT INTO ordered SELECT * FROM old_ordered;
		DROP TABLE old_versions;
		DROP TABLE old_entries;
		DROP TABLE old_ordered;
		DROP TABLE old_stores;
		DROP TABLE old_universe;`,
	},
}

// walSQL sets up a file: readers beside a writer, and 16 MB of pages in memory.
const walSQL = `PRAGMA journal_mode = WAL; PRAGMA cache_size = -16000`

// openDatabase opens the database at path, and makes it first if there is nothing.
func openDatabase(path string, o Options) (*database, error) {
	name, err := dataSource(path, o)
	if err != nil {
		return nil, err
	}
	conn, err := connect(name)
	if err != nil {
		return nil, err
	}
	d := &database{
		conn:     conn,
		inMemory: path == InMemory,
		trusted:  path == InMemory,

		checkpointPages: checkpointPagesFull,
		stores:          map[storeName]int64{},
		updated:         map[int64]ticks{},
		heads:           map[entryName]*entry{},
	}
	beside := !d.inMemory && o.Durability == Normal
	if beside {
		d.checkpointPages = checkpointPagesBeside
	}
	if err := d.setUp(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if beside {
		if d.checkpoints, err = startCheckpointer(name); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

// dataSource turns a path into what the driver opens. Characters that mean something in a URI are
// escaped. SQLite's own locking is off: Emulator.mu does it.
func dataSource(path string, o Options) (string, error) {
	wait := lockWait
	if o.LockWait > 0 {
		wait = o.LockWait
	}
	options := fmt.Sprintf("?_mutex=no&_busy_timeout=%d&_foreign_keys=on&_synchronous=%s",
		wait.Milliseconds(), o.Durability)
	if path == InMemory {
		return path + options, nil
	}
	if path == "" {
		return "", errors.New("got no path, want a file or " + InMemory)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", errors.New("this is a folder, want a file")
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no folder %q; create it first", folder)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	full = "/" + strings.TrimPrefix(filepath.ToSlash(full), "/")
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	return "file://" + escape.Replace(full) + options, nil
}

// setUp leaves a file that is not ours, or newer than we know, as it was.
func (d *database) setUp() error {
	if err := d.checkIdentity(); err != nil {
		return err
	}
	if !d.inMemory {
		if err := d.exec(walSQL); err != nil {
			return err
		}
		checkpoints := fmt.Sprint("PRAGMA wal_autocheckpoint = ", d.checkpointPages)
		if err := d.exec(checkpoints); err != nil {
			return err
		}
	}
	if err := d.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	if err := d.makeTables(); err != nil {
		return errors.Join(err, d.exec(`ROLLBACK`))
	}
	if !d.inMemory {
		if err := d.exec(`COMMIT`); err != nil {
			return errors.Join(err, d.exec(`ROLLBACK`))
		}
	}
	return d.prepare()
}

// checkIdentity refuses a database that somebody else made.
func (d *database) checkIdentity() error {
	application, err := d.queryInt(`PRAGMA application_id`)
	if err != nil {
		return err
	}
	tables, err := d.queryInt(`SELECT count(*) FROM sqlite_schema`)
	if err != nil {
		return err
	}
	if application != applicationID && (application != 0 || tables != 0) {
		return fmt.Errorf("this is an SQLite database but not savestone's: "+
			"got application_id %#x, want %#x", application, int64(applicationID))
	}
	version, err := d.queryInt(`PRAGMA user_version`)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return fmt.Errorf("got schema version %d, want at most %d; "+
			"a newer savestone made this file, use that one", version, schemaVersion)
	}
	return nil
}

// makeTables fills an empty database and brings an old one up to date. It looks again how the file
// is, as another process may have been faster.
func (d *database) makeTables() error {
	version, err := d.queryInt(`PRAGMA user_version`)
	if err != nil || version == schemaVersion {
		return err
	}
	step := migrations[version] // none for an empty database
	return d.exec(fmt.Sprintf("%s%s%s; PRAGMA application_id = %d; PRAGMA user_version = %d",
		step.aside, schemaSQL, step.fill, applicationID, schemaVersion))
}

// prepare makes the statements that requests need.
func (d *database) prepare() error {
	for q := range queryCount {
		stmt, err := prepare(d.conn, queryText[q])
		if err != nil {
			return fmt.Errorf("prepare %s: %w", queryText[q], err)
		}
		d.statements[q].stmt = stmt
	}
	return nil
}

// close goes through to the end, whatever fails.
func (d *database) close() error {
	var errs []error
	if !d.inMemory {
		errs = append(errs, d.flushUpdates())
	}
	if d.checkpoints != nil {
		errs = append(errs, d.checkpoints.close())
	}
	for _, s := range d.statements {
		if s.stmt != nil {
			errs = append(errs, s.stmt.Close())
		}
	}
	return errors.Join(append(errs, d.conn.Close())...)
}
