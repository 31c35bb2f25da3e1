-- A handläggare's own cases: any page of them, and how many there are of each kind, without reading the cases one by one.
-- What a list is chosen by stands in the index itself, behind the order that it is shown in.
-- The same names stand in migrations/postgres.
DROP INDEX cases_fk_handler;
DROP INDEX cases_af_handler;
CREATE INDEX cases_fk_handler ON cases (fk_handler, due, number, fk_office, next_owner, missing, step) WHERE state = 0 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler ON cases (af_handler, due, number, af_office, next_owner, missing, step) WHERE state = 0 AND af_handler IS NOT NULL;
DROP INDEX cases_fk_handler_ended;
DROP INDEX cases_af_handler_ended;
CREATE INDEX cases_fk_handler_ended ON cases (fk_handler, number, fk_office, missing, step) WHERE state = 1 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler_ended ON cases (af_handler, number, af_office, missing, step) WHERE state = 1 AND af_handler IS NOT NULL;
