SELECT r.source, r.n, r.end_at, s.range_bytes, r.hash,
    coalesce(s.length = r.end_at, false), r.bytes, r.lines, r.rows,
    r.rejects, r.blanks, r.repaired
FROM decant.range AS r
JOIN decant.source AS s ON s.id = r.source
WHERE s.kind = 'stream' AND r.begin_at = $1 AND r.bytes > 0
ORDER BY r.end_at, r.source
LIMIT $2;
