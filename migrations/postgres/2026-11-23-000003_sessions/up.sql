-- People who are logged in. Instants are microseconds since 1970-01-01. The same names stand in migrations/sqlite.

-- A session by the hash of what its cookie holds; the cookie itself is nowhere. No personal data but the handläggare's id.
CREATE TABLE sessions (
    hash BYTEA PRIMARY KEY,
    login TEXT NOT NULL,
    client TEXT NOT NULL,
    agency TEXT,
    roles TEXT NOT NULL,
    handler TEXT,
    began BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX sessions_ends ON sessions (ends);

-- Attempts to log in that have been used, by a hash: each is good for one answer of the provider.
CREATE TABLE used_logins (
    hash BYTEA PRIMARY KEY,
    used BIGINT NOT NULL
);
