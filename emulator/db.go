package emulator

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/mattn/go-sqlite3"
)

// database is the tables of schema.sql behind prepared statements. It works on the driver's own
// connection, because database/sql costs as much per call as SQLite does. Whoever uses it holds
// Emulator.mu. All SQL stands in the files db*.go.
//
// A database in memory lives in one transaction that is never committed, because nobody else can
// see it and nothing outlives it: that saves two statements per write.
type database struct {
	conn       *sqlite3.SQLiteConn
	statements [queryCount]statement
	args       [argsMax]driver.NamedValue // room for a statement's arguments
	row        []driver.Value             // room for a row of its answer
	inMemory   bool

	checkpointPages int           // when SQLite does a checkpoint on its own
	checkpoints     *checkpointer // nil if nobody else does them
	logged          int           // bytes committed since it was asked, more or less

	broken error // why a database in memory can no longer be trusted

	stores  map[storeName]int64 // rows of stores once they were seen; rows never change
	updated map[int64]ticks     // of stores, what their rows do not tell yet; see noteUpdate
	flushed ticks               // when the rows were last told

	// What is known by heart; see known.
	trusted    bool
	heads      map[entryName]*entry // with their values, where those are known
	knownBytes int                  // of those values
	late       []*entry             // those of them, and others, that may be late
	snapped    *ticks               // when the last snapshot was taken
	changes    int64                // the file's count of transactions by others
}

// storeName tells the rows of stores apart.
type storeName struct {
	kind Kind
	name string
}

// entryName tells the rows of entries apart.
type entryName struct {
	store int64
	scope string
	key   string
}

// connect opens what dataSource names.
func connect(name string) (*sqlite3.SQLiteConn, error) {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(name)
	if err != nil {
		return nil, err
	}
	return conn.(*sqlite3.SQLiteConn), nil
}

func prepare(conn *sqlite3.SQLiteConn, sql string) (*sqlite3.SQLiteStmt, error) {
	stmt, err := conn.Prepare(sql)
	if err != nil {
		return nil, err
	}
	return stmt.(*sqlite3.SQLiteStmt), nil
}

// copyDatabase makes to the same as from.
func copyDatabase(to, from *sqlite3.SQLiteConn) error {
	backup, err := to.Backup("main", from, "main")
	if err != nil {
		return err
	}
	_, err = backup.Step(-1)
	return errors.Join(err, backup.Finish())
}

// begin starts a transaction, by one of the queries for that.
func (d *database) begin(how query) error {
	if d.inMemory {
		return d.broken
	}
	if _, err := d.run(how); err != nil || how == beginReading {
		return err
	}
	row, err := d.run(dataVersion)
	if err != nil {
		return d.end(err)
	}
	if changes := row[0].(int64); changes != d.changes {
		d.dropHeads()
		d.snapped, d.changes = nil, changes
	}
	d.trusted = true
	return nil
}

// end commits the transaction begun last if err is nil; else it takes it back and returns err.
func (d *database) end(err error) error {
	if d.inMemory {
		if err != nil {
			d.broken = incomplete(err)
		}
		return err
	}
	if err == nil {
		if _, err = d.run(commitTransaction); err == nil {
			d.askForCheckpoint()
			return nil
		}
	}
	d.forget() // the transaction made some of it
	if d.conn.AutoCommit() {
		return err // SQLite took it back itself
	}
	_, undo := d.run(rollbackTransaction)
	return errors.Join(err, undo)
}

// wholly runs do within the transaction under way, and takes back what it did if it fails. In
// memory too, where the transaction itself cannot be taken back.
func (d *database) wholly(do func() error) error {
	if err := d.flushUpdates(); err != nil {
		return err
	}
	if err := d.exec(`SAVEPOINT whole`); err != nil {
		return err
	}
	err := do()
	if err != nil {
		err = errors.Join(err, d.exec(`ROLLBACK TO whole`))
	}
	d.forget()
	return errors.Join(err, d.exec(`RELEASE whole`))
}

// statement is a prepared query.
type statement struct {
	stmt    *sqlite3.SQLiteStmt
	ran     bool
	columns int // known after the first run
}

// run executes q and returns the first row of its answer, nil if it has none. The row is good until
// the next run.
func (d *database) run(q query, args ...driver.Value) ([]driver.Value, error) {
	rows, err := d.query(q, args)
	if err != nil {
		return nil, err
	}
	switch err := rows.Next(d.row); err {
	case io.EOF:
		return nil, nil // SQLite has halted it, so there is nothing to close
	case nil:
		return d.row, rows.Close()
	default:
		return nil, errors.Join(err, rows.Close())
	}
}

// scan executes q and runs visit on each row of its answer while that says more. Visit must not use
// the database; a row is good until the next.
func (d *database) scan(
	q query, visit func(row []driver.Value) (more bool), args ...driver.Value,
) (err error) {
	rows, err := d.query(q, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		switch err := rows.Next(d.row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if !visit(d.row) {
			return nil
		}
	}
}

// query executes q and makes room for a row of the answer. Everything goes by way of QueryContext,
// which crosses into C once for all arguments.
func (d *database) query(q query, args []driver.Value) (driver.Rows, error) {
	if len(d.late) > 0 && !ignoresLate[q] {
		if err := d.settle(); err != nil {
			return nil, err
		}
	}
	for i, arg := range args {
		d.args[i] = driver.NamedValue{Ordinal: i + 1, Value: arg}
	}
	s := &d.statements[q]
	rows, err := s.stmt.QueryContext(context.Background(), d.args[:len(args)])
	if err != nil {
		return nil, err
	}
	if !s.ran {
		s.ran, s.columns = true, len(rows.Columns())
	}
	d.row = slices.Grow(d.row[:0], s.columns)[:s.columns]
	return rows, nil
}

// exec runs statements that are needed once.
func (d *database) exec(sql string) error {
	if err := d.settle(); err != nil {
		return err
	}
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
func (d *database) each(
	sql string, visit func(row []driver.Value) error, args ...driver.Value,
) (err error) {
	if err := d.settle(); err != nil {
		return err
	}
	rows, err := d.conn.Query(sql, args)
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

// inPlainWords puts before SQLite's words what has happened to the user.
func inPlainWords(err error) error {
	var failure sqlite3.Error
	if !errors.As(err, &failure) {
		return err
	}
	words := ""
	switch failure.Code {
	case sqlite3.ErrFull:
		words = "the disk is full"
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		words = "another process keeps the database locked"
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
		words = "no permission to write to the file or its folder"
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		words = "the file is damaged or no database; use a backup"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", words, err)
}

// forget drops all that is known by heart.
func (d *database) forget() {
	clear(d.stores)
	clear(d.updated)
	d.dropHeads()
	d.snapped = nil
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
