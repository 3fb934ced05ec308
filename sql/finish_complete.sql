UPDATE decant.source AS s
SET last_seen = now(), complete = CASE
    WHEN s.kind = 'file' THEN (
        SELECT count(*) FROM decant.range AS r
        WHERE r.source = s.id
            AND r.n < (s.size + s.range_bytes - 1) / s.range_bytes
            AND r.end_at >= least(s.size, (r.n + 1) * s.range_bytes)
            AND (r.open_at IS NULL OR r.end_at >= s.size)
        ) = (s.size + s.range_bytes - 1) / s.range_bytes
    ELSE s.length IS NOT NULL AND s.length <= (
        SELECT coalesce(max(r.end_at), 0) FROM decant.range AS r
        WHERE r.source = s.id)
    END
WHERE s.id = ANY ($1::bigint[])
RETURNING s.complete;
