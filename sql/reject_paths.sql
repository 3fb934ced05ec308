-- What this run ($2) has rejected in payloads: fault and place, with indices
-- as `*`.
SELECT j.fault,
    regexp_replace(coalesce(j.pointer, ''), '/[0-9]+(?=/|$)', '/*', 'g'),
    count(*) AS n
FROM decant.range AS g
JOIN decant.reject AS j ON j.source = g.source
    AND j."offset" >= coalesce(g.run_at, g.begin_at)
    AND j."offset" < g.end_at
WHERE g.source = ANY ($1::bigint[]) AND g.run = $2
    AND j.fault ~ '^(schema|column|qa|qti|embedding|smiles)[.]'
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
LIMIT $3;
