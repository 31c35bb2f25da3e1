-- Reports that are kept. Instants are microseconds since 1970-01-01, days days since then, ids 16 bytes.
-- The same names stand in migrations/postgres.

-- Which cases became known between two instants: why figures changed.
CREATE INDEX registrations_known_from ON registrations (known_from);

-- Reports as they were when they were frozen, with all that any form of them is made from. No identity.
CREATE TABLE frozen_reports (
    id BLOB PRIMARY KEY,
    frozen_at BIGINT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    name TEXT NOT NULL,
    report TEXT NOT NULL,
    version INTEGER NOT NULL,
    lang TEXT NOT NULL,
    geography TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    as_of BIGINT NOT NULL,
    counted_to BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX frozen_reports_frozen_at ON frozen_reports (frozen_at);

-- Which parts of a report a steering group follows: a row per version. The newest counts; one that says removed ends it.
CREATE TABLE report_packages (
    id BLOB NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    removed SMALLINT NOT NULL,
    name TEXT NOT NULL,
    steering_group TEXT,
    report TEXT NOT NULL,
    parts TEXT NOT NULL,
    PRIMARY KEY (id, version)
) WITHOUT ROWID;

CREATE TRIGGER frozen_reports_no_update BEFORE UPDATE ON frozen_reports
BEGIN SELECT RAISE(ABORT, 'frozen_reports is append-only'); END;
CREATE TRIGGER frozen_reports_no_delete BEFORE DELETE ON frozen_reports
BEGIN SELECT RAISE(ABORT, 'frozen_reports is append-only'); END;
CREATE TRIGGER frozen_reports_no_replace BEFORE INSERT ON frozen_reports
WHEN EXISTS (SELECT 1 FROM frozen_reports WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'frozen_reports is append-only'); END;
CREATE TRIGGER report_packages_no_update BEFORE UPDATE ON report_packages
BEGIN SELECT RAISE(ABORT, 'report_packages is append-only'); END;
CREATE TRIGGER report_packages_no_delete BEFORE DELETE ON report_packages
BEGIN SELECT RAISE(ABORT, 'report_packages is append-only'); END;
CREATE TRIGGER report_packages_no_replace BEFORE INSERT ON report_packages
WHEN EXISTS (SELECT 1 FROM report_packages WHERE id = NEW.id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'report_packages is append-only'); END;
