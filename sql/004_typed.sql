-- Typed tables: what profiles fill beside decant.result.
ALTER TABLE decant.source
    ADD COLUMN profile text,
    ADD COLUMN profile_hash bytea CHECK (octet_length(profile_hash) = 16);
COMMENT ON COLUMN decant.source.profile IS
    'What its replies were judged by: a built-in name, or the path of a file';
COMMENT ON COLUMN decant.source.profile_hash IS
    'XXH3-128 of the profile that was first used';
-- Until now there were two; where they differ, the first row tells.
UPDATE decant.source AS s
SET profile = (
    SELECT CASE WHEN r.payload IS NULL THEN 'text' ELSE 'raw' END
    FROM decant.result AS r WHERE r.source = s.id LIMIT 1);

ALTER TABLE decant.range
    ADD COLUMN typed_rows bigint NOT NULL DEFAULT 0 CHECK (typed_rows >= 0);
COMMENT ON COLUMN decant.range.typed_rows IS
    'Rows that its lines became in the typed table of the profile';

ALTER TABLE decant.result ADD COLUMN digests bigint[];
COMMENT ON COLUMN decant.result.digests IS
    'Of texts that must not occur twice, as the profile says';

CREATE TABLE decant.typed_table (
    table_schema  text NOT NULL,
    table_name    text NOT NULL,
    made          boolean NOT NULL,
    profile       text NOT NULL,
    profile_hash  bytea NOT NULL CHECK (octet_length(profile_hash) = 16),
    source_column text,
    offset_column text,
    PRIMARY KEY (table_schema, table_name)
);
COMMENT ON TABLE decant.typed_table IS
    'Tables that profiles fill, and the profile that did so last';
COMMENT ON COLUMN decant.typed_table.made IS
    'Made by decant, which may then add columns to it';
COMMENT ON COLUMN decant.typed_table.source_column IS
    'Its column with decant.source.id, if the profile fills one';

CREATE VIEW decant.duplicate AS
SELECT d.digest, count(*) AS n,
    array_agg(r.key ORDER BY r.source, r."offset") AS keys,
    array_agg(r.source ORDER BY r.source, r."offset") AS sources,
    array_agg(r."offset" ORDER BY r.source, r."offset") AS offsets
FROM decant.result AS r
CROSS JOIN LATERAL unnest(r.digests) AS d (digest)
GROUP BY d.digest
HAVING count(*) > 1;
COMMENT ON VIEW decant.duplicate IS
    'Texts that must not occur twice and do: which lines have them';

CREATE OR REPLACE VIEW decant.reconciliation AS
SELECT s.id AS source, s.path, s.complete, b.lines, b.rows, b.rejects,
    b.blanks, b.bytes, c.result_rows, c.reject_rows,
    b.lines = b.rows + b.rejects + b.blanks
        AND b.rows = c.result_rows
        AND b.rejects = c.reject_rows AS balanced,
    b.typed_rows, s.profile
FROM decant.source AS s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.lines), 0)::bigint AS lines,
        coalesce(sum(r.rows), 0)::bigint AS rows,
        coalesce(sum(r.rejects), 0)::bigint AS rejects,
        coalesce(sum(r.blanks), 0)::bigint AS blanks,
        coalesce(sum(r.bytes), 0)::bigint AS bytes,
        coalesce(sum(r.typed_rows), 0)::bigint AS typed_rows
    FROM decant.range AS r WHERE r.source = s.id
) AS b
CROSS JOIN LATERAL (
    SELECT
        (SELECT count(*) FROM decant.result AS r WHERE r.source = s.id)
            AS result_rows,
        (SELECT count(*) FROM decant.reject AS r WHERE r.source = s.id)
            AS reject_rows
    OFFSET 0 -- else the planner counts again for each use of a count
) AS c;
