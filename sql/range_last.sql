SELECT n, begin_at, end_at, open_at, hash FROM decant.range
WHERE source = $1
ORDER BY n DESC
LIMIT 1;
