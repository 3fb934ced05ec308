-- $15 is where the load began: it must be where the ledger ended.
INSERT INTO decant.range AS r (source, n, begin_at, end_at, open_at, bytes,
    lines, rows, rejects, blanks, repaired, typed_rows, hash, run)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (source, n) DO UPDATE
SET begin_at = CASE WHEN r.bytes = 0 THEN excluded.begin_at
                    ELSE r.begin_at END,
    end_at = excluded.end_at,
    open_at = CASE WHEN excluded.bytes = 0 THEN r.open_at
                   ELSE excluded.open_at END,
    bytes = r.bytes + excluded.bytes, lines = r.lines + excluded.lines,
    rows = r.rows + excluded.rows, rejects = r.rejects + excluded.rejects,
    blanks = r.blanks + excluded.blanks,
    repaired = r.repaired + excluded.repaired,
    typed_rows = r.typed_rows + excluded.typed_rows,
    hash = excluded.hash, run = excluded.run, loaded_at = now()
WHERE r.bytes = 0 OR r.end_at = $15::bigint
RETURNING 1;
