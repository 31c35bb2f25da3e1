DROP TRIGGER erasures_forget_columns ON erasures;
DROP FUNCTION forget_columns();
DROP TABLE saved_columns;
