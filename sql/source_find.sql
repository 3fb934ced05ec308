SELECT id, kind, path, size, length, range_bytes, fingerprint, complete,
    profile, profile_hash
FROM decant.source
WHERE fingerprint = $1 AND size = $2 AND kind = $3;
