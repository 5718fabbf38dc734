package emulator

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"time"
)

// eachVersion visits all versions of all entries of the standard stores, also expired ones that no
// write has dropped yet, in the order that Dump promises.
func (d *database) eachVersion(visit func(StoreID, string, *entry) error) error {
	const all = `
		SELECT kind, name, scope, key, versioned.*
		FROM stores JOIN entries ON entries.store = stores.id JOIN (
			SELECT ` + entryColumns + ` FROM entries
			UNION ALL
			SELECT entry, created, versions.sequence, versions.written, versions.value IS NULL,
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

// eachRecord visits everything that has not expired, in the order that Export promises.
func (d *database) eachRecord(now ticks, visit func(Record) error) error {
	if err := d.flushUpdates(); err != nil {
		return err
	}
	taken, err := d.snapshot()
	if err != nil {
		return err
	}
	if taken != 0 {
		if err := visit(Record{Snapshot: taken.time()}); err != nil {
			return err
		}
	}
	if err := d.eachStandardRecord(now, visit); err != nil {
		return err
	}
	return d.eachOrderedRecord(visit)
}

// eachStandardRecord begins each store with its own record. The order is that of the indexes, so
// nothing needs to be sorted.
func (d *database) eachStandardRecord(now ticks, visit func(Record) error) error {
	const all = `
		SELECT stores.name, scope, key, stores.created, updated, entries.id, entries.created,
			sequence, written, removed, user_ids, metadata, value
		FROM stores JOIN entries ON entries.store = stores.id
		WHERE kind = ? AND (removed = 0 OR written > ?)
		ORDER BY kind, stores.name, scope, key`
	last := StoreID{Kind: Standard}
	begun := false
	return d.each(all, func(row []driver.Value) error {
		r := Record{Store: StoreID{Kind: Standard, Name: row[0].(string)}}
		if !begun || r.Store != last {
			begun, last = true, r.Store
			own := r
			own.Created, own.Updated = timeIn(row[3]), timeIn(row[4])
			if err := visit(own); err != nil {
				return err
			}
		}
		r.Store.Scope, r.Key = row[1].(string), row[2].(string)
		e, err := entryIn(row[5:])
		if err != nil {
			return err
		}
		if e.state == forgotten {
			r.Forgotten = e.stamp.version()
		} else {
			r.Versions = append(r.Versions, Version{
				ID: e.version(), Value: e.value, UserIDs: e.userIDs, Metadata: e.metadata,
			})
		}
		if err := d.readVersions(&e, now, &r); err != nil {
			return err
		}
		return visit(r)
	}, int64(Standard), int64(now-ticksIn(TombstoneLifetime)))
}

// readVersions adds the kept versions of e to its record.
func (d *database) readVersions(e *entry, now ticks, r *Record) error {
	var failed error
	err := d.scan(exportVersions, func(row []driver.Value) bool {
		var v *entry
		if v, failed = versionIn(e, row, nil); failed != nil {
			return false
		}
		r.Versions = append(r.Versions, Version{
			ID: v.version(), Value: v.value, UserIDs: v.userIDs, Metadata: v.metadata,
			Expires: timeIn(row[5]),
		})
		return true
	}, e.row, int64(now))
	return errors.Join(err, failed)
}

func (d *database) eachOrderedRecord(visit func(Record) error) error {
	const all = `SELECT name, scope, key, created, updated, value
		FROM stores JOIN ordered ON ordered.store = stores.id
		WHERE kind = ? ORDER BY kind, name, scope, key`
	last := ""
	return d.each(all, func(row []driver.Value) error {
		r := Record{Store: StoreID{Kind: Ordered, Name: row[0].(string)}}
		if r.Store.Name != last {
			last = r.Store.Name
			own := r
			own.Created, own.Updated = timeIn(row[3]), timeIn(row[4])
			if err := visit(own); err != nil {
				return err
			}
		}
		r.Store.Scope, r.Key, r.Number = row[1].(string), row[2].(string), row[5].(int64)
		return visit(r)
	}, int64(Ordered))
}

// putRecord stores a checked record in place of what was there.
func (d *database) putRecord(r *Record) error {
	if !r.Snapshot.IsZero() {
		return d.setSnapshot(ticksOf(r.Snapshot))
	}
	name := storeName{kind: r.Store.Kind, name: r.Store.Name}
	store, err := d.store(name)
	if err != nil {
		return err
	}
	if store == 0 {
		if store, err = d.insertStore(name, r.created()); err != nil {
			return err
		}
	}
	if r.Key == "" {
		return d.putStoreRecord(store, r)
	}
	entry := entryName{store: store, scope: r.Store.Scope, key: r.Key}
	if r.Store.Kind == Ordered {
		return d.setNumber(entry, r.Number)
	}
	return d.putEntryRecord(entry, r)
}

// created is when a store came to be that an imported entry is the first of.
func (r *Record) created() ticks {
	id := r.Forgotten
	if len(r.Versions) > 0 {
		id = r.Versions[0].ID
	}
	at, _ := parseVersion(id)
	return at.created
}

// putStoreRecord empties a store.
func (d *database) putStoreRecord(store int64, r *Record) error {
	created, updated := int64(ticksOf(r.Created)), int64(ticksOf(r.Updated))
	if _, err := d.run(importStore, created, updated, store); err != nil {
		return err
	}
	d.dropHeads()
	return d.exec(fmt.Sprintf(
		`DELETE FROM entries WHERE store = %d; DELETE FROM ordered WHERE store = %d`, store, store))
}

func (d *database) putEntryRecord(name entryName, r *Record) error {
	before, err := d.head(name)
	if err != nil {
		return err
	}
	if before.row != 0 {
		if err := d.deleteEntry(name, before.row); err != nil {
			return err
		}
	}
	kept := r.Versions
	current := entry{state: forgotten}
	if r.Forgotten != "" {
		current.stamp, _ = parseVersion(r.Forgotten)
	} else {
		current, kept = kept[0].entry(), kept[1:]
	}
	if err := d.insertEntry(name, &current); err != nil {
		return err
	}
	if len(kept) == 0 {
		return nil
	}
	inserted, err := d.head(name)
	if err != nil {
		return err
	}
	for i := range kept {
		v := kept[i].entry()
		_, err := d.run(importVersion, inserted.row, int64(v.written), v.sequence,
			int64(ticksOf(kept[i].Expires)), userIDsColumn(v.userIDs),
			metadataColumn(v.metadata), []byte(v.value))
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *Version) entry() entry {
	e := entry{userIDs: v.UserIDs, metadata: storedMetadata(v.Metadata), value: v.Value}
	e.stamp, _ = parseVersion(v.ID)
	if v.Value == nil {
		e.state = removed
	}
	return e
}

// reset deletes all rows.
func (d *database) reset() error {
	return d.exec(`DELETE FROM entries; DELETE FROM ordered; DELETE FROM stores;
		UPDATE universe SET snapshot = 0`)
}

// backup copies the database to a new file; a half copy has another name.
func (d *database) backup(path string) error {
	if _, err := os.Stat(path); err == nil {
		return errors.New("there is such a file already, want a new one")
	}
	half := path + "-half"
	name, err := dataSource(half, Options{})
	if err != nil {
		return err
	}
	if err := d.flushUpdates(); err != nil {
		return err
	}
	conn, err := connect(name)
	if err != nil {
		return err
	}
	err = d.apart(func() error { return copyDatabase(conn, d.conn) })
	if err = errors.Join(err, conn.Close()); err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(half))
	}
	return nil
}

// restore copies another database over this one, which an older schema may have made.
func (d *database) restore(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	name, err := dataSource(path, Options{})
	if err != nil {
		return err
	}
	conn, err := connect(name)
	if err != nil {
		return err
	}
	defer d.forget()
	source := &database{conn: conn}
	if err := source.checkIdentity(); err != nil {
		return errors.Join(err, conn.Close())
	}
	err = d.apart(func() error { return copyDatabase(d.conn, conn) })
	if err = errors.Join(err, conn.Close()); err != nil {
		return err
	}
	if d.inMemory {
		return d.makeTables()
	}
	if err := d.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	return d.end(d.makeTables())
}

// apart runs do outside of the transaction that a database in memory lives in.
func (d *database) apart(do func() error) error {
	if !d.inMemory {
		return do()
	}
	if err := d.exec(`COMMIT`); err != nil {
		return err
	}
	return errors.Join(do(), d.exec(`BEGIN IMMEDIATE`))
}

func timeIn(column driver.Value) time.Time { return ticks(column.(int64)).time() }

// eachValue visits the current value of every key of both kinds.
func (d *database) eachValue(visit func([]byte) error) error {
	const all = `SELECT value FROM entries WHERE removed = 0
		UNION ALL SELECT CAST(CAST(value AS TEXT) AS BLOB) FROM ordered`
	return d.each(all, func(row []driver.Value) error { return visit(row[0].([]byte)) })
}
