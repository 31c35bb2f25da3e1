-- An answer of several goes with any identity again.
UPDATE receipts SET case_number = NULL WHERE case_number = -1;
DROP INDEX receipts_of_any;
DROP TABLE receipt_cases;
