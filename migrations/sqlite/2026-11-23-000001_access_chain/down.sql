DROP TABLE access_queries;
DROP TABLE access_subjects;
DROP TABLE access_heads;
DROP TABLE access_log;
DROP TABLE access_chains;
CREATE TABLE access_log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    action TEXT NOT NULL,
    query BLOB,
    cases TEXT NOT NULL,
    trace TEXT
);
INSERT INTO access_log SELECT * FROM access_log_unchained;
DROP TABLE access_log_unchained;
CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_log_no_replace BEFORE INSERT ON access_log
WHEN EXISTS (SELECT 1 FROM access_log WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
