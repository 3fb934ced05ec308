-- What people ask for.
CREATE VIEW decant.latest AS
SELECT * FROM (
    SELECT DISTINCT ON (key) *
    FROM decant.result
    WHERE key IS NOT NULL
    ORDER BY key, outcome IS NOT DISTINCT FROM 'ok' DESC,
        attempt DESC NULLS LAST, source DESC, "offset" DESC
) AS best
UNION ALL
SELECT * FROM decant.result WHERE key IS NULL;
COMMENT ON VIEW decant.latest IS
    'The best result of each key: ok before truncated, then the latest';

CREATE VIEW decant.failure_summary AS
SELECT g.fault, f.words, f.advice, g.n, x.key AS example_key,
    s.path AS example_path, x."offset" AS example_offset
FROM (SELECT fault, count(*) AS n FROM decant.reject GROUP BY fault) AS g
LEFT JOIN decant.fault AS f
    ON f.key = CASE WHEN g.fault LIKE 'server.%' THEN 'server'
                    ELSE g.fault END
CROSS JOIN LATERAL (
    SELECT r.key, r.source, r."offset" FROM decant.reject AS r
    WHERE r.fault = g.fault
    LIMIT 1
) AS x
LEFT JOIN decant.source AS s ON s.id = x.source
ORDER BY g.n DESC, g.fault;
COMMENT ON VIEW decant.failure_summary IS
    'Why lines were rejected, how often, and one example of each';

CREATE VIEW decant.reconciliation AS
SELECT s.id AS source, s.path, s.complete, b.lines, b.rows, b.rejects,
    b.blanks, b.bytes, c.result_rows, c.reject_rows,
    b.lines = b.rows + b.rejects + b.blanks
        AND b.rows = c.result_rows
        AND b.rejects = c.reject_rows AS balanced
FROM decant.source AS s
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.lines), 0)::bigint AS lines,
        coalesce(sum(r.rows), 0)::bigint AS rows,
        coalesce(sum(r.rejects), 0)::bigint AS rejects,
        coalesce(sum(r.blanks), 0)::bigint AS blanks,
        coalesce(sum(r.bytes), 0)::bigint AS bytes
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
COMMENT ON VIEW decant.reconciliation IS
    'Per file: what the ledger says was loaded, and what the tables hold';

-- A line's number is the lines of all ranges before its own plus its place
-- among the rows of its range.  Blank lines leave no row: in a range that
-- has some, and behind a range that is missing, the number is unknown.
CREATE VIEW decant.reject_line AS
SELECT s.path, CASE WHEN g.blanks = 0 AND before.bytes = g.begin_at
        THEN before.lines + 1
            + (SELECT count(*) FROM decant.result AS r
               WHERE r.source = j.source AND r."offset" >= g.begin_at
                   AND r."offset" < j."offset")
            + (SELECT count(*) FROM decant.reject AS r
               WHERE r.source = j.source AND r."offset" >= g.begin_at
                   AND r."offset" < j."offset")
    END AS line, j.*
FROM decant.reject AS j
JOIN decant.source AS s ON s.id = j.source
JOIN decant.range AS g ON g.source = j.source
    AND j."offset" >= g.begin_at AND j."offset" < g.end_at
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.lines), 0)::bigint AS lines,
        coalesce(sum(r.bytes), 0)::bigint AS bytes
    FROM decant.range AS r WHERE r.source = j.source AND r.n < g.n
) AS before;
COMMENT ON VIEW decant.reject_line IS
    'Rejects with the path and line number of each';
