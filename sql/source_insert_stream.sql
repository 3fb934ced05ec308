-- The fingerprint is made up until the first range has been hashed.
INSERT INTO decant.source (kind, path, size, fingerprint, range_bytes,
    profile, profile_hash)
VALUES ('stream', $1, 0, uuid_send(gen_random_uuid()), $2, $3, $4)
RETURNING id;
