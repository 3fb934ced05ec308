SELECT pg_try_advisory_xact_lock(
    hashtextextended('decant.range.' || $1::text || '.' || $2::text, 0));
