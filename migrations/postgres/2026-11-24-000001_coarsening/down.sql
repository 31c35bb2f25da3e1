DROP TRIGGER registrations_forget_only ON registrations;
CREATE TRIGGER registrations_append_only BEFORE UPDATE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_unless_coarsening();
DROP TRIGGER client_references_erased_only ON client_references;
CREATE TRIGGER client_references_deleted_only BEFORE DELETE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_deleted();
DROP FUNCTION refuse_unless_erased_whole();
