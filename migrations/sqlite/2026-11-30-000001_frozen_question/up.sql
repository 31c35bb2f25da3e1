-- What a frozen report was asked by, as an address has it after its question mark, so that the same can be asked again. Of
-- those frozen before nobody knows it.
ALTER TABLE frozen_reports ADD COLUMN question TEXT;
