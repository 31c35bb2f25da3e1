-- For an empty database only: what is sealed is not to be dropped.
DROP TABLE retention_runs;
DROP TRIGGER registrations_deleted_only ON registrations;
DROP TRIGGER registrations_append_only ON registrations;
CREATE TRIGGER registrations_append_only BEFORE UPDATE OR DELETE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER meetings_deleted_only ON meetings;
DROP TRIGGER meetings_append_only ON meetings;
CREATE TRIGGER meetings_append_only BEFORE UPDATE OR DELETE ON meetings
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER case_offices_deleted_only ON case_offices;
DROP TRIGGER case_offices_append_only ON case_offices;
CREATE TRIGGER case_offices_append_only BEFORE UPDATE OR DELETE ON case_offices
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP TRIGGER client_references_deleted_only ON client_references;
DROP TRIGGER client_references_append_only ON client_references;
CREATE TRIGGER client_references_append_only BEFORE UPDATE OR DELETE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_unless_deleted();
DROP TABLE erasure_journal;
DROP TABLE key_head;
ALTER TABLE master_keys DROP COLUMN retired;
DROP TABLE secrets;
ALTER TABLE persons ADD COLUMN master_key TEXT NOT NULL;
ALTER TABLE persons ADD COLUMN sealed_key BYTEA NOT NULL;
DROP TABLE person_keys;
