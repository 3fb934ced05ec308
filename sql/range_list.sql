SELECT n, begin_at, end_at, open_at, hash FROM decant.range
WHERE source = $1 AND n >= $2
ORDER BY n
LIMIT 10000;
