-- Only where no number was given twice.
ALTER TABLE case_references DROP CONSTRAINT case_references_pkey;
ALTER TABLE case_references ADD PRIMARY KEY (agency, reference);
ALTER TABLE case_references DROP COLUMN turn;
