-- The same when these sources are most of the table: one walk over the index.
SELECT count(*) FROM (
    SELECT key FROM decant.result
    WHERE key IS NOT NULL
    GROUP BY key
    HAVING count(*) > 1
) AS twice
WHERE EXISTS (
    SELECT FROM decant.result AS r
    WHERE r.key = twice.key AND r.source = ANY ($1::bigint[]));
