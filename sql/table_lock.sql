-- One process at a time looks at typed tables to change them.
SELECT pg_advisory_xact_lock(hashtextextended('decant.typed_table', 0));
