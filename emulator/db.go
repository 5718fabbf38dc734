package emulator

import (
	"context"
	"database/sql/driver"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-sqlite3"
)

//go:embed schema.sql
var schemaSQL string

const (
	// schemaVersion is the layout that schema.sql makes; it stands in PRAGMA user_version.
	schemaVersion = 1
	// applicationID marks a file as ours, in PRAGMA application_id: "svst".
	applicationID = 0x73767374
)

// database is the tables of schema.sql behind prepared statements. It works on the driver's own
// connection, because database/sql costs as much per call as SQLite does. Whoever uses it holds
// Emulator.mu.
//
// A database in memory lives in one transaction that is never committed, because nobody else can
// see it and nothing outlives it: that saves two statements per write.
type database struct {
	conn       *sqlite3.SQLiteConn
	statements [queryCount]statement
	args       []driver.NamedValue // room for a statement's arguments
	row        []driver.Value      // room for a row of its answer
	inMemory   bool
	broken     error             // why a database in memory can no longer be trusted
	stores     map[StoreID]int64 // rows of stores once they were seen; rows never change
	heads      map[headKey]entry // see noteHead
}

type headKey struct {
	store int64
	key   string
}

// headsMax bounds how many heads are known by heart.
const headsMax = 1 << 14

// query names one of the statements that requests need.
type query int

const (
	beginTransaction query = iota
	commitTransaction
	rollbackTransaction
	selectStore
	insertStore
	selectHead
	selectEntry
	insertEntry
	updateEntry
	deleteEntry
	keepVersion
	dropVersions
	selectNumber
	setNumber
	deleteNumber
	queryCount
)

