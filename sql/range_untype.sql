UPDATE decant.range SET typed_rows = greatest(typed_rows - $3::bigint, 0)
WHERE source = $1 AND n = $2 AND $3::bigint > 0;
