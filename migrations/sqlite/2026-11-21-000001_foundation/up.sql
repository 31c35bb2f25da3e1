-- The first schema. Days are days since 1970-01-01, instants microseconds since then, ids 16 bytes.
-- The same names stand in migrations/postgres.

-- The one order of everything: the last position given out. Taken last in a transaction, so that positions are
-- dense and in commit order, also with several processes.
CREATE TABLE change_head (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL
);
INSERT INTO change_head (one, position) VALUES (1, 0);

-- What was committed, in that order: what the feed and the reports follow. case_number is null for registers.
CREATE TABLE changes (
    position INTEGER PRIMARY KEY,
    case_number BIGINT,
    subject TEXT NOT NULL
);

-- Who a case is about: a number encrypted under a key of its own, which is sealed by a master key.
CREATE TABLE persons (
    id BLOB PRIMARY KEY,
    master_key TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    sealed_number BLOB NOT NULL
);
CREATE TABLE person_lookups (
    key_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    person BLOB NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    PRIMARY KEY (key_id, hash)
) WITHOUT ROWID;
CREATE INDEX person_lookups_person ON person_lookups (person);

-- The case as it stands now: all that lists need. Everything here can be made again from the journal.
CREATE TABLE cases (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    person BLOB,
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
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    step TEXT,
    date INTEGER,
    known_from BIGINT NOT NULL,
    agency TEXT NOT NULL,
    client TEXT NOT NULL,
    handler TEXT,
    agreement TEXT,
    rule_set INTEGER NOT NULL,
    supersedes BLOB,
    detail TEXT,
    PRIMARY KEY (case_number, position)
) WITHOUT ROWID;
CREATE UNIQUE INDEX registrations_id ON registrations (id);

-- What a client's own reference stands for: a keyed hash of client and reference, so that nothing can be read from it.
CREATE TABLE client_references (
    hash BLOB PRIMARY KEY,
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    registration BLOB NOT NULL
) WITHOUT ROWID;
-- Which master keys the identities are sealed by: a service with another key does not start.
CREATE TABLE master_keys (
    id TEXT PRIMARY KEY,
    since BIGINT NOT NULL
) WITHOUT ROWID;

-- What can be erased stands in rows of its own: never updated, deleted only beside a row in erasures.
CREATE TABLE case_subjects (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    birth INTEGER,
    municipality TEXT,
    district TEXT,
    PRIMARY KEY (case_number, position)
) WITHOUT ROWID;
CREATE TABLE answers (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    question TEXT NOT NULL,
    place SMALLINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (case_number, position, question, place)
) WITHOUT ROWID;
CREATE TABLE consents (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    obtained_on INTEGER NOT NULL,
    obtained_by TEXT NOT NULL,
    office TEXT NOT NULL,
    form TEXT NOT NULL,
    PRIMARY KEY (case_number, position)
) WITHOUT ROWID;
CREATE TABLE case_references (
    agency TEXT NOT NULL,
    reference TEXT NOT NULL,
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (agency, reference)
) WITHOUT ROWID;
CREATE INDEX case_references_case ON case_references (case_number);
CREATE TABLE case_handlers (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    handler TEXT,
    from_day INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, agency)
) WITHOUT ROWID;
CREATE TABLE fingerprints (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    fingerprint BLOB NOT NULL,
    PRIMARY KEY (case_number, position)
) WITHOUT ROWID;
CREATE TABLE reason_texts (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (case_number, position)
) WITHOUT ROWID;

-- What stays when identity is erased.
CREATE TABLE meetings (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, date)
) WITHOUT ROWID;
CREATE TABLE case_offices (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    agency TEXT NOT NULL,
    office TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    PRIMARY KEY (case_number, position, agency)
) WITHOUT ROWID;

-- Which identities were erased, when and why; replayed after a restore.
CREATE TABLE erasures (
    position INTEGER PRIMARY KEY,
    case_number BIGINT NOT NULL,
    person BLOB,
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
) WITHOUT ROWID;
CREATE INDEX organisation_rows_position ON organisation_rows (position);

-- Answers kept for clients that ask again with the same Idempotency-Key.
CREATE TABLE receipts (
    client TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status SMALLINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT,
    case_number BIGINT,
    created BIGINT NOT NULL,
    PRIMARY KEY (client, idempotency_key)
) WITHOUT ROWID;
CREATE INDEX receipts_created ON receipts (created);
CREATE INDEX receipts_case ON receipts (case_number) WHERE case_number IS NOT NULL;

-- Who read or searched what. Query is a keyed hash; cases are public ids.
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

