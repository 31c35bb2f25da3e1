-- The number of a case that was registered in error may be given to the right one: then it stands for both, one after the
-- other, and no two get the same turn.
ALTER TABLE case_references ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_references DROP CONSTRAINT case_references_pkey;
ALTER TABLE case_references ADD PRIMARY KEY (agency, reference, turn);
