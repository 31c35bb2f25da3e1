DROP INDEX cases_felregistrering;
DROP INDEX cases_af_handler_ended;
DROP INDEX cases_fk_handler_ended;
DROP INDEX cases_af_office_ended;
DROP INDEX cases_fk_office_ended;
DROP TABLE due_basis;
