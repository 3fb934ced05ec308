-- How the rows of a source are taken out of each typed table, as statements
-- with $1 for it; or, when $1 here is true, those of its line at $2.  NULL:
-- the table has no columns that tell.
SELECT t.name, CASE WHEN f.source IS NULL OR ($1::boolean AND f.place IS NULL)
    THEN NULL
    ELSE format('WITH gone AS (DELETE FROM %s WHERE %I = $1::bigint', t.name,
            f.source)
        || CASE WHEN $1::boolean THEN format(' AND %I = $2::bigint', f.place)
            ELSE '' END
        || ' RETURNING 1) SELECT count(*) FROM gone'
    END
FROM (
    SELECT *, format('%I.%I', table_schema, table_name) AS name
    FROM decant.typed_table
) AS t
CROSS JOIN LATERAL (
    SELECT min(a.attname) FILTER (WHERE a.attname = t.source_column) AS source,
        min(a.attname) FILTER (WHERE a.attname = t.offset_column) AS place
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = to_regclass(t.name) AND NOT a.attisdropped
) AS f
WHERE to_regclass(t.name) IS NOT NULL
ORDER BY t.name;
