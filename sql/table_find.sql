-- $1 schema, $2 table: what is of that name, and have we made it?
SELECT c.oid::text, c.relkind::text,
    EXISTS (
        SELECT FROM decant.typed_table AS t
        WHERE t.table_schema = $1 AND t.table_name = $2 AND t.made)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2;
