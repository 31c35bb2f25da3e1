-- What frozen reports were asked by is lost.
ALTER TABLE frozen_reports DROP COLUMN question;
