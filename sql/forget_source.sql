WITH row AS (
    DELETE FROM decant.result WHERE source = $1 RETURNING 1
), bad AS (
    DELETE FROM decant.reject WHERE source = $1 RETURNING 1
), part AS (
    DELETE FROM decant.range WHERE source = $1 RETURNING 1
)
SELECT (SELECT count(*) FROM row), (SELECT count(*) FROM bad),
    (SELECT count(*) FROM part);
