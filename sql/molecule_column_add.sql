-- $1 [schema.]table.column as SQL writes it, $2 is it reactions?  No row when
-- there is no such column, or it holds no text.
WITH word AS (
    SELECT parse_ident($1) AS w
), place AS (
    SELECT w[cardinality(w)] AS col, to_regclass(CASE cardinality(w)
        WHEN 3 THEN format('%I.%I', w[1], w[2])
        WHEN 2 THEN format('%I', w[1]) END) AS rel
    FROM word
)
INSERT INTO decant.smiles_column AS c
    (table_schema, table_name, column_name, kind)
SELECT n.nspname, r.relname, a.attname, CASE WHEN $2::boolean THEN 'reaction'
    WHEN t.typcategory = 'A' THEN 'smiles[]' ELSE 'smiles' END
FROM place AS p
JOIN pg_class AS r ON r.oid = p.rel
JOIN pg_namespace AS n ON n.oid = r.relnamespace
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attname = p.col
    AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_type AS e ON e.oid = t.typelem
WHERE t.typcategory = 'S'
    OR (t.typcategory = 'A' AND e.typcategory = 'S' AND NOT $2::boolean)
ON CONFLICT (table_schema, table_name, column_name)
    DO UPDATE SET kind = excluded.kind
RETURNING kind;
