-- For an empty database only: what is sealed is not to be dropped.
DROP TABLE retention_runs;
DROP TRIGGER registrations_deleted_only;
CREATE TRIGGER registrations_no_delete BEFORE DELETE ON registrations
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
DROP TRIGGER meetings_deleted_only;
CREATE TRIGGER meetings_no_delete BEFORE DELETE ON meetings
BEGIN SELECT RAISE(ABORT, 'meetings is append-only'); END;
DROP TRIGGER case_offices_deleted_only;
CREATE TRIGGER case_offices_no_delete BEFORE DELETE ON case_offices
BEGIN SELECT RAISE(ABORT, 'case_offices is append-only'); END;
DROP TRIGGER client_references_deleted_only;
CREATE TRIGGER client_references_no_delete BEFORE DELETE ON client_references
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
DROP TABLE erasure_journal;
DROP TABLE key_head;
DROP TABLE master_keys;
CREATE TABLE master_keys (
    id TEXT PRIMARY KEY,
    since BIGINT NOT NULL
) WITHOUT ROWID;
DROP TABLE secrets;
DROP TABLE persons;
CREATE TABLE persons (
    id BLOB PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    sealed_number BLOB NOT NULL
);
DROP TABLE person_keys;
