-- The access log as proof: every row is sealed to the one before it with a key that the database does not hold.

-- What was written before there were chains stays as it is; the first chain begins with a seal over it.
ALTER TABLE access_log RENAME TO access_log_unchained;
ALTER TABLE access_log_unchained RENAME CONSTRAINT access_log_pkey TO access_log_unchained_pkey;
CREATE TRIGGER access_log_unchained_closed BEFORE INSERT ON access_log_unchained
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One chain a process. The id is random; the number is where its rows begin: its entries are number * 2^40 + sequence.
CREATE TABLE access_chains (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    key_id TEXT NOT NULL,
    began BIGINT NOT NULL
);

-- Who read, searched or changed what. Query is a keyed hash, cases are public ids of 16 bytes each, salts 16 bytes a
-- field; erased holds, for a field that was forgotten, its place and its salted hash.
CREATE TABLE access_log (
    entry BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    handler TEXT,
    action TEXT NOT NULL,
    query BYTEA,
    cases BYTEA NOT NULL,
    counted BIGINT NOT NULL,
    trace TEXT,
    salts BYTEA NOT NULL,
    erased BYTEA,
    hash BYTEA NOT NULL
);

-- The newest rows of all chains as one row of the log signed them.
CREATE TABLE access_heads (
    signer BIGINT NOT NULL,
    chain BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (signer, chain)
);
CREATE INDEX access_heads_signed ON access_heads (chain, sequence);

-- Where to look: in which pieces of the log (1 024 entries) a case or a handläggare stands on a day. Made from the log.
CREATE TABLE access_subjects (
    subject BYTEA NOT NULL,
    day INTEGER NOT NULL,
    piece BIGINT NOT NULL,
    PRIMARY KEY (subject, day, piece)
);
CREATE TABLE access_queries (
    query BYTEA NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (query, entry)
);

-- Guards. The one change that may be made to a row of the log is that the query is forgotten with its salt.
CREATE TRIGGER access_chains_append_only BEFORE UPDATE OR DELETE ON access_chains
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_chains_no_truncate BEFORE TRUNCATE ON access_chains
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_unless_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.query IS NULL AND OLD.query IS NOT NULL AND OLD.erased IS NULL
        AND octet_length(NEW.erased) IS NOT DISTINCT FROM 33 AND length(NEW.salts) = length(OLD.salts)
        AND (NEW.entry, NEW.at, NEW.kind, NEW.client, NEW.agency, NEW.handler, NEW.action, NEW.cases, NEW.counted,
             NEW.trace, NEW.hash)
            IS NOT DISTINCT FROM
            (OLD.entry, OLD.at, OLD.kind, OLD.client, OLD.agency, OLD.handler, OLD.action, OLD.cases, OLD.counted,
             OLD.trace, OLD.hash)) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_log_forget_only BEFORE UPDATE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_forgetting();
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_log_no_truncate BEFORE TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_heads_append_only BEFORE UPDATE OR DELETE ON access_heads
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_heads_no_truncate BEFORE TRUNCATE ON access_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
