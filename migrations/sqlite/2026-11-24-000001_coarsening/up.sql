-- What no figure needs is taken away beside an erasure that says so. The same names stand in migrations/postgres.

-- The one change that may be made to a registration is that it is forgotten who registered it.
DROP TRIGGER registrations_no_update;
CREATE TRIGGER registrations_forget_only BEFORE UPDATE ON registrations
WHEN NOT (NEW.handler = 'borttagen' AND OLD.handler IS NOT NULL
    AND EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'coarsening')
    AND NEW.case_number = OLD.case_number AND NEW.position = OLD.position AND NEW.id = OLD.id AND NEW.kind = OLD.kind
    AND NEW.step IS OLD.step AND NEW.date IS OLD.date AND NEW.known_from = OLD.known_from AND NEW.agency = OLD.agency
    AND NEW.client = OLD.client AND NEW.agreement IS OLD.agreement AND NEW.rule_set = OLD.rule_set
    AND NEW.supersedes IS OLD.supersedes AND NEW.detail IS OLD.detail)
BEGIN SELECT RAISE(ABORT, 'registrations is append-only'); END;

DROP TRIGGER client_references_deleted_only;
CREATE TRIGGER client_references_erased_only BEFORE DELETE ON client_references
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number
    AND e.reason IN ('deletion', 'coarsening'))
BEGIN SELECT RAISE(ABORT, 'client_references is append-only'); END;
