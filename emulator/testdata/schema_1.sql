-- Times are .NET ticks, as in version ids (R104). A NULL value is a tombstone (R96).

-- One scope of one data store. It exists from its first entry on (R4).
CREATE TABLE stores (
	id      INTEGER PRIMARY KEY,
	kind    INTEGER NOT NULL, -- emulator.Kind
	name    TEXT NOT NULL,
	scope   TEXT NOT NULL,
	created INTEGER NOT NULL,
	UNIQUE (kind, name, scope)
) STRICT;

-- The current version of each key of the standard stores. The value stands last, so that the rest
-- is read without it.
CREATE TABLE entries (
	id       INTEGER PRIMARY KEY,
	store    INTEGER NOT NULL REFERENCES stores (id),
	key      TEXT NOT NULL,
	created  INTEGER NOT NULL, -- of the object (R107)
	sequence INTEGER NOT NULL,
	written  INTEGER NOT NULL,
	user_ids TEXT, -- a JSON array, or NULL when there are none
	metadata TEXT, -- a JSON object, or NULL when there is none
	value    BLOB, -- JSON
	UNIQUE (store, key)
) STRICT;

-- Earlier versions that were kept (R108, R112).
CREATE TABLE versions (
	entry      INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
	written    INTEGER NOT NULL,
	sequence   INTEGER NOT NULL,
	superseded INTEGER NOT NULL, -- expires so long after this (R111)
	user_ids   TEXT,
	metadata   TEXT,
	value      BLOB,
	PRIMARY KEY (entry, written)
) STRICT;

-- The ordered stores: no versions, no attributes (R8).
CREATE TABLE ordered (
	store INTEGER NOT NULL REFERENCES stores (id),
	key   TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (store, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX ordered_by_value ON ordered (store, value, key);
