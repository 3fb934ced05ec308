-- What was loaded before profiles had names takes this one's.
UPDATE decant.source
SET path = $2, last_seen = now(), profile = coalesce(profile, $3),
    profile_hash = CASE WHEN coalesce(profile, $3) = $3
        THEN coalesce(profile_hash, $4) ELSE profile_hash END
WHERE id = $1;
