package emulator

import "database/sql/driver"

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
