-- Asked first, because CREATE INDEX IF NOT EXISTS locks before it looks.
SELECT count(*) FROM (VALUES ('decant.result_key'), ('decant.reject_place'),
    ('decant.reject_fault'), ('decant.reject_key')) AS wanted (name)
WHERE to_regclass(name) IS NULL;
