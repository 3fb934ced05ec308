-- Where lines end up: a result or a reject, each known by (source, offset).
CREATE TABLE decant.result (
    source          bigint NOT NULL,
    "offset"        bigint NOT NULL,
    length          bigint NOT NULL,
    key             text,
    attempt         integer,
    provider        text,
    model           text,
    response_id     text,
    outcome         text,
    finish_reason   text,
    http_status     integer,
    prompt_tokens   bigint,
    cached_tokens   bigint,
    output_tokens   bigint,
    thinking_tokens bigint,
    fixes           jsonb,
    fix_mask        bigint,
    payload         jsonb,
    payload_text    text
);
-- Unique: the server itself forbids that a line is loaded twice.
CREATE UNIQUE INDEX result_place ON decant.result (source, "offset");
COMMENT ON TABLE decant.result IS 'One row per accepted line';
COMMENT ON COLUMN decant.result.key IS
    'The id that the request carried (custom_id, key)';
COMMENT ON COLUMN decant.result.fixes IS
    'What was repaired, or NULL when the payload came as it is';

CREATE TABLE decant.reject (
    source          bigint NOT NULL,
    "offset"        bigint NOT NULL,
    length          bigint NOT NULL,
    key             text,
    attempt         integer,
    provider        text,
    model           text,
    response_id     text,
    outcome         text,
    finish_reason   text,
    http_status     integer,
    prompt_tokens   bigint,
    cached_tokens   bigint,
    output_tokens   bigint,
    thinking_tokens bigint,
    fault           text NOT NULL,
    pointer         text,
    at              bigint,
    message         text,
    excerpt         text,
    raw             bytea,
    proposal        text
);
COMMENT ON TABLE decant.reject IS
    'One row per line that is not a result: why, where, and its bytes';
COMMENT ON COLUMN decant.reject.at IS 'Offset of the fault in the line';
COMMENT ON COLUMN decant.reject.proposal IS
    'A repair that would be a guess, if there is one';

-- lz4 makes loading wide columns several times as fast as the default.
-- Servers before 14 do not know it, others may be built without it.
DO $$
BEGIN
    EXECUTE 'ALTER TABLE decant.result
        ALTER fixes SET COMPRESSION lz4,
        ALTER payload SET COMPRESSION lz4,
        ALTER payload_text SET COMPRESSION lz4';
    EXECUTE 'ALTER TABLE decant.reject
        ALTER raw SET COMPRESSION lz4,
        ALTER excerpt SET COMPRESSION lz4,
        ALTER proposal SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported OR syntax_error
        OR invalid_parameter_value THEN
    NULL;
END
$$;
