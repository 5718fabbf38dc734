package emulator

// query names one of the statements that requests need.
type query int

const (
	beginReading query = iota
	beginWriting
	commitTransaction
	rollbackTransaction
	dataVersion

	selectSnapshot
	setSnapshot
	purgeEntries
	purgeVersions

	purgeStoresEntries
	purgeStores

	selectStore
	selectStoreTimes
	moveStore
	insertStore
	updateStore
	importStore
	listStores

	selectHead
	selectEntry
	selectValue
	insertEntry
	updateValue
	updateLive
	updateEntry
	deleteEntry
	listKeys
	listPaths

	keepVersion
	selectVersion
	selectVersionAt
	deleteVersion
	hasVersions
	listVersionsUp
	listVersionsDown
	exportVersions
	importVersion

	selectNumber
	setNumber
	deleteNumber
	listTie
	listNumbersUp
	listNumbersDown

	queryCount
)

// ignoresLate are the statements that neither read nor change what an entry known by heart may have
// ahead of its row.
var ignoresLate = [queryCount]bool{
	selectSnapshot: true, setSnapshot: true, purgeVersions: true,
	selectStore: true, selectStoreTimes: true, insertStore: true, updateStore: true,
	listStores: true,
	selectHead: true, selectEntry: true, selectValue: true, // of others
	insertEntry: true, updateValue: true, updateLive: true, updateEntry: true, deleteEntry: true,
	listKeys: true, listPaths: true,
	selectVersion: true, selectVersionAt: true, deleteVersion: true, hasVersions: true,
	listVersionsUp: true, listVersionsDown: true,
	selectNumber: true, setNumber: true, deleteNumber: true,
	listTie: true, listNumbersUp: true, listNumbersDown: true,
}

// argsMax is how many arguments a statement can have.
const argsMax = 10

// entryColumns are what headIn and entryIn read.
const entryColumns = `id, created, sequence, written, removed, user_ids, metadata, value`

