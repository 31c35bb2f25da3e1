-- The number of a case that was registered in error may be given to the right one: then it stands for both, one after the
-- other, and no two get the same turn. With the identity of the right case it goes from both.
ALTER TABLE case_references ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_references DROP CONSTRAINT case_references_pkey;
ALTER TABLE case_references ADD PRIMARY KEY (agency, reference, turn);
CREATE FUNCTION refuse_unless_erased_of_any() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number IN
        (SELECT r.case_number FROM case_references r WHERE r.agency = OLD.agency AND r.reference = OLD.reference)) THEN
        RAISE EXCEPTION '% is deleted only beside an erasure', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER case_references_erased_only ON case_references;
CREATE TRIGGER case_references_erased_only BEFORE DELETE ON case_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased_of_any();
