-- One migrating process at a time; given back with the transaction.
SELECT pg_advisory_xact_lock(hashtextextended('decant.migration', 0));
