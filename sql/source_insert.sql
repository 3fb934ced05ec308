INSERT INTO decant.source
    (kind, path, size, length, fingerprint, head, range_bytes, complete)
VALUES ($1::text, $2, $3::bigint, $4, $5, $6, $7,
    $3::bigint = 0 AND $1::text = 'file')
ON CONFLICT (fingerprint, size, kind) DO NOTHING
RETURNING id;
