-- One decant molecules at a time: held until the session ends.
SELECT pg_try_advisory_lock(hashtextextended('decant.molecule', 0));
