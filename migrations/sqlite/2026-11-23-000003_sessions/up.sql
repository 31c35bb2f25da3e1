-- People who are logged in. Instants are microseconds since 1970-01-01. The same names stand in migrations/postgres.

-- A session by the hash of what its cookie holds; the cookie itself is nowhere. No personal data but the handläggare's id.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    login TEXT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    roles TEXT NOT NULL,
    handler TEXT,
    began BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ends BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_ends ON sessions (ends);

-- Attempts to log in that have been used, by a hash: each is good for one answer of the provider.
CREATE TABLE used_logins (
    hash BLOB PRIMARY KEY,
    used BIGINT NOT NULL
) WITHOUT ROWID;
