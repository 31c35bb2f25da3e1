-- Which cases a kept answer of several told of, as a JSON array of their numbers: it goes with the identity of any of them,
-- and not with another's. Answers of before, of which nobody knows, go with any.
CREATE TABLE receipt_cases (
    client TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    cases TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (client, idempotency_key)
);
CREATE INDEX receipt_cases_created ON receipt_cases (created);
CREATE INDEX receipts_of_any ON receipts (created) WHERE case_number IS NULL;
