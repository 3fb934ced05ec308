-- $1 oid: its columns, domains followed down to what they are made of.
WITH RECURSIVE base AS (
    SELECT a.attnum, a.atttypid AS type, a.atttypmod AS modifier,
        false AS required
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, t.typbasetype,
        CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END,
        b.required OR t.typnotnull
    FROM base AS b
    JOIN pg_catalog.pg_type AS t ON t.oid = b.type AND t.typtype = 'd'
)
SELECT a.attname::text,
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    CASE WHEN e.oid IS NOT NULL THEN 'array'
        WHEN t.typtype = 'e' THEN 'enum'
        WHEN t.typtype = 'b' AND (t.typnamespace = 'pg_catalog'::regnamespace
            OR t.typname IN ('citext', 'vector')) THEN t.typname::text
        ELSE '' END,
    b.modifier,
    coalesce(e.oid, 0)::bigint,
    CASE WHEN e.typtype = 'e' THEN 'enum'
        WHEN e.typtype = 'b' THEN e.typname::text ELSE '' END,
    a.attnotnull OR b.required,
    a.atthasdef OR a.attidentity <> '' OR own.typdefault IS NOT NULL,
    a.attgenerated <> ''
FROM pg_catalog.pg_attribute AS a
JOIN base AS b ON b.attnum = a.attnum
JOIN pg_catalog.pg_type AS t ON t.oid = b.type AND t.typtype <> 'd'
JOIN pg_catalog.pg_type AS own ON own.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem
    AND t.typlen = -1 AND t.typcategory = 'A'
WHERE a.attrelid = $1::oid AND a.attnum > 0
ORDER BY a.attnum;
