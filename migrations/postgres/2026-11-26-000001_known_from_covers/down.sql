DROP INDEX registrations_known_from;
CREATE INDEX registrations_known_from ON registrations (known_from);
