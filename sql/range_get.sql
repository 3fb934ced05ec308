-- And whether a last line without newline may have left typed rows.
SELECT r.n, r.begin_at, r.end_at, r.open_at, r.hash,
    r.typed_rows > 0 AND EXISTS (
        SELECT FROM decant.result AS x
        WHERE x.source = r.source AND x."offset" = r.open_at)
FROM decant.range AS r
WHERE r.source = $1 AND r.n = $2;
