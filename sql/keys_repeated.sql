-- Keys of these sources that more than one row of any source answers.
SELECT count(DISTINCT r.key)
FROM decant.result AS r
WHERE r.source = ANY ($1::bigint[]) AND r.key IS NOT NULL
    AND EXISTS (
        SELECT FROM decant.result AS o
        WHERE o.key = r.key
            AND (o.source <> r.source OR o."offset" <> r."offset"));