var queryText = [queryCount]string{
	beginReading:        `BEGIN`,
	beginWriting:        `BEGIN IMMEDIATE`,
	commitTransaction:   `COMMIT`,
	rollbackTransaction: `ROLLBACK`,
	dataVersion:         `PRAGMA data_version`,

	selectSnapshot: `SELECT snapshot FROM universe`,
	setSnapshot:    `UPDATE universe SET snapshot = ?`,
	purgeEntries:   `DELETE FROM entries WHERE removed <> 0 AND abs(removed) <= ?`,
	purgeVersions:  `DELETE FROM versions WHERE expires <= ?`,

	purgeStoresEntries: `DELETE FROM entries
		WHERE store IN (SELECT id FROM stores WHERE kind = ? AND updated <= ?)`,
	purgeStores: `DELETE FROM stores WHERE kind = ? AND updated <= ?`,

	selectStore:      `SELECT id FROM stores WHERE kind = ? AND name = ?`,
	selectStoreTimes: `SELECT created, updated FROM stores WHERE kind = ? AND name = ?`,
	moveStore:        `UPDATE stores SET kind = ?, updated = ? WHERE kind = ? AND name = ?`,
	insertStore: `INSERT INTO stores (kind, name, created, updated) VALUES (?, ?, ?, ?)
		RETURNING id`,
	updateStore: `UPDATE stores SET updated = max(updated, ?) WHERE id = ?`,
	importStore: `UPDATE stores SET created = ?, updated = ? WHERE id = ?`,
	listStores: `SELECT name, created, updated FROM stores
		WHERE kind = ? AND name >= ? AND name < ? AND EXISTS (
			SELECT 1 FROM entries WHERE store = stores.id AND (removed = 0 OR abs(removed) > ?))
		ORDER BY name LIMIT ?`,

	selectHead: `SELECT id, created, sequence, written, removed, user_ids, metadata
		FROM entries WHERE store = ? AND scope = ? AND key = ?`,
	selectEntry: `SELECT ` + entryColumns + `
		FROM entries WHERE store = ? AND scope = ? AND key = ?`,
	selectValue: `SELECT value FROM entries WHERE id = ?`,
	insertEntry: `INSERT INTO entries
		(created, sequence, written, removed, user_ids, metadata, value, store, scope, key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	// Those that most writes need touch no index.
	updateValue: `UPDATE entries SET sequence = ?, written = ?, value = ? WHERE id = ?`,
	updateLive: `UPDATE entries SET sequence = ?, written = ?,
		user_ids = ?, metadata = ?, value = ? WHERE id = ?`,
	updateEntry: `UPDATE entries SET sequence = ?, written = ?,
		user_ids = ?, metadata = ?, value = ?, removed = ? WHERE id = ?`,
	deleteEntry: `DELETE FROM entries WHERE id = ?`,
	listKeys: `SELECT scope, key, removed FROM entries
		WHERE store = ? AND scope = ? AND key >= ? AND key < ?
			AND (removed = 0 OR abs(removed) > ?)
		ORDER BY key LIMIT ?`,
	listPaths: `SELECT scope, key, removed FROM entries
		WHERE store = ?1 AND scope || '/' || key >= ?2
			AND (scope || '/' || key > ?3 OR scope > ?4)
			AND scope || '/' || key < ?5 AND (removed = 0 OR abs(removed) > ?6)
		ORDER BY scope || '/' || key, scope LIMIT ?7`,

	keepVersion: `INSERT INTO versions
		(entry, written, sequence, expires, user_ids, metadata, value)
		SELECT id, written, sequence, ?, user_ids, metadata, value FROM entries WHERE id = ?`,
	selectVersion: `SELECT sequence, written, user_ids, metadata, value
		FROM versions WHERE entry = ? AND written = ? AND expires > ?`,
	selectVersionAt: `SELECT sequence, written, user_ids, metadata, value
		FROM versions WHERE entry = ? AND written < ? AND expires > ?
		ORDER BY written DESC LIMIT 1`,
	deleteVersion: `DELETE FROM versions WHERE entry = ? AND written = ?`,
	hasVersions:   `SELECT 1 FROM versions WHERE entry = ? AND expires > ? LIMIT 1`,
	listVersionsUp: `SELECT sequence, written, value IS NULL, length(value) FROM versions
		WHERE entry = ? AND written >= ? AND written < ? AND expires > ?
		ORDER BY written LIMIT ?`,
	listVersionsDown: `SELECT sequence, written, value IS NULL, length(value) FROM versions
		WHERE entry = ? AND written >= ? AND written < ? AND expires > ?
		ORDER BY written DESC LIMIT ?`,

	exportVersions: `SELECT sequence, written, user_ids, metadata, value, expires
		FROM versions WHERE entry = ? AND expires > ? ORDER BY written DESC`,
	importVersion: `INSERT INTO versions
		(entry, written, sequence, expires, user_ids, metadata, value)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,

	selectNumber: `SELECT value FROM ordered WHERE store = ? AND scope = ? AND key = ?`,
	setNumber: `INSERT INTO ordered (store, scope, key, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (store, scope, key) DO UPDATE SET value = excluded.value`,
	deleteNumber: `DELETE FROM ordered WHERE store = ? AND scope = ? AND key = ?`,
	listTie: `SELECT key, value FROM ordered
		WHERE store = ? AND scope = ? AND value = ? AND key > ? ORDER BY key LIMIT ?`,
	listNumbersUp: `SELECT key, value FROM ordered
		WHERE store = ? AND scope = ? AND value BETWEEN ? AND ? ORDER BY value, key LIMIT ?`,
	listNumbersDown: `SELECT key, value FROM ordered
		WHERE store = ? AND scope = ? AND value BETWEEN ? AND ? ORDER BY value DESC, key LIMIT ?`,
}
