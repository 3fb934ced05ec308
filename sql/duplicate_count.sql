-- Texts of these sources beyond the first of each in the whole database.
SELECT coalesce(sum(n - 1), 0)::bigint FROM (
    SELECT count(*) AS n
    FROM decant.result AS r
    CROSS JOIN LATERAL unnest(r.digests) AS d (digest)
    WHERE r.digests IS NOT NULL
    GROUP BY d.digest
    HAVING count(*) > 1 AND bool_or(r.source = ANY ($1::bigint[]))
) AS twice;
