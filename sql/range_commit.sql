-- $15 is where the load began: it must be where the ledger ended.  $16 is the
-- profile it was judged by: it must still be the source's.
INSERT INTO decant.range AS r (source, n, begin_at, end_at, open_at, bytes,
    lines, rows, rejects, blanks, repaired, typed_rows, hash, run, run_at)
SELECT s.id, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint,
    $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::bigint,
    $13::bytea, $14::uuid, $15::bigint
FROM decant.source AS s
WHERE s.id = $1 AND coalesce(s.profile, '') = $16
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
    hash = excluded.hash, run = excluded.run, loaded_at = now(),
    run_at = CASE WHEN r.run = excluded.run THEN r.run_at
                  ELSE excluded.run_at END
WHERE r.bytes = 0 OR r.end_at = $15::bigint
RETURNING 1;
