-- Smaller files that begin like this one, with their first and last range.
SELECT s.id, s.size, a.begin_at, a.end_at, a.hash,
    z.begin_at, z.end_at, z.hash
FROM decant.source AS s
CROSS JOIN LATERAL (
    SELECT * FROM decant.range WHERE source = s.id AND bytes > 0
    ORDER BY n LIMIT 1
) AS a
CROSS JOIN LATERAL (
    SELECT * FROM decant.range WHERE source = s.id AND bytes > 0
    ORDER BY n DESC LIMIT 1
) AS z
WHERE s.kind = 'file' AND s.size < $1 AND (s.head = $2 OR s.head IS NULL)
    AND z.end_at <= $1
ORDER BY s.size DESC;
