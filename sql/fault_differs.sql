SELECT count(*) FROM unnest($1::text[], $2::text[], $3::text[])
    AS mine (key, words, advice)
LEFT JOIN decant.fault AS f USING (key)
WHERE (f.words, f.advice) IS DISTINCT FROM (mine.words, mine.advice);
