-- Ranges of a file that grows are loaded piece by piece: a run asks for what
-- it has added itself.
ALTER TABLE decant.range ADD COLUMN run_at bigint;
COMMENT ON COLUMN decant.range.run_at IS
    'Where its last run began to load; NULL: not known, or at begin_at';
