DROP INDEX cases_af_handler_ended;
DROP INDEX cases_fk_handler_ended;
CREATE INDEX cases_fk_handler_ended ON cases (fk_handler, number) WHERE state = 1 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler_ended ON cases (af_handler, number) WHERE state = 1 AND af_handler IS NOT NULL;
DROP INDEX cases_af_handler;
DROP INDEX cases_fk_handler;
CREATE INDEX cases_fk_handler ON cases (fk_handler, due) WHERE state = 0 AND fk_handler IS NOT NULL;
CREATE INDEX cases_af_handler ON cases (af_handler, due) WHERE state = 0 AND af_handler IS NOT NULL;
