SELECT id, kind, path, size, length, range_bytes, fingerprint, complete
FROM decant.source
WHERE id = $1;
