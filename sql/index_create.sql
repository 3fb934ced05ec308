CREATE INDEX IF NOT EXISTS result_key ON decant.result (key);
CREATE INDEX IF NOT EXISTS reject_place ON decant.reject (source, "offset");
CREATE INDEX IF NOT EXISTS reject_fault ON decant.reject (fault);
CREATE INDEX IF NOT EXISTS reject_key ON decant.reject (key);
