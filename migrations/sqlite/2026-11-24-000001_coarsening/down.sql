DROP TRIGGER registrations_forget_only;
CREATE TRIGGER registrations_no_update BEFORE UPDATE ON registrations
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;
DROP TRIGGER client_references_erased_only;
CREATE TRIGGER client_references_deleted_only BEFORE DELETE ON client_references
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'deletion')
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
