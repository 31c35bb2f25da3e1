-- Only SQLite has pages to clean.
SELECT 1;
