-- Smaller files that begin like this one, with their first and last range.
-- $2 is the hash of its first 1024 bytes; $3 holds those of its first 1, 2,
-- 3 ... bytes, since the fingerprint of a smaller file is that of all its
-- bytes.
WITH maybe AS (
    SELECT id, size FROM decant.source
    WHERE kind = 'file' AND head = $2 AND size < $1
    UNION ALL
    SELECT s.id, s.size
    FROM unnest($3::bytea[]) WITH ORDINALITY AS prefix (hash, size)
    JOIN decant.source AS s ON s.fingerprint = prefix.hash
        AND s.size = prefix.size AND s.kind = 'file'
)
SELECT s.id, s.size, a.begin_at, a.end_at, a.hash,
    z.begin_at, z.end_at, z.hash
FROM maybe AS s
CROSS JOIN LATERAL (
    SELECT * FROM decant.range WHERE source = s.id AND bytes > 0
    ORDER BY n LIMIT 1
) AS a
CROSS JOIN LATERAL (
    SELECT * FROM decant.range WHERE source = s.id AND bytes > 0
    ORDER BY n DESC LIMIT 1
) AS z
WHERE z.end_at <= $1
ORDER BY s.size DESC;
