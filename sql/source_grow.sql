UPDATE decant.source
SET size = $2, length = $2, fingerprint = $3, head = $4, path = $5,
    complete = false, last_seen = now()
WHERE id = $1;
