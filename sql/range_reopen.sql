-- Take the last line, which had no newline, out again: its bytes went on.
WITH row AS (
    DELETE FROM decant.result WHERE source = $1 AND "offset" = $3
    RETURNING fixes IS NOT NULL AS repaired
), bad AS (
    DELETE FROM decant.reject WHERE source = $1 AND "offset" = $3
    RETURNING 1
), gone AS (
    SELECT (SELECT count(*) FROM row) AS rows,
        (SELECT count(*) FROM row WHERE repaired) AS repaired,
        (SELECT count(*) FROM bad) AS rejects
)
UPDATE decant.range AS r
SET end_at = $3, open_at = NULL, bytes = $3 - r.begin_at, lines = r.lines - 1,
    rows = r.rows - gone.rows, rejects = r.rejects - gone.rejects,
    blanks = r.blanks - (1 - gone.rows - gone.rejects),
    repaired = greatest(r.repaired - gone.repaired, 0)
FROM gone
WHERE r.source = $1 AND r.n = $2;
