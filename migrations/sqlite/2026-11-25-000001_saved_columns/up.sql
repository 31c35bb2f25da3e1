-- Keys of the reports' columns as they were saved to a file. Whatever takes something away of a case takes the keys away,
-- and no file that still holds it can be read. The same names stand in migrations/postgres.

CREATE TABLE saved_columns (
    id BLOB PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    position BIGINT NOT NULL,
    saved_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER erasures_forget_columns AFTER INSERT ON erasures
BEGIN DELETE FROM saved_columns; END;
