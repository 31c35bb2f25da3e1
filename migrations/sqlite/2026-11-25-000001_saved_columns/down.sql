DROP TRIGGER erasures_forget_columns;
DROP TABLE saved_columns;
