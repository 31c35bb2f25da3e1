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

-- Lists of cases that are not open any more, in the order in which they were requested. A registration touches none of
-- these but the one that ends a case, and a correction that opens it again.
CREATE INDEX cases_fk_office_ended ON cases (fk_office, number) WHERE state = 1;
CREATE INDEX cases_af_office_ended ON cases (af_office, number) WHERE state = 1;
CREATE INDEX cases_fk_handler_ended ON cases (fk_handler, number) WHERE state = 1 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler_ended ON cases (af_handler, number) WHERE state = 1 AND af_handler IS NOT NULL;
CREATE INDEX cases_felregistrering ON cases (number) WHERE state = 2;
