-- The first range of a stream gives it its fingerprint.
UPDATE decant.source SET fingerprint = $2
WHERE id = $1
    AND NOT EXISTS (SELECT FROM decant.range WHERE source = $1);
