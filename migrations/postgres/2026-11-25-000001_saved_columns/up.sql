-- Keys of the reports' columns as they were saved to a file. Whatever takes something away of a case takes the keys away,
-- and no file that still holds it can be read. The same names stand in migrations/sqlite.

CREATE TABLE saved_columns (
    id BYTEA PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    position BIGINT NOT NULL,
    saved_at BIGINT NOT NULL
);

CREATE FUNCTION forget_columns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM saved_columns;
    RETURN NULL;
END $$;
CREATE TRIGGER erasures_forget_columns AFTER INSERT ON erasures
    FOR EACH STATEMENT EXECUTE FUNCTION forget_columns();
