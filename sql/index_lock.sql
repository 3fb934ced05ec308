SELECT pg_try_advisory_xact_lock(hashtextextended('decant.index', 0));
