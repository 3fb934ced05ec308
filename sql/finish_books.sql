-- One statement, one snapshot: right while others load, too.
SELECT s.path, l.lines, l.rows, l.rejects, l.blanks, l.result_rows,
    l.reject_rows
FROM (
    SELECT source, sum(lines)::bigint AS lines, sum(rows)::bigint AS rows,
        sum(rejects)::bigint AS rejects, sum(blanks)::bigint AS blanks,
        sum(result_rows)::bigint AS result_rows,
        sum(reject_rows)::bigint AS reject_rows
    FROM (
        SELECT source, lines, rows, rejects, blanks, 0 AS result_rows,
            0 AS reject_rows
        FROM decant.range WHERE source = ANY ($1::bigint[])
        UNION ALL
        SELECT source, 0, 0, 0, 0, count(*), 0
        FROM decant.result WHERE source = ANY ($1::bigint[]) GROUP BY source
        UNION ALL
        SELECT source, 0, 0, 0, 0, 0, count(*)
        FROM decant.reject WHERE source = ANY ($1::bigint[]) GROUP BY source
    ) AS each
    GROUP BY source
) AS l
JOIN decant.source AS s ON s.id = l.source
WHERE l.lines <> l.rows + l.rejects + l.blanks OR l.rows <> l.result_rows
    OR l.rejects <> l.reject_rows
ORDER BY s.path
LIMIT 1;
