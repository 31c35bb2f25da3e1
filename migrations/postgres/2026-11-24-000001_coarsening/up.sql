-- What no figure needs is taken away beside an erasure that says so. The same names stand in migrations/sqlite.

-- The one change that may be made to a registration is that it is forgotten who registered it.
CREATE FUNCTION refuse_unless_coarsening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (NEW.handler IS NOT DISTINCT FROM 'borttagen' AND OLD.handler IS NOT NULL
        AND EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number AND e.reason = 'coarsening')
        AND (NEW.case_number, NEW.position, NEW.id, NEW.kind, NEW.step, NEW.date, NEW.known_from, NEW.agency,
             NEW.client, NEW.agreement, NEW.rule_set, NEW.supersedes, NEW.detail)
            IS NOT DISTINCT FROM
            (OLD.case_number, OLD.position, OLD.id, OLD.kind, OLD.step, OLD.date, OLD.known_from, OLD.agency,
             OLD.client, OLD.agreement, OLD.rule_set, OLD.supersedes, OLD.detail)) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER registrations_append_only ON registrations;
CREATE TRIGGER registrations_forget_only BEFORE UPDATE ON registrations
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_coarsening();

CREATE FUNCTION refuse_unless_erased_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number = OLD.case_number
        AND e.reason IN ('deletion', 'coarsening')) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER client_references_deleted_only ON client_references;
CREATE TRIGGER client_references_erased_only BEFORE DELETE ON client_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased_whole();
