-- The access log as proof: every row is sealed to the one before it with a key that the database does not hold.

-- What was written before there were chains stays as it is; the first chain begins with a seal over it.
ALTER TABLE access_log RENAME TO access_log_unchained;
CREATE TRIGGER access_log_unchained_no_insert BEFORE INSERT ON access_log_unchained
BEGIN SELECT RAISE(ABORT, 'access_log_unchained is closed'); END;

-- One chain a process. The id is random; the number is where its rows begin: its entries are number * 2^40 + sequence.
CREATE TABLE access_chains (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    key_id TEXT NOT NULL,
    began BIGINT NOT NULL
);

-- Who read, searched or changed what. Query is a keyed hash, cases are public ids of 16 bytes each, salts 16 bytes a
-- field; erased holds, for a field that was forgotten, its place and its salted hash.
CREATE TABLE access_log (
    entry INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    action TEXT NOT NULL,
    query BLOB,
    cases BLOB NOT NULL,
    counted BIGINT NOT NULL,
    trace TEXT,
    salts BLOB NOT NULL,
    erased BLOB,
    hash BLOB NOT NULL
);

-- The newest rows of all chains as one row of the log signed them.
CREATE TABLE access_heads (
    signer BIGINT NOT NULL,
    chain BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (signer, chain)
) WITHOUT ROWID;
CREATE INDEX access_heads_signed ON access_heads (chain, sequence);

-- Where to look: in which pieces of the log (1 024 entries) a case or a handläggare stands on a day. Made from the log.
CREATE TABLE access_subjects (
    subject BLOB NOT NULL,
    day INTEGER NOT NULL,
    piece BIGINT NOT NULL,
    PRIMARY KEY (subject, day, piece)
) WITHOUT ROWID;
CREATE TABLE access_queries (
    query BLOB NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (query, entry)
) WITHOUT ROWID;

-- Guards. The one change that may be made to a row of the log is that the query is forgotten with its salt.
CREATE TRIGGER access_chains_no_update BEFORE UPDATE ON access_chains
BEGIN SELECT RAISE(ABORT, 'access_chains is append-only'); END;
CREATE TRIGGER access_chains_no_delete BEFORE DELETE ON access_chains
BEGIN SELECT RAISE(ABORT, 'access_chains is append-only'); END;
CREATE TRIGGER access_rows_forget_only BEFORE UPDATE ON access_log
WHEN NOT (NEW.query IS NULL AND OLD.query IS NOT NULL AND OLD.erased IS NULL AND length(NEW.erased) = 33
    AND length(NEW.salts) = length(OLD.salts) AND NEW.entry = OLD.entry AND NEW.at = OLD.at AND NEW.kind = OLD.kind
    AND NEW.client = OLD.client AND NEW.agency IS OLD.agency AND NEW.handler IS OLD.handler
    AND NEW.action = OLD.action AND NEW.cases = OLD.cases AND NEW.counted = OLD.counted AND NEW.trace IS OLD.trace
    AND NEW.hash = OLD.hash)
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_rows_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_rows_no_replace BEFORE INSERT ON access_log
WHEN EXISTS (SELECT 1 FROM access_log WHERE entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'access_log is append-only'); END;
CREATE TRIGGER access_heads_no_update BEFORE UPDATE ON access_heads
BEGIN SELECT RAISE(ABORT, 'access_heads is append-only'); END;
CREATE TRIGGER access_heads_no_delete BEFORE DELETE ON access_heads
BEGIN SELECT RAISE(ABORT, 'access_heads is append-only'); END;
