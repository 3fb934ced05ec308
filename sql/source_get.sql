SELECT id, kind, path, size, length, range_bytes, fingerprint, complete,
    profile, profile_hash
FROM decant.source
WHERE id = $1;
