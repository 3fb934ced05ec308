-- Results of lines that are not to be results after all.
WITH gone AS (
    DELETE FROM decant.result
    WHERE source = $1 AND "offset" = ANY ($2::bigint[])
    RETURNING 1
)
SELECT count(*) FROM gone;
