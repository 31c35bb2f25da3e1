DROP TABLE access_queries;
DROP TABLE access_subjects;
DROP TABLE access_heads;
DROP TABLE access_log;
DROP FUNCTION refuse_unless_forgetting();
DROP TABLE access_chains;
DROP TRIGGER access_log_unchained_closed ON access_log_unchained;
ALTER TABLE access_log_unchained RENAME CONSTRAINT access_log_unchained_pkey TO access_log_pkey;
ALTER TABLE access_log_unchained RENAME TO access_log;
