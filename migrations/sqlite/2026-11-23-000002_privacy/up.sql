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

-- What retention did: when, by which rules (their digest), how many by each. No personal data; each row is chained to the
-- one before by a keyed hash.
CREATE TABLE retention_runs (
    run BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    rules TEXT NOT NULL,
    counts TEXT NOT NULL,
    mac BLOB NOT NULL
);

-- A whole case is deleted only beside an erasure that says so.
DROP TRIGGER registrations_no_delete;
CREATE TRIGGER registrations_deleted_only BEFORE DELETE ON registrations
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion')
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
DROP TRIGGER meetings_no_delete;
CREATE TRIGGER meetings_deleted_only BEFORE DELETE ON meetings
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion')
BEGIN SELECT RAISE(ABORT, 'meetings is append-only'); END;
DROP TRIGGER case_offices_no_delete;
CREATE TRIGGER case_offices_deleted_only BEFORE DELETE ON case_offices
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion')
BEGIN SELECT RAISE(ABORT, 'case_offices is append-only'); END;
DROP TRIGGER client_references_no_delete;
CREATE TRIGGER client_references_deleted_only BEFORE DELETE ON client_references
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion')
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
