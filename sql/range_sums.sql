SELECT coalesce(sum(bytes), 0)::bigint, coalesce(sum(lines), 0)::bigint,
    coalesce(sum(rows), 0)::bigint, coalesce(sum(rejects), 0)::bigint,
    coalesce(sum(blanks), 0)::bigint, coalesce(sum(repaired), 0)::bigint
FROM decant.range
WHERE source = $1;
