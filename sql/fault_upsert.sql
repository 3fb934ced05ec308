INSERT INTO decant.fault (key, words, advice)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
ON CONFLICT (key) DO UPDATE
SET words = excluded.words, advice = excluded.advice;
