-- Keys that can be exchanged. Instants are microseconds since 1970-01-01. The same names stand in migrations/sqlite.

-- Each person's key, sealed by a master key: apart from what it opens, so that a backup can be made without it.
CREATE TABLE person_keys (
    person BYTEA PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BYTEA NOT NULL
);
INSERT INTO person_keys (person, master_key, sealed_key) SELECT id, master_key, sealed_key FROM persons;
CREATE INDEX person_keys_master ON person_keys (master_key, person);
ALTER TABLE persons DROP COLUMN master_key;
ALTER TABLE persons DROP COLUMN sealed_key;

-- What must stay the same when the master key does not: look-up keys, and the keys of fingerprints, noise and exports. Each
-- sealed by a master key.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    since BIGINT NOT NULL
);

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
    mac BYTEA NOT NULL
);

-- What retention did: when, by which rules (their digest), how many by each. No personal data; each row is chained to the
-- one before by a keyed hash.
CREATE TABLE retention_runs (
    run BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    rules TEXT NOT NULL,
    counts TEXT NOT NULL,
    mac BYTEA NOT NULL
);

-- A whole case is deleted only beside an erasure that says so.
CREATE FUNCTION refuse_unless_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion') THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER registrations_append_only ON registrations;
CREATE TRIGGER registrations_append_only BEFORE UPDATE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registrations_deleted_only BEFORE DELETE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_deleted();
DROP TRIGGER meetings_append_only ON meetings;
CREATE TRIGGER meetings_append_only BEFORE UPDATE ON meetings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meetings_deleted_only BEFORE DELETE ON meetings
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_deleted();
DROP TRIGGER case_offices_append_only ON case_offices;
CREATE TRIGGER case_offices_append_only BEFORE UPDATE ON case_offices
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_offices_deleted_only BEFORE DELETE ON case_offices
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_deleted();
DROP TRIGGER client_references_append_only ON client_references;
CREATE TRIGGER client_references_append_only BEFORE UPDATE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER client_references_deleted_only BEFORE DELETE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_deleted();
