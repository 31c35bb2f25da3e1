-- Of somebody who is there still, nothing tells any more which case without identity was theirs.
DROP TRIGGER erasures_no_update;
UPDATE erasures SET person = NULL WHERE person IN (SELECT id FROM persons);
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures
BEGIN SELECT RAISE(ABORT, 'erasures is append-only'); END;
