INSERT INTO decant.source (kind, path, size, length, fingerprint, head,
    range_bytes, complete, profile, profile_hash)
VALUES ($1::text, $2, $3::bigint, $4, $5, $6, $7,
    $3::bigint = 0 AND $1::text = 'file', $8, $9)
ON CONFLICT (fingerprint, size, kind) DO NOTHING
RETURNING id;
