DROP TABLE report_packages;
DROP TABLE frozen_reports;
DROP INDEX registrations_known_from;
