-- A database as savestone's first schema laid it out.

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

PRAGMA application_id = 0x73767374;
PRAGMA user_version = 1;

-- 2026-01-01T02:50Z is 639028326000000000 ticks.
INSERT INTO stores (id, kind, name, scope, created) VALUES
	(1, 0, 'Coins', 'global', 639028326000000000),
	(2, 0, 'Coins', 'a/b', 639028326000000001),
	(3, 1, 'Coins', 'global', 639028326000000002),
	(4, 0, '', 'u', 639028326000000003),
	(5, 0, 'Empty', 'global', 639028326000000004);
INSERT INTO entries (id, store, key, created, sequence, written, user_ids, metadata, value) VALUES
	(7, 1, 'k', 639028326000000000, 3, 639028398000000000, '[1,-2]', '{"a":1}', CAST('{"coins":5}' AS BLOB)),
	(8, 1, 'gone', 639028326000000000, 2, 639028362000000000, NULL, NULL, NULL),
	(9, 2, 'k', 639028326000000001, 1, 639028326000000001, NULL, NULL, CAST('"scoped"' AS BLOB)),
	(10, 4, 'k', 639028326000000003, 1, 639028326000000003, NULL, NULL, CAST('null' AS BLOB));
INSERT INTO versions (entry, written, sequence, superseded, user_ids, metadata, value) VALUES
	(7, 639028326000000000, 1, 639028362000000000, '[1]', NULL, CAST('1' AS BLOB)),
	(7, 639028362000000000, 2, 639028398000000000, NULL, '{"b":2}', CAST('2' AS BLOB)),
	(8, 639028326000000000, 1, 639028362000000000, NULL, NULL, CAST('"was"' AS BLOB));
INSERT INTO ordered (store, key, value) VALUES (3, 'k', -5), (3, 'l', 9223372036854775807);
