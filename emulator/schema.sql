-- Times are .NET ticks, as in version ids (R104). A NULL value is a tombstone (R96).

-- What there is once.
CREATE TABLE universe (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	snapshot INTEGER NOT NULL -- when the last one was taken (R110), 0 before the first
) STRICT;

INSERT INTO universe (id, snapshot) VALUES (1, 0);

-- The data stores. One exists while it has entries (R4).
CREATE TABLE stores (
	id      INTEGER PRIMARY KEY,
	kind    INTEGER NOT NULL, -- emulator.Kind
	name    TEXT NOT NULL,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL, -- the last write to any entry (R133)
	UNIQUE (kind, name)
) STRICT;

-- The current version of each key of the standard stores. The value stands last, so that the rest
-- is read without it.
CREATE TABLE entries (
	id       INTEGER PRIMARY KEY,
	store    INTEGER NOT NULL REFERENCES stores (id),
	scope    TEXT NOT NULL,
	key      TEXT NOT NULL,
	created  INTEGER NOT NULL, -- of the object (R107)
	sequence INTEGER NOT NULL,
	written  INTEGER NOT NULL,
	removed  INTEGER NOT NULL, -- when, negative if for good (R125); 0 while the key lives
	user_ids TEXT, -- a JSON array, or NULL when there are none
	metadata TEXT, -- a JSON object, or NULL when there is none
	value    BLOB -- JSON
) STRICT;

-- How a scope's keys are found and listed. It holds all that a listing shows, so that none reads the
-- entries, which lie far apart where there are many.
CREATE INDEX entries_by_key ON entries (store, scope, key, removed);

-- How an AllScopes store lists its keys (R126, R131). Two scopes can share a path: scope a, key b/c
-- and scope a/b, key c. With its scope, a path tells a key apart.
CREATE UNIQUE INDEX entries_by_path ON entries (store, scope || '/' || key, scope);

-- What will be purged, by age (R99).
CREATE INDEX entries_removed ON entries (abs(removed)) WHERE removed <> 0;

-- Earlier versions that were kept (R108, R112).
CREATE TABLE versions (
	entry    INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
	written  INTEGER NOT NULL,
	sequence INTEGER NOT NULL,
	expires  INTEGER NOT NULL, -- R111
	user_ids TEXT,
	metadata TEXT,
	value    BLOB,
	PRIMARY KEY (entry, written)
) STRICT;

CREATE INDEX versions_by_expiry ON versions (expires);

-- The ordered stores: no versions, no attributes (R8).
CREATE TABLE ordered (
	store INTEGER NOT NULL REFERENCES stores (id),
	scope TEXT NOT NULL,
	key   TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (store, scope, key)
) STRICT, WITHOUT ROWID;

-- Equal values are listed by key in both directions (R161).
CREATE INDEX ordered_ascending ON ordered (store, scope, value, key);
CREATE INDEX ordered_descending ON ordered (store, scope, value DESC, key);
