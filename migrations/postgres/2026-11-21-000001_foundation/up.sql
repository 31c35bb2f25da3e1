-- The first schema. Days are days since 1970-01-01, instants microseconds since then, ids 16 bytes.
-- The same names stand in migrations/sqlite.

-- The one order of everything: the last position given out. Taken last in a transaction, so that positions are
-- dense and in commit order, also with several processes.
CREATE TABLE change_head (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL
);
INSERT INTO change_head (one, position) VALUES (1, 0);

-- What was committed, in that order: what the feed and the reports follow. case_number is null for registers.
CREATE TABLE changes (
    position BIGINT PRIMARY KEY,
    case_number BIGINT,
    subject TEXT NOT NULL
);

-- Who a case is about: a number encrypted under a key of its own, which is sealed by a master key.
CREATE TABLE persons (
    id BYTEA PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    sealed_number BYTEA NOT NULL
);
CREATE TABLE person_lookups (
    key_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    person BYTEA NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    PRIMARY KEY (key_id, hash)
);
CREATE INDEX person_lookups_person ON person_lookups (person);

-- The case as it stands now: all that lists need. Everything here can be made again from the journal.
CREATE TABLE cases (
    number BIGINT PRIMARY KEY,
    id BYTEA NOT NULL,
    person BYTEA,
    identity TEXT NOT NULL,
    sex TEXT NOT NULL,
    version BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    step TEXT NOT NULL,
    step_date INTEGER NOT NULL,
    next_owner TEXT,
    due INTEGER,
    missing INTEGER NOT NULL,
    fk_office TEXT NOT NULL,
    af_office TEXT NOT NULL,
    fk_handler TEXT,
    af_handler TEXT
);
CREATE UNIQUE INDEX cases_id ON cases (id);
CREATE INDEX cases_person ON cases (person) WHERE person IS NOT NULL;
-- At most one open case per person, nationally.
CREATE UNIQUE INDEX cases_one_open ON cases (person) WHERE state = 0 AND person IS NOT NULL;
CREATE INDEX cases_fk_handler ON cases (fk_handler, due) WHERE state = 0 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler ON cases (af_handler, due) WHERE state = 0 AND af_handler IS NOT NULL;
CREATE INDEX cases_fk_office ON cases (fk_office) WHERE state = 0;
CREATE INDEX cases_af_office ON cases (af_office) WHERE state = 0;

-- The journal: appended, never rewritten. Clustered by case, as a case is always read whole.
CREATE TABLE registrations (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    step TEXT,
    date INTEGER,
    known_from BIGINT NOT NULL,
    agency TEXT NOT NULL,
    client TEXT NOT NULL,
    handler TEXT,
    agreement TEXT,
    rule_set INTEGER NOT NULL,
    supersedes BYTEA,
    detail TEXT,
    PRIMARY KEY (case_number, position)
);
CREATE UNIQUE INDEX registrations_id ON registrations (id);

-- What a client's own reference stands for: a keyed hash of client and reference, so that nothing can be read from it.
CREATE TABLE client_references (
    hash BYTEA PRIMARY KEY,
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    registration BYTEA NOT NULL
);
-- Which master keys the identities are sealed by: a service with another key does not start.
CREATE TABLE master_keys (
    id TEXT PRIMARY KEY,
    since BIGINT NOT NULL
);

-- What can be erased stands in rows of its own: never updated, deleted only beside a row in erasures.
CREATE TABLE case_subjects (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    birth INTEGER,
    municipality TEXT,
    district TEXT,
    PRIMARY KEY (case_number, position)
);
CREATE TABLE answers (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    question TEXT NOT NULL,
    place SMALLINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (case_number, position, question, place)
);
CREATE TABLE consents (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    obtained_on INTEGER NOT NULL,
    obtained_by TEXT NOT NULL,
    office TEXT NOT NULL,
    form TEXT NOT NULL,
    PRIMARY KEY (case_number, position)
);
CREATE TABLE case_references (
    agency TEXT NOT NULL,
    reference TEXT NOT NULL,
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (agency, reference)
);
CREATE INDEX case_references_case ON case_references (case_number);
CREATE TABLE case_handlers (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    handler TEXT,
    from_day INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, agency)
);
CREATE TABLE fingerprints (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    fingerprint BYTEA NOT NULL,
    PRIMARY KEY (case_number, position)
);
CREATE TABLE reason_texts (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (case_number, position)
);

