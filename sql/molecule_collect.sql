-- $1 states to be asked about again, $2 how many at most or NULL.  The text
-- of the statement that finds what is to do; NULL when no column is known.
-- How many columns of the catalogue are gone.  A component of a reaction ends
-- at a dot or at a '>' that is not the head of the bond '->'; what follows a
-- space is no part of it.
WITH known AS (
    SELECT c.*, a.attname IS NULL AS gone,
        format('%I.%I', c.table_schema, c.table_name) AS rel
    FROM decant.smiles_column AS c
    LEFT JOIN pg_attribute AS a
        ON a.attrelid = to_regclass(
            format('%I.%I', c.table_schema, c.table_name))
        AND a.attname = c.column_name AND NOT a.attisdropped
)
SELECT 'DECLARE molecule_todo NO SCROLL CURSOR WITH HOLD FOR '
    || 'SELECT smiles, count(*) OVER () FROM (SELECT DISTINCT smiles FROM ('
    || string_agg(CASE kind
        WHEN 'smiles' THEN
            format('SELECT %I::text FROM %s', column_name, rel)
        WHEN 'smiles[]' THEN
            format('SELECT unnest(%I)::text FROM %s', column_name, rel)
        ELSE
            format('SELECT regexp_split_to_table(split_part(btrim(%I::text), '
                ''' '', 1), ''(?<!-)>|[.]'') FROM %s', column_name, rel)
        END, ' UNION ALL '
        ORDER BY table_schema, table_name, column_name)
    || ') AS f (smiles) WHERE smiles <> '''' '
    || 'AND octet_length(smiles) <= 1048576 '
    || 'AND NOT EXISTS (SELECT FROM decant.molecule AS m '
    || format('WHERE m.smiles = f.smiles AND m.state <> ALL (%L::text[]))) ',
              $1::text)
    || 'AS d' || coalesce(' LIMIT ' || $2::bigint, ''),
    (SELECT count(*) FROM known WHERE gone)
FROM known WHERE NOT gone;
