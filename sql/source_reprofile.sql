-- A source of which nothing is loaded yet may take another profile.
UPDATE decant.source SET profile = $2, profile_hash = $3
WHERE id = $1 AND NOT EXISTS (SELECT FROM decant.range WHERE source = $1)
RETURNING 1;
