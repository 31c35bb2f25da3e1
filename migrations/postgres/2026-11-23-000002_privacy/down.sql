-- For an empty database only: what is sealed is not to be dropped.
DROP TABLE erasure_journal;
DROP TABLE key_head;
ALTER TABLE master_keys DROP COLUMN retired;
DROP TABLE secrets;
ALTER TABLE persons ADD COLUMN master_key TEXT NOT NULL;
ALTER TABLE persons ADD COLUMN sealed_key BYTEA NOT NULL;
DROP TABLE person_keys;