-- What stays when identity is erased.
CREATE TABLE meetings (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, date)
);
CREATE TABLE case_offices (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    office TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, agency)
);

-- Which identities were erased, when and why; replayed after a restore.
CREATE TABLE erasures (
    position BIGINT PRIMARY KEY,
    case_number BIGINT NOT NULL,
    person BYTEA,
    reason TEXT NOT NULL,
    erased_at BIGINT NOT NULL
);
CREATE INDEX erasures_case ON erasures (case_number);

-- The registers of offices, handläggare, agreements and definitions: a row per entry and version.
CREATE TABLE organisation_rows (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    position BIGINT NOT NULL,
    known_from BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, code, position)
);
CREATE INDEX organisation_rows_position ON organisation_rows (position);

-- Answers kept for clients that ask again with the same Idempotency-Key.
CREATE TABLE receipts (
    client TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    status SMALLINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT,
    case_number BIGINT,
    created BIGINT NOT NULL,
    PRIMARY KEY (client, idempotency_key)
);
CREATE INDEX receipts_created ON receipts (created);
CREATE INDEX receipts_case ON receipts (case_number) WHERE case_number IS NOT NULL;

-- Who read or searched what. Query is a keyed hash; cases are public ids.
CREATE TABLE access_log (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    action TEXT NOT NULL,
    query BYTEA,
    cases TEXT NOT NULL,
    trace TEXT
);

-- Guards: what is appended stays as it is, also for whoever opens a console.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number) THEN
        RAISE EXCEPTION '% is deleted only beside an erasure', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER changes_no_truncate BEFORE TRUNCATE ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER changes_append_only BEFORE UPDATE OR DELETE ON changes
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registrations_no_truncate BEFORE TRUNCATE ON registrations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registrations_append_only BEFORE UPDATE OR DELETE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasures_no_truncate BEFORE TRUNCATE ON erasures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER erasures_append_only BEFORE UPDATE OR DELETE ON erasures
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_rows_no_truncate BEFORE TRUNCATE ON organisation_rows
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_rows_append_only BEFORE UPDATE OR DELETE ON organisation_rows
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_log_no_truncate BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meetings_no_truncate BEFORE TRUNCATE ON meetings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meetings_append_only BEFORE UPDATE OR DELETE ON meetings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_offices_no_truncate BEFORE TRUNCATE ON case_offices
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_offices_append_only BEFORE UPDATE OR DELETE ON case_offices
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER client_references_no_truncate BEFORE TRUNCATE ON client_references
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER client_references_append_only BEFORE UPDATE OR DELETE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_subjects_no_truncate BEFORE TRUNCATE ON case_subjects
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_subjects_no_update BEFORE UPDATE ON case_subjects
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_subjects_erased_only BEFORE DELETE ON case_subjects
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER answers_no_truncate BEFORE TRUNCATE ON answers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER answers_erased_only BEFORE DELETE ON answers
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER consents_no_truncate BEFORE TRUNCATE ON consents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER consents_erased_only BEFORE DELETE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER case_references_no_truncate BEFORE TRUNCATE ON case_references
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_references_no_update BEFORE UPDATE ON case_references
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_references_erased_only BEFORE DELETE ON case_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER case_handlers_no_truncate BEFORE TRUNCATE ON case_handlers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_handlers_no_update BEFORE UPDATE ON case_handlers
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_handlers_erased_only BEFORE DELETE ON case_handlers
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER fingerprints_no_truncate BEFORE TRUNCATE ON fingerprints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fingerprints_no_update BEFORE UPDATE ON fingerprints
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER fingerprints_erased_only BEFORE DELETE ON fingerprints
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
CREATE TRIGGER reason_texts_no_truncate BEFORE TRUNCATE ON reason_texts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reason_texts_no_update BEFORE UPDATE ON reason_texts
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reason_texts_erased_only BEFORE DELETE ON reason_texts
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
