-- A database as savestone's second schema laid it out.

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
	value    BLOB, -- JSON
	UNIQUE (store, scope, key)
) STRICT;

-- How an AllScopes store lists its keys (R126, R131). Two scopes can share a path: scope a, key b/c
-- and scope a/b, key c.
CREATE INDEX entries_by_path ON entries (store, scope || '/' || key, scope);

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

PRAGMA application_id = 0x73767374;
PRAGMA user_version = 2;

-- 2026-01-01T02:50Z is 639028326000000000 ticks.
UPDATE universe SET snapshot = 639028326000000000;
INSERT INTO stores (id, kind, name, created, updated) VALUES
	(1, 0, 'Coins', 639028326000000000, 639028398000000000),
	(2, 1, 'Coins', 639028326000000002, 639028326000000002),
	(3, 0, '', 639028326000000003, 639028326000000003);
INSERT INTO entries
	(id, store, scope, key, created, sequence, written, removed, user_ids, metadata, value)
VALUES
	(7, 1, 'global', 'k', 639028326000000000, 3, 639028398000000000, 0,
		'[1,-2]', '{"a":1}', CAST('{"coins":5}' AS BLOB)),
	(8, 1, 'global', 'gone', 639028326000000000, 2, 639028362000000000, 639028362000000000,
		NULL, NULL, NULL),
	(9, 1, 'a/b', 'k', 639028326000000001, 1, 639028326000000001, 0,
		NULL, NULL, CAST('"scoped"' AS BLOB)),
	(10, 3, 'u', 'k', 639028326000000003, 1, 639028326000000003, 0,
		NULL, NULL, CAST('null' AS BLOB));
INSERT INTO versions (entry, written, sequence, expires, user_ids, metadata, value) VALUES
	(7, 639028326000000000, 1, 639054282000000000, '[1]', NULL, CAST('1' AS BLOB)),
	(7, 639028362000000000, 2, 639054318000000000, NULL, '{"b":2}', CAST('2' AS BLOB)),
	(8, 639028326000000000, 1, 639054282000000000, NULL, NULL, CAST('"was"' AS BLOB));
INSERT INTO ordered (store, scope, key, value) VALUES
	(2, 'global', 'k', -5), (2, 'global', 'l', 9223372036854775807);
