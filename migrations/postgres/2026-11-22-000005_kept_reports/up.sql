-- Reports that are kept. Instants are microseconds since 1970-01-01, days days since then, ids 16 bytes.
-- The same names stand in migrations/sqlite.

-- Which cases became known between two instants: why figures changed.
CREATE INDEX registrations_known_from ON registrations (known_from);

-- Reports as they were when they were frozen, with all that any form of them is made from. No identity.
CREATE TABLE frozen_reports (
    id BYTEA PRIMARY KEY,
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
    id BYTEA NOT NULL,
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
);

CREATE TRIGGER frozen_reports_no_truncate BEFORE TRUNCATE ON frozen_reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen_reports_append_only BEFORE UPDATE OR DELETE ON frozen_reports
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_packages_no_truncate BEFORE TRUNCATE ON report_packages
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_packages_append_only BEFORE UPDATE OR DELETE ON report_packages
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
