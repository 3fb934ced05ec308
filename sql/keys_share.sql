-- Is most of what the tables hold from these sources?
SELECT 2 * coalesce(sum(lines) FILTER (WHERE source = ANY ($1::bigint[])), 0)
    > coalesce(sum(lines), 0)
FROM decant.range;
