-- Remember the table, and write only what differs.
INSERT INTO decant.typed_table AS t (table_schema, table_name, made, profile,
    profile_hash, source_column, offset_column)
VALUES ($1, $2, $3::boolean, $4, $5, $6, $7)
ON CONFLICT (table_schema, table_name) DO UPDATE
SET profile = excluded.profile, profile_hash = excluded.profile_hash,
    made = t.made OR excluded.made,
    source_column = excluded.source_column,
    offset_column = excluded.offset_column
WHERE (t.profile, t.profile_hash, t.made, t.source_column, t.offset_column)
    IS DISTINCT FROM (excluded.profile, excluded.profile_hash,
        t.made OR excluded.made, excluded.source_column,
        excluded.offset_column);
