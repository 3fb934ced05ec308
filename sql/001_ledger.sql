-- What was loaded from where: files, their ranges, and the words for faults.
CREATE TABLE decant.source (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('file', 'stream', 'packed')),
    path        text NOT NULL,
    size        bigint NOT NULL CHECK (size >= 0),
    length      bigint CHECK (length >= 0),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 16),
    head        bytea,
    range_bytes bigint NOT NULL CHECK (range_bytes > 0),
    complete    boolean NOT NULL DEFAULT false,
    first_seen  timestamptz NOT NULL DEFAULT now(),
    last_seen   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (fingerprint, size, kind)
);
CREATE INDEX source_path ON decant.source (path);
CREATE INDEX source_head ON decant.source (head);
COMMENT ON TABLE decant.source IS
    'A file by its content: size and XXH3-128 fingerprint, whatever its name';
COMMENT ON COLUMN decant.source.length IS
    'What offsets count up to; NULL while the end of a stream is unseen';
COMMENT ON COLUMN decant.source.head IS
    'XXH3-128 of the first 1024 bytes: finds what a grown file may have been';
COMMENT ON COLUMN decant.source.complete IS
    'Nothing was missing when an import last finished';

CREATE TABLE decant.range (
    source    bigint NOT NULL REFERENCES decant.source,
    n         bigint NOT NULL CHECK (n >= 0),
    begin_at  bigint NOT NULL CHECK (begin_at >= 0),
    end_at    bigint NOT NULL CHECK (end_at >= begin_at),
    open_at   bigint CHECK (open_at >= begin_at AND open_at < end_at),
    bytes     bigint NOT NULL CHECK (bytes = end_at - begin_at),
    lines     bigint NOT NULL,
    rows      bigint NOT NULL CHECK (rows >= 0),
    rejects   bigint NOT NULL CHECK (rejects >= 0),
    blanks    bigint NOT NULL CHECK (blanks >= 0),
    repaired  bigint NOT NULL,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 16),
    run       uuid NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, n),
    CHECK (lines = rows + rejects + blanks)
);
COMMENT ON TABLE decant.range IS
    'The ledger: a range is loaded up to end_at; commits with its rows';
COMMENT ON COLUMN decant.range.open_at IS
    'Offset of a last line that had no newline yet, else NULL';
COMMENT ON COLUMN decant.range.hash IS
    'XXH3-128 of bytes [begin_at, end_at); of a stream: of [0, end_at)';

CREATE TABLE decant.fault (
    key    text PRIMARY KEY,
    words  text NOT NULL,
    advice text NOT NULL
);
COMMENT ON TABLE decant.fault IS
    'What can be wrong with a line, and what helps; filled by the program';
