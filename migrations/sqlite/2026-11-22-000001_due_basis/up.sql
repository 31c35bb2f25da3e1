-- With which lead times the due days in cases were computed: one row. `reached` is how far computing them anew has come –
-- every open case up to that number – and null when it is done. Before this was kept nobody knows, so the row begins
-- with lead times that nobody has.
-- The same names stand in migrations/postgres.
CREATE TABLE due_basis (
    one SMALLINT PRIMARY KEY CHECK (one = 1),
    lead_times TEXT NOT NULL,
    reached BIGINT
);
INSERT INTO due_basis (one, lead_times, reached) VALUES (1, '', NULL);
