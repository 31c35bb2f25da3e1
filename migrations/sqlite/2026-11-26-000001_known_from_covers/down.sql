-- Nothing: see migrations/postgres.
SELECT 1;
