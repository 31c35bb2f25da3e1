-- Only where no number was given twice.
DROP TRIGGER case_references_erased_only ON case_references;
CREATE TRIGGER case_references_erased_only BEFORE DELETE ON case_references
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();
DROP FUNCTION refuse_unless_erased_of_any();
ALTER TABLE case_references DROP CONSTRAINT case_references_pkey;
ALTER TABLE case_references ADD PRIMARY KEY (agency, reference);
ALTER TABLE case_references DROP COLUMN turn;
