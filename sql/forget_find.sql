-- Sources with this content ($1 fingerprint, $2 size) or, when there is none,
-- that were last seen at this path ($3); with what is loaded of each.
WITH same AS (
    SELECT id FROM decant.source
    WHERE fingerprint = $1::bytea AND size = $2::bigint AND kind <> 'stream'
), named AS (
    SELECT id FROM same
    UNION ALL
    SELECT id FROM decant.source
    WHERE path = $3 AND NOT EXISTS (SELECT FROM same)
)
SELECT s.id, s.path, coalesce(s.profile, ''),
    coalesce(sum(r.lines), 0)::bigint, coalesce(sum(r.rows), 0)::bigint,
    coalesce(sum(r.rejects), 0)::bigint,
    coalesce(sum(r.typed_rows), 0)::bigint
FROM decant.source AS s
LEFT JOIN decant.range AS r ON r.source = s.id
WHERE s.id IN (SELECT id FROM named)
GROUP BY s.id
ORDER BY s.id;
