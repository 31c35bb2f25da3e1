-- Keys that can be exchanged. Instants are microseconds since 1970-01-01. The same names stand in migrations/postgres.

-- Each person's key, sealed by a master key: apart from what it opens, so that a backup can be made without it.
CREATE TABLE person_keys (
    person BLOB PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO person_keys (person, master_key, sealed_key) SELECT id, master_key, sealed_key FROM persons;
CREATE INDEX person_keys_master ON person_keys (master_key, person);
ALTER TABLE persons DROP COLUMN master_key;
ALTER TABLE persons DROP COLUMN sealed_key;

-- What must stay the same when the master key does not: look-up keys, and the keys of fingerprints, noise and exports. Each
-- sealed by a master key.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed BLOB NOT NULL,
    since BIGINT NOT NULL
) WITHOUT ROWID;

-- When a master key was taken out of use: nothing is sealed by it any more.
ALTER TABLE master_keys ADD COLUMN retired BIGINT;

-- Raised with each change of the keys. Who writes holds it until commit, so that a change waits for them, and they for it.
CREATE TABLE key_head (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    generation BIGINT NOT NULL
);
INSERT INTO key_head (one, generation) VALUES (1, 0);

-- How far the journal of erasures outside the database has come: its lines, and what the last one is chained by. No row
-- where none was begun.
CREATE TABLE erasure_journal (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    lines BIGINT NOT NULL,
    mac BLOB NOT NULL
);