-- Guards: what is appended stays as it is, also for whoever opens the file by hand.
CREATE TRIGGER changes_no_update BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER changes_no_delete BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER registrations_no_update BEFORE UPDATE ON registrations
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
CREATE TRIGGER registrations_no_delete BEFORE DELETE ON registrations
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures
BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures
BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;
CREATE TRIGGER organisation_rows_no_update BEFORE UPDATE ON organisation_rows
BEGIN SELECT RAISE(ABORT, 'organisation_rows is append-only'); END;
CREATE TRIGGER organisation_rows_no_delete BEFORE DELETE ON organisation_rows
BEGIN SELECT RAISE(ABORT, 'organisation_rows is append-only'); END;
CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER meetings_no_update BEFORE UPDATE ON meetings
BEGIN SELECT RAISE(ABORT, 'meetings is append-only'); END;
CREATE TRIGGER meetings_no_delete BEFORE DELETE ON meetings
BEGIN SELECT RAISE(ABORT, 'meetings is append-only'); END;
CREATE TRIGGER case_offices_no_update BEFORE UPDATE ON case_offices
BEGIN SELECT RAISE(ABORT, 'case_offices is append-only'); END;
CREATE TRIGGER case_offices_no_delete BEFORE DELETE ON case_offices
BEGIN SELECT RAISE(ABORT, 'case_offices is append-only'); END;
CREATE TRIGGER client_references_no_update BEFORE UPDATE ON client_references
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
CREATE TRIGGER client_references_no_delete BEFORE DELETE ON client_references
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
CREATE TRIGGER registrations_no_replace BEFORE INSERT ON registrations
WHEN EXISTS (SELECT 1 FROM registrations WHERE case_number = NEW.case_number AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
CREATE TRIGGER changes_no_replace BEFORE INSERT ON changes
WHEN EXISTS (SELECT 1 FROM changes WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER erasures_no_replace BEFORE INSERT ON erasures
WHEN EXISTS (SELECT 1 FROM erasures WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;
CREATE TRIGGER organisation_rows_no_replace BEFORE INSERT ON organisation_rows
WHEN EXISTS (SELECT 1 FROM organisation_rows WHERE kind = NEW.kind AND code = NEW.code AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'organisation_rows is append-only'); END;
CREATE TRIGGER access_log_no_replace BEFORE INSERT ON access_log
WHEN EXISTS (SELECT 1 FROM access_log WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER case_subjects_no_update BEFORE UPDATE ON case_subjects
BEGIN SELECT RAISE(ABORT, 'case_subjects is never updated'); END;
CREATE TRIGGER case_subjects_erased_only BEFORE DELETE ON case_subjects
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'case_subjects is deleted only beside an erasure'); END;
CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers
BEGIN SELECT RAISE(ABORT, 'answers is never updated'); END;
CREATE TRIGGER answers_erased_only BEFORE DELETE ON answers
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'answers is deleted only beside an erasure'); END;
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents
BEGIN SELECT RAISE(ABORT, 'consents is never updated'); END;
CREATE TRIGGER consents_erased_only BEFORE DELETE ON consents
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'consents is deleted only beside an erasure'); END;
CREATE TRIGGER case_references_no_update BEFORE UPDATE ON case_references
BEGIN SELECT RAISE(ABORT, 'case_references is never updated'); END;
CREATE TRIGGER case_references_erased_only BEFORE DELETE ON case_references
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'case_references is deleted only beside an erasure'); END;
CREATE TRIGGER case_handlers_no_update BEFORE UPDATE ON case_handlers
BEGIN SELECT RAISE(ABORT, 'case_handlers is never updated'); END;
CREATE TRIGGER case_handlers_erased_only BEFORE DELETE ON case_handlers
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'case_handlers is deleted only beside an erasure'); END;
CREATE TRIGGER fingerprints_no_update BEFORE UPDATE ON fingerprints
BEGIN SELECT RAISE(ABORT, 'fingerprints is never updated'); END;
CREATE TRIGGER fingerprints_erased_only BEFORE DELETE ON fingerprints
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'fingerprints is deleted only beside an erasure'); END;
CREATE TRIGGER reason_texts_no_update BEFORE UPDATE ON reason_texts
BEGIN SELECT RAISE(ABORT, 'reason_texts is never updated'); END;
CREATE TRIGGER reason_texts_erased_only BEFORE DELETE ON reason_texts
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number)
BEGIN SELECT RAISE(ABORT, 'reason_texts is deleted only beside an erasure'); END;
