-- The newest content of each path, where something of it is missing.
SELECT path, kind FROM (
    SELECT DISTINCT ON (path) id, path, kind, complete
    FROM decant.source
    ORDER BY path, id DESC
) AS newest
WHERE NOT complete AND kind <> 'stream'
ORDER BY path;
