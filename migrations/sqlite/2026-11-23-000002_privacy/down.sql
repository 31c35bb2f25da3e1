-- For an empty database only: what is sealed is not to be dropped.
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
