-- One statement, one snapshot: right while others load, too.
SELECT path, lines, rows, rejects, blanks, result_rows, reject_rows
FROM decant.reconciliation
WHERE source = ANY ($1::bigint[]) AND NOT balanced
ORDER BY path
LIMIT 1;