var queryText = [queryCount]string{
	beginTransaction:    `BEGIN IMMEDIATE`,
	commitTransaction:   `COMMIT`,
	rollbackTransaction: `ROLLBACK`,

	selectStore: `SELECT id FROM stores WHERE kind = ? AND name = ? AND scope = ?`,
	insertStore: `INSERT INTO stores (kind, name, scope, created) VALUES (?, ?, ?, ?)
		RETURNING id`,

	selectHead: `SELECT id, created, sequence, written, value IS NULL
		FROM entries WHERE store = ? AND key = ?`,
	selectEntry: `SELECT id, created, sequence, written, user_ids, metadata, value
		FROM entries WHERE store = ? AND key = ?`,
	insertEntry: `INSERT INTO entries
		(created, sequence, written, user_ids, metadata, value, store, key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
	updateEntry: `UPDATE entries SET sequence = ?, written = ?,
		user_ids = ?, metadata = ?, value = ? WHERE id = ?`,
	deleteEntry: `DELETE FROM entries WHERE id = ?`,
	keepVersion: `INSERT INTO versions
		(entry, written, sequence, superseded, user_ids, metadata, value)
		SELECT id, written, sequence, ?, user_ids, metadata, value FROM entries WHERE id = ?`,
	dropVersions: `DELETE FROM versions WHERE entry = ? AND superseded <= ?`,

	selectNumber: `SELECT value FROM ordered WHERE store = ? AND key = ?`,
	setNumber: `INSERT INTO ordered (store, key, value) VALUES (?, ?, ?)
		ON CONFLICT (store, key) DO UPDATE SET value = excluded.value`,
	deleteNumber: `DELETE FROM ordered WHERE store = ? AND key = ?`,
}

// openDatabase opens the database at path, and makes it first if there is nothing.
func openDatabase(path string) (*database, error) {
	name, err := dataSource(path)
	if err != nil {
		return nil, err
	}
	conn, err := (&sqlite3.SQLiteDriver{}).Open(name)
	if err != nil {
		return nil, err
	}
	d := &database{
		conn:     conn.(*sqlite3.SQLiteConn),
		inMemory: path == InMemory,
		stores:   map[StoreID]int64{},
		heads:    map[headKey]entry{},
	}
	if err := d.setUp(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return d, nil
}

// dataSource turns a path into what the driver opens. Characters that mean something in a URI are
// escaped. SQLite's own locking is off: Emulator.mu does it.
func dataSource(path string) (string, error) {
	const options = "?_mutex=no&_busy_timeout=5000&_foreign_keys=on&_synchronous=normal"
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
		if err := d.exec(`PRAGMA journal_mode = WAL`); err != nil {
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
			return err
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

// makeTables fills an empty database. It looks again whether it is empty, as another process may
// have been faster.
func (d *database) makeTables() error {
	version, err := d.queryInt(`PRAGMA user_version`)
	if err != nil || version == schemaVersion {
		return err
	}
	return d.exec(fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d",
		schemaSQL, applicationID, schemaVersion))
}

// prepare makes the statements that requests need.
func (d *database) prepare() error {
	for q := range queryCount {
		stmt, err := d.conn.Prepare(queryText[q])
		if err != nil {
			return fmt.Errorf("prepare %s: %w", queryText[q], err)
		}
		d.statements[q].stmt = stmt.(*sqlite3.SQLiteStmt)
	}
	return nil
}

// close goes through to the end, whatever fails.
func (d *database) close() error {
	var errs []error
	for _, s := range d.statements {
		if s.stmt != nil {
			errs = append(errs, s.stmt.Close())
		}
	}
	return errors.Join(append(errs, d.conn.Close())...)
}

// begin starts a transaction that can write.
func (d *database) begin() error {
	if d.inMemory {
		return d.broken
	}
	_, err := d.run(beginTransaction)
	return err
}

// end commits the transaction begun last if err is nil; else it takes it back and returns err.
func (d *database) end(err error) error {
	if d.inMemory {
		if _, named := err.(*Error); err != nil && !named {
			d.broken = fmt.Errorf("the database in memory is incomplete since: %w", err)
		}
		return err
	}
	if err == nil {
		if _, err = d.run(commitTransaction); err == nil {
			return nil
		}
	}
	clear(d.stores) // some may have been made by the transaction
	if d.conn.AutoCommit() {
		return err // SQLite took it back itself
	}
	_, undo := d.run(rollbackTransaction)
	return errors.Join(err, undo)
}

// statement is a prepared query.
type statement struct {
	stmt    *sqlite3.SQLiteStmt
	columns int // known after the first run
}

// run executes q and returns the first row of its answer, nil if it has none. The row is good until
// the next run. Everything goes by way of QueryContext, which crosses into C once for all
// arguments.
func (d *database) run(q query, args ...driver.Value) ([]driver.Value, error) {
	d.args = d.args[:0]
	for i, arg := range args {
		d.args = append(d.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	s := &d.statements[q]
	rows, err := s.stmt.QueryContext(context.Background(), d.args)
	clear(d.args)
	if err != nil {
		return nil, err
	}
	if s.columns == 0 {
		s.columns = len(rows.Columns())
	}
	d.row = slices.Grow(d.row[:0], s.columns)[:s.columns]
	err = rows.Next(d.row)
	closeErr := rows.Close()
	switch {
	case err == io.EOF:
		return nil, closeErr
	case err != nil:
		return nil, err
	}
	return d.row, closeErr
}

// store returns the row of a store, 0 if it has none yet.
func (d *database) store(id StoreID) (int64, error) {
	if row, ok := d.stores[id]; ok {
		return row, nil
	}
	row, err := d.run(selectStore, int64(id.Kind), id.Name, id.Scope)
	if err != nil || row == nil {
		return 0, err
	}
	d.stores[id] = row[0].(int64)
	return d.stores[id], nil
}

func (d *database) insertStore(id StoreID, now ticks) (int64, error) {
	row, err := d.run(insertStore, int64(id.Kind), id.Name, id.Scope, int64(now))
	if err != nil {
		return 0, err
	}
	d.stores[id] = row[0].(int64)
	return d.stores[id], nil
}

// head reads an entry without what it holds.
func (d *database) head(store int64, key string) (entry, error) {
	if e, ok := d.heads[headKey{store, key}]; ok {
		return e, nil
	}
	row, err := d.run(selectHead, store, key)
	if err != nil || row == nil {
		return entry{}, err
	}
	e := headIn(row)
	e.removed = row[4].(int64) != 0
	d.noteHead(store, key, e)
	return e, nil
}

// noteHead remembers the head of an entry in memory, where nobody else can change it; that saves a
// write a third of its time. In a file another process can. Whatever changes a row of entries must
// note its new head or drop it.
func (d *database) noteHead(store int64, key string, e entry) {
	if !d.inMemory {
		return
	}
	if len(d.heads) >= headsMax {
		clear(d.heads)
	}
	e.userIDs, e.metadata, e.value = nil, nil, nil
	d.heads[headKey{store, key}] = e
}

// headIn reads the first columns of selectHead and selectEntry.
func headIn(row []driver.Value) entry {
	return entry{
		row: row[0].(int64),
		stamp: stamp{
			created:  ticks(row[1].(int64)),
			sequence: row[2].(int64),
			written:  ticks(row[3].(int64)),
		},
	}
}

// entry reads a whole entry.
func (d *database) entry(store int64, key string) (entry, error) {
	row, err := d.run(selectEntry, store, key)
	if err != nil || row == nil {
		return entry{}, err
	}
	return entryIn(row)
}

// entryIn reads the columns of selectEntry; NULLs become nil.
func entryIn(row []driver.Value) (entry, error) {
	e := headIn(row)
	if text, ok := row[4].(string); ok {
		if err := json.Unmarshal([]byte(text), &e.userIDs); err != nil {
			return entry{}, fmt.Errorf("user ids %q in the database: %w", text, err)
		}
	}
	if text, ok := row[5].(string); ok {
		e.metadata = json.RawMessage(text)
	}
	e.value, _ = row[6].([]byte)
	e.removed = e.value == nil
	return e, nil
}

func (d *database) insertEntry(store int64, key string, e *entry) error {
	_, err := d.run(insertEntry, int64(e.created), e.sequence, int64(e.written),
		userIDsColumn(e.userIDs), metadataColumn(e.metadata), []byte(e.value), store, key)
	return err
}

// updateEntry writes e over the row it came from; a removed entry loses all it held.
func (d *database) updateEntry(store int64, key string, e *entry) error {
	_, err := d.run(updateEntry, e.sequence, int64(e.written),
		userIDsColumn(e.userIDs), metadataColumn(e.metadata), []byte(e.value), e.row)
	if err == nil {
		d.noteHead(store, key, *e)
	}
	return err
}

func userIDsColumn(ids []int64) driver.Value {
	if len(ids) == 0 {
		return nil
	}
	text := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, ']'))
}

func metadataColumn(metadata json.RawMessage) driver.Value {
	if metadata == nil {
		return nil
	}
	return string(metadata)
}

// deleteEntry forgets an entry and its versions.
func (d *database) deleteEntry(store int64, key string, row int64) error {
	delete(d.heads, headKey{store, key})
	_, err := d.run(deleteEntry, row)
	return err
}

// keepVersion makes a copy of an entry's current version, superseded at now, and drops those copies
// whose time is over (R111).
func (d *database) keepVersion(row int64, now ticks) error {
	if _, err := d.run(dropVersions, row, int64(now-ticksIn(VersionLifetime))); err != nil {
		return err
	}
	_, err := d.run(keepVersion, int64(now), row)
	return err
}

// number reads an ordered store's integer.
func (d *database) number(store int64, key string) (n int64, ok bool, err error) {
	row, err := d.run(selectNumber, store, key)
	if err != nil || row == nil {
		return 0, false, err
	}
	return row[0].(int64), true, nil
}

func (d *database) setNumber(store int64, key string, n int64) error {
	_, err := d.run(setNumber, store, key, n)
	return err
}

func (d *database) deleteNumber(store int64, key string) error {
	_, err := d.run(deleteNumber, store, key)
	return err
}

// exec runs statements that are needed once.
func (d *database) exec(sql string) error {
	_, err := d.conn.Exec(sql, nil)
	return err
}

// queryInt runs a statement that is needed once and answers with one integer.
func (d *database) queryInt(sql string) (int64, error) {
	var n int64
	err := d.each(sql, func(row []driver.Value) error {
		n = row[0].(int64)
		return nil
	})
	return n, err
}

// each runs a statement that is needed once, and visit on each row of its answer.
func (d *database) each(sql string, visit func(row []driver.Value) error) (err error) {
	rows, err := d.conn.Query(sql, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(row); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
		if err := visit(row); err != nil {
			return err
		}
	}
}

// eachVersion visits all versions of all entries of the standard stores, also expired ones that no
// write has dropped yet, in the order that Dump promises.
func (d *database) eachVersion(visit func(StoreID, string, *entry) error) error {
	const all = `
		SELECT kind, name, scope, key, versioned.*
		FROM stores JOIN entries ON entries.store = stores.id JOIN (
			SELECT id, created, sequence, written, user_ids, metadata, value
			FROM entries
			UNION ALL
			SELECT entry, created, versions.sequence, versions.written,
				versions.user_ids, versions.metadata, versions.value
			FROM versions JOIN entries ON entries.id = versions.entry
		) AS versioned ON versioned.id = entries.id
		ORDER BY kind, name, scope, key, versioned.written DESC`
	return d.each(all, func(row []driver.Value) error {
		id, key := storeIn(row)
		e, err := entryIn(row[4:])
		if err != nil {
			return err
		}
		return visit(id, key, &e)
	})
}

// eachNumber visits all integers of the ordered stores, in the order that Dump promises.
func (d *database) eachNumber(visit func(StoreID, string, int64) error) error {
	const all = `SELECT kind, name, scope, key, value
		FROM stores JOIN ordered ON ordered.store = stores.id
		ORDER BY kind, name, scope, key`
	return d.each(all, func(row []driver.Value) error {
		id, key := storeIn(row)
		return visit(id, key, row[4].(int64))
	})
}

func storeIn(row []driver.Value) (id StoreID, key string) {
	id = StoreID{Kind: Kind(row[0].(int64)), Name: row[1].(string), Scope: row[2].(string)}
	return id, row[3].(string)
}

// faults lists what is wrong with the database file, and rows that point nowhere.
func (d *database) faults() ([]string, error) {
	var found []string
	err := d.each(`PRAGMA integrity_check`, func(row []driver.Value) error {
		if text := row[0].(string); text != "ok" {
			found = append(found, text)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = d.each(`PRAGMA foreign_key_check`, func(row []driver.Value) error {
		found = append(found, fmt.Sprintf("a row of %v points nowhere", row[0]))
		return nil
	})
	return found, err
}
