-- Which cases became known between two instants stands in the index, so far as VACUUM has been over the table. Nothing is to be
-- done in migrations/sqlite: an index there holds the key of its table.
DROP INDEX registrations_known_from;
CREATE INDEX registrations_known_from ON registrations (known_from) INCLUDE (case_number, position);
