-- The number of a case that was registered in error may be given to the right one: then it stands for both, one after the
-- other, and no two get the same turn. With the identity of the right case it goes from both.
ALTER TABLE case_references RENAME TO old_case_references;
CREATE TABLE case_references (
    agency TEXT NOT NULL,
    reference TEXT NOT NULL,
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    turn BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (agency, reference, turn)
) WITHOUT ROWID;
INSERT INTO case_references (agency, reference, case_number, position)
    SELECT agency, reference, case_number, position FROM old_case_references;
DROP TABLE old_case_references;
CREATE INDEX case_references_case ON case_references (case_number);
CREATE TRIGGER case_references_no_update BEFORE UPDATE ON case_references
BEGIN SELECT RAISE(ABORT, 'case_references is never updated'); END;
CREATE TRIGGER case_references_erased_only BEFORE DELETE ON case_references
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.case_number IN
    (SELECT r.case_number FROM case_references r WHERE r.agency = OLD.agency AND r.reference = OLD.reference))
BEGIN SELECT RAISE(ABORT, 'case_references is deleted only beside an erasure'); END;
